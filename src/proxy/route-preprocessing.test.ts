import assert from "node:assert/strict";
import { test } from "node:test";
import {
  optionsOf,
  OUR_ADDRESS,
  requestOf,
  told,
  type RequestChanges,
} from "../../test/support/proxy.ts";
import { DIALOG_TOKEN_PARAMETER, dialogTokenOf } from "./dialog-token.ts";
import { preprocessRoute, type Routing } from "./route-preprocessing.ts";

const options = optionsOf();
const TOKEN = `${DIALOG_TOKEN_PARAMETER}=${dialogTokenOf("call-1", options.tokenKey)}`;
const OTHER_TOKEN = `${DIALOG_TOKEN_PARAMETER}=${dialogTokenOf("call-2", options.tokenKey)}`;
const OURS = `<sip:${OUR_ADDRESS}:5060;lr;${TOKEN}>`;
const OURS_TCP = `<sip:${OUR_ADDRESS}:5060;transport=tcp;lr;${TOKEN}>`;

function routed(changes: RequestChanges): Routing {
  const routing = preprocessRoute(requestOf(changes), options);
  assert.ok(!("kind" in routing), JSON.stringify(routing));
  return routing;
}

const bye = (uri: string, ...routes: string[]): RequestChanges => ({
  method: "BYE",
  uri,
  toTag: "t1",
  fields: routes.map((route) => `Route: ${route}`),
});

test("without Route nothing is popped and nothing is proved", () => {
  const routing = routed({});
  assert.deepEqual(
    { ...routing, requestUri: routing.requestUri.text },
    {
      requestUri: "sip:bob@example.org",
      received: [],
      routes: [],
      firstRoute: undefined,
      poppedCount: 0,
      repaired: false,
      hasDialogToken: false,
    },
  );
});

test("our Route at the top is taken off, the others stay in their order (RFC 3261 §16.4)", () => {
  const routing = routed(bye("sip:bob@192.0.2.7", OURS, "<sip:p1.net;lr>, <sip:p2.net;lr>"));
  assert.equal(routing.poppedCount, 1);
  assert.deepEqual(routing.routes, ["<sip:p1.net;lr>", "<sip:p2.net;lr>"]);
  assert.equal(routing.firstRoute?.text, "sip:p1.net;lr");
  assert.equal(routing.hasDialogToken, true);
});

test("a Route to another port of our address, or below a foreign one, is not at its end here", () => {
  const elsewhere = routed(bye("sip:bob@192.0.2.7", `<sip:${OUR_ADDRESS}:5070;lr;${TOKEN}>`));
  assert.equal(elsewhere.poppedCount, 0);
  assert.equal(elsewhere.hasDialogToken, false);
  const below = routed(bye("sip:bob@192.0.2.7", "<sip:p1.net;lr>", OURS));
  assert.equal(below.poppedCount, 0);
  assert.equal(below.hasDialogToken, false);
});

test("a preloaded Route that names our domain is taken off, and proves nothing", () => {
  const routing = routed({ fields: ["Route: <sip:example.org;lr>"] });
  assert.equal(routing.poppedCount, 1);
  assert.equal(routing.hasDialogToken, false);
});

test("both values of a double Record-Route are taken off at once (RFC 5658 §5)", () => {
  const routing = routed(bye("sip:bob@192.0.2.7", OURS_TCP, OURS, "<sip:p1.net;lr>"));
  assert.equal(routing.poppedCount, 2);
  assert.deepEqual(routing.routes, ["<sip:p1.net;lr>"]);
});

test("a second Route of ours without the token is no pair's: one is taken off", () => {
  const routing = routed(bye("sip:bob@192.0.2.7", OURS, `<sip:${OUR_ADDRESS};lr>`));
  assert.equal(routing.poppedCount, 1);
});

test("of three in a row the third is a spiral's and stays", () => {
  assert.equal(routed(bye("sip:bob@192.0.2.7", OURS, OURS, OURS)).poppedCount, 2);
});

test("a token of another Call-ID, one that was guessed, and one in a foreign URI prove nothing", () => {
  const routes = [
    `<sip:${OUR_ADDRESS};lr;${OTHER_TOKEN}>`,
    `<sip:${OUR_ADDRESS};lr;${DIALOG_TOKEN_PARAMETER}=0123456789abcdef>`,
    `<sip:${OUR_ADDRESS};lr;${DIALOG_TOKEN_PARAMETER}>`,
    `<sip:192.0.2.66;lr;${TOKEN}>`,
    `<sip:${OUR_ADDRESS};lr>;${TOKEN}`,
  ];
  for (const route of routes) {
    assert.equal(routed(bye("sip:bob@192.0.2.7", route)).hasDialogToken, false, route);
  }
});

test("a strict router's detour is undone: the last Route is the Request-URI (RFC 3261 §16.4)", () => {
  const ours = OURS.slice(1, -1);
  const routing = routed(bye(ours, "<sip:p1.net;lr>", "<sip:bob@192.0.2.7:5062>"));
  assert.equal(routing.repaired, true);
  assert.equal(routing.requestUri.text, "sip:bob@192.0.2.7:5062");
  assert.deepEqual(routing.routes, ["<sip:p1.net;lr>"]);
  assert.equal(routing.hasDialogToken, true);
});

test("a strict router before a double Record-Route leaves our second value on top: it goes too", () => {
  const ours = OURS_TCP.slice(1, -1);
  const routing = routed(bye(ours, OURS, "<sip:bob@192.0.2.7>"));
  assert.equal(routing.requestUri.text, "sip:bob@192.0.2.7");
  assert.equal(routing.poppedCount, 1);
  assert.deepEqual(routing.routes, []);
});

test("our address in the Request-URI without the token is no Record-Route of ours and stays", () => {
  const routing = routed(bye(`sip:${OUR_ADDRESS};lr`, "<sip:bob@192.0.2.7>"));
  assert.equal(routing.repaired, false);
  assert.equal(routing.requestUri.text, `sip:${OUR_ADDRESS};lr`);
});

test("our Record-Route in the Request-URI and no Route at all: there is nothing to restore", () => {
  const ours = OURS.slice(1, -1);
  const routing = routed(bye(ours));
  assert.equal(routing.repaired, false);
  assert.equal(routing.requestUri.text, ours);
});

test("a maddr that is ours goes with port and transport, by address and by domain (RFC 3261 §16.4)", () => {
  const uri = `sip:bob@example.org:5060;transport=udp;x=1;maddr=${OUR_ADDRESS}`;
  assert.equal(routed({ uri }).requestUri.text, "sip:bob@example.org;x=1");
  const byDomain = routed({ uri: "sip:bob@example.org;maddr=example.com" });
  assert.equal(byDomain.requestUri.text, "sip:bob@example.org");
});

test("a maddr that is not ours, or ours at another port, stays (RFC 3261 §16.4)", () => {
  for (const uri of [
    "sip:bob@example.org;maddr=192.0.2.66",
    `sip:bob@example.org:5070;maddr=${OUR_ADDRESS}`,
  ]) {
    assert.equal(routed({ uri }).requestUri.text, uri);
  }
});

test("a Route that cannot be read is a 400 with its place", () => {
  const cause = preprocessRoute(requestOf({ fields: ["Route: <sip:p1.net;lr"] }), options);
  assert.ok("kind" in cause);
  assert.equal(told(cause), "400 header-malformed");
  assert.equal(cause.evidence["headerName"], "Route");
});
