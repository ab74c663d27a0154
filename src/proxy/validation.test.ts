import assert from "node:assert/strict";
import { test } from "node:test";
import { branchMark, loopHashOf, makeBranchId } from "./branch-id.ts";
import {
  optionsOf,
  OUR_ADDRESS,
  requestOf,
  told,
  type RequestChanges,
} from "../../test/support/proxy.ts";
import { routesTextOf, validate, type Refusal } from "./validation.ts";

const options = optionsOf();

function refused(changes: RequestChanges): Refusal {
  const refusal = validate(requestOf(changes), options);
  assert.ok(refusal !== undefined, "it is refused");
  return refusal;
}

function passes(changes: RequestChanges): void {
  assert.equal(validate(requestOf(changes), options), undefined);
}

const CALLER = "SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bKcaller";

/** A Via that we put there when the request was as `changes` says. */
function ourVia(changes: RequestChanges): string {
  const request = requestOf(changes);
  const loopHash = loopHashOf(request, routesTextOf(request));
  const branchId = makeBranchId(options.instanceId, options.random, loopHash);
  return `SIP/2.0/UDP ${OUR_ADDRESS}:5060;branch=${branchId}`;
}

test("a scheme that we do not know is refused with 416, sip, sips and tel are not (RFC 3261 §16.3 step 2, RFC 3261 §8.2.2.1)", () => {
  const { cause } = refused({ uri: "im:bob@example.org" });
  assert.equal(told(cause), "416 uri-scheme-unsupported");
  assert.deepEqual(cause.evidence, { scheme: "im" });
  passes({ uri: "sips:bob@example.org" });
  passes({ uri: "tel:+4930123456" });
});

test("Max-Forwards 0 is refused with 483, 1 and none are not (RFC 3261 §16.3 step 3)", () => {
  const { cause } = refused({ fields: ["Max-Forwards: 0"], vias: [CALLER, CALLER] });
  assert.equal(told(cause), "483 max-forwards-spent");
  assert.deepEqual(cause.evidence, { requestUri: "sip:bob@example.org", hops: 2 });
  passes({ fields: ["Max-Forwards: 1"] });
  passes({});
});

test("OPTIONS to this server has arrived: Max-Forwards 0 is no obstacle, to a user it is (RFC 3261 §16.3 step 3)", () => {
  const spent = ["Max-Forwards: 0"];
  passes({ method: "OPTIONS", uri: "sip:example.org", fields: spent });
  passes({ method: "OPTIONS", uri: `sip:${OUR_ADDRESS}`, fields: spent });
  const { cause } = refused({ method: "OPTIONS", uri: "sip:bob@example.org", fields: spent });
  assert.equal(cause.statusCode, 483);
  assert.equal(refused({ uri: "sip:example.org", fields: spent }).cause.statusCode, 483);
});

test("a Via of ours for the same Request-URI and Routes is a loop: 482 (RFC 5393 §4.2.2, RFC 5393 §4.1; RFC 3261 §16.3 step 4)", () => {
  const { cause } = refused({ vias: [CALLER, ourVia({}), ourVia({})] });
  assert.equal(told(cause), "482 loop-detected");
  assert.deepEqual(cause.evidence, { requestUri: "sip:bob@example.org", ownViaCount: 2 });
});

test("a Via of ours for another Request-URI or Route is a spiral and goes on (RFC 5393 §4.2.2)", () => {
  passes({ vias: [CALLER, ourVia({ uri: "sip:info@example.org" })] });
  passes({ vias: [CALLER, ourVia({ fields: ["Route: <sip:192.0.2.9;lr>"] })] });
});

test("the loop hash alone, in a branch id of another element, is no loop", () => {
  const stolen = ourVia({}).replace(branchMark(options.instanceId), branchMark("ffffff"));
  passes({ vias: [CALLER, stolen] });
});

test("Vias of other elements may look as they like below ours (RFC 5393 §4.2.4)", () => {
  passes({
    vias: [
      CALLER,
      ourVia({ uri: "sip:x@example.org" }),
      'SIP/2.0/UDP h.example;branch=z9hG4bKq;x="a,b;c";flag',
    ],
  });
});

test("a Via that cannot be read must not hide a loop: 400 when one of ours is there, else ignored", () => {
  const broken = "SIP/2.0/UDP h.example:port;branch=z9hG4bKq";
  const { cause } = refused({ vias: [CALLER, ourVia({}), broken] });
  assert.equal(told(cause), "400 via-malformed");
  passes({ vias: [CALLER, broken] });
});

test("what a Proxy-Require asks for is unsupported, each tag is named: 420 (RFC 3261 §16.3 step 5, RFC 3261 §20.29)", () => {
  const { cause, headers } = refused({
    fields: ["Proxy-Require: foo", "Subject: x", "Proxy-Require: bar, baz"],
  });
  assert.equal(told(cause), "420 extension-required");
  assert.deepEqual(cause.evidence, { extensions: "foo, bar, baz", headerName: "Proxy-Require" });
  assert.deepEqual(headers, [["Unsupported", "foo, bar, baz"]]);
});

test("a Require is the callee's business and passes (RFC 3261 §20.32)", () => {
  passes({ fields: ["Require: 100rel, foo"] });
});

test("a Max-Breadth that is no number is refused with 400, 0 with 440, 1 passes (RFC 5393 §5.3.1, RFC 5393 §5.3.3.1)", () => {
  assert.equal(told(refused({ fields: ["Max-Breadth: many"] }).cause), "400 header-malformed");
  const { cause } = refused({ fields: ["Max-Breadth: 0"] });
  assert.equal(told(cause), "440 max-breadth-exceeded");
  passes({ fields: ["Max-Breadth: 1"] });
});

test("the first step that fails is the one that answers: the order is the standard's (RFC 3261 §16.3)", () => {
  const fields = ["Max-Forwards: 0", "Proxy-Require: foo"];
  assert.equal(refused({ uri: "im:b@example.org", fields }).cause.statusCode, 416);
  assert.equal(refused({ fields, vias: [CALLER, ourVia({})] }).cause.statusCode, 483);
  const looped = { fields: ["Proxy-Require: foo"], vias: [CALLER, ourVia({})] };
  assert.equal(refused(looped).cause.statusCode, 482);
});

test("methods, header fields and bodies that we do not know are no reason to refuse (RFC 3261 §16.3 step 1)", () => {
  passes({ method: "NEWTHING", fields: ["X-Odd: \x01\xff", "Date: never"], body: "\x00\xff" });
});
