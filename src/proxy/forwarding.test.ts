import assert from "node:assert/strict";
import { test } from "node:test";
import type { Endpoint } from "../base/endpoint.ts";
import { Header, parseMessage, type BranchId, type SipRequest } from "../message/index.ts";
import {
  optionsOf,
  OUR_ADDRESS,
  requestOf,
  tcpSide,
  udpSide,
  uriOf,
  type RequestChanges,
} from "../../test/support/proxy.ts";
import { ClientBranch } from "./client-branch.ts";
import { DIALOG_TOKEN_PARAMETER, dialogTokenOf } from "./dialog-token.ts";
import { buildForwarded, isLooseRoute, viaValue } from "./forwarding.ts";
import { preprocessRoute } from "./route-preprocessing.ts";

const options = optionsOf();
const TOKEN = `${DIALOG_TOKEN_PARAMETER}=${dialogTokenOf("call-1", options.tokenKey)}`;
const OURS = `<sip:${OUR_ADDRESS}:5060;lr;${TOKEN}>`;
const OUR_VIA = `SIP/2.0/UDP ${OUR_ADDRESS}:5060;branch=z9hG4bKnew`;

interface Forwarding {
  readonly target?: string;
  readonly path?: readonly string[];
  readonly breadth?: number;
  readonly incoming?: Endpoint;
  readonly outgoing?: Endpoint;
}

function textOf(request: SipRequest, how: Forwarding = {}): string {
  const routing = preprocessRoute(request, options);
  assert.ok(!("kind" in routing));
  const uri = how.target === undefined ? routing.requestUri : uriOf(how.target);
  const target = { uri, path: how.path ?? [], qMilli: 1000, source: "", hops: undefined };
  const branch = new ClientBranch(1, target, how.breadth ?? 60, "z9hG4bKnew" as BranchId, 0);
  const { incoming = udpSide, outgoing = udpSide } = how;
  return buildForwarded(request, routing, branch, { incoming, outgoing }, options);
}

function forwarded(changes: RequestChanges, how: Forwarding = {}): SipRequest {
  const message = parseMessage(textOf(requestOf(changes), how));
  assert.ok(message.kind === "request", JSON.stringify(message));
  return message;
}

const oursAt = (host: string, transport = ""): string => `<sip:${host}${transport};lr;${TOKEN}>`;
const recordRoutes = (incoming: Endpoint, outgoing: Endpoint): readonly string[] =>
  forwarded({}, { incoming, outgoing }).values(Header.RecordRoute);

const isRecorded = (method: string, toTag?: string): boolean => {
  const request = forwarded(toTag === undefined ? { method } : { method, toTag });
  return request.header(Header.RecordRoute) !== undefined;
};

const bye = (...routes: string[]): RequestChanges => ({
  method: "BYE",
  uri: "sip:bob@192.0.2.7",
  toTag: "t1",
  fields: routes.map((route) => `Route: ${route}`),
});

const isNew = (line: string): boolean => /^(?:Max-Breadth|Record-Route): /.test(line);

test("what no step touches leaves byte for byte, in its order: unknown fields, odd case, a binary body (RFC 3261 §16.6 step 1, §7.3.1; RFC 7616 §3.6)", () => {
  const head =
    "INVITE sip:bob@example.org SIP/2.0\r\n" +
    "v: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bKcaller\r\n" +
    "f:   <sip:carol@elsewhere.net>;tag=f1\r\n" +
    "SUBJECT: caf\xc3\xa9\r\n\tau lait\r\n" +
    "t: <sip:bob@example.org>\r\n" +
    "X-Odd:\x01 \xff\xfe\r\n" +
    "i: call-1\r\nMax-Forwards: 70\r\nCSeq: 1   INVITE\r\nX-Odd: again\r\n";
  const body = "\x00\x01\r\n\r\n\xff";
  const message = parseMessage(`${head}Content-Length: ${body.length}\r\n\r\n${body}`);
  assert.ok(message.kind === "request");
  const wanted =
    `INVITE sip:bob@192.0.2.7 SIP/2.0\r\nVia: ${OUR_VIA}\r\n` +
    head.slice(head.indexOf("v:")).replace("Max-Forwards: 70", "Max-Forwards: 69") +
    `Content-Length: ${body.length}\r\nMax-Breadth: 60\r\nRecord-Route: ${OURS}\r\n\r\n${body}`;
  const text = textOf(message, { target: "sip:bob@192.0.2.7" });
  // New fields may stand anywhere among the others; all others keep their order and bytes.
  const lines = (whole: string): string[] => whole.split("\r\n").filter((line) => !isNew(line));
  assert.deepEqual(lines(text), lines(wanted));
  assert.deepEqual(text.split("\r\n").filter(isNew).toSorted(), [
    "Max-Breadth: 60",
    `Record-Route: ${OURS}`,
  ]);
  assert.ok(text.endsWith(`\r\n\r\n${body}`));
});

test("the target's URI replaces the Request-URI (RFC 3261 §16.6 step 2, RFC 3261 §19.1.1)", () => {
  const request = forwarded({}, { target: "sip:bob@192.0.2.7:5062;transport=tcp;ob" });
  assert.equal(request.requestUri.text, "sip:bob@192.0.2.7:5062;transport=tcp;ob");
});

test("Max-Forwards goes down by one, and becomes 70 where there was none (RFC 3261 §16.6 step 3)", () => {
  assert.equal(forwarded({ fields: ["Max-Forwards: 70"] }).maxForwards, 69);
  assert.equal(forwarded({ fields: ["Max-Forwards: 1"] }).maxForwards, 0);
  assert.equal(forwarded({}).maxForwards, 70);
});

test("every request has the one Max-Breadth of its branch (RFC 5393 §5.3.3)", () => {
  const withOne = forwarded({ fields: ["Max-Breadth: 9"] }, { breadth: 4 });
  assert.deepEqual(withOne.values(Header.MaxBreadth), ["4"]);
  assert.deepEqual(forwarded({}, { breadth: 60 }).values(Header.MaxBreadth), ["60"]);
  const withTwo = forwarded({ fields: ["Max-Breadth: 9", "Max-Breadth: 7"] }, { breadth: 4 });
  assert.deepEqual(withTwo.values(Header.MaxBreadth), ["4"], "of two one is left");
});

test("our Via is above the caller's, which says where it really came from (RFC 3261 §16.6 step 8, §18.2.1)", () => {
  const parsed = parseMessage(
    "OPTIONS sip:bob@example.org SIP/2.0\r\n" +
      "Via: SIP/2.0/UDP phone.lan;rport;branch=z9hG4bKcaller, SIP/2.0/UDP below.lan;branch=z9hG4bK0\r\n" +
      "From: <sip:c@e.net>;tag=1\r\nTo: <sip:bob@example.org>\r\nCall-ID: call-1\r\nCSeq: 1 OPTIONS\r\n\r\n",
    { address: "198.51.100.9", port: 40_000 },
  );
  assert.ok(parsed.kind === "request");
  const message = parseMessage(textOf(parsed));
  assert.ok(message.kind === "request");
  const vias = message.vias();
  assert.ok(!("kind" in vias));
  assert.deepEqual(
    vias.map((via) => [via.host, via.branchId, via.received, via.rport]),
    [
      [OUR_ADDRESS, "z9hG4bKnew", undefined, undefined],
      ["phone.lan", "z9hG4bKcaller", "198.51.100.9", 40_000],
      ["below.lan", "z9hG4bK0", undefined, undefined],
    ],
  );
});

test("a Via names transport, address and port, IPv6 in brackets", () => {
  assert.equal(viaValue(tcpSide, "z9hG4bK1"), `SIP/2.0/TCP ${OUR_ADDRESS}:5060;branch=z9hG4bK1`);
  const ipv6: Endpoint = { transport: "udp", address: "2001:db8::1", port: 5062 };
  assert.equal(viaValue(ipv6, "z9hG4bK1"), "SIP/2.0/UDP [2001:db8::1]:5062;branch=z9hG4bK1");
});

test("one Record-Route where both sides see us alike, above those that are there (RFC 3261 §16.6 step 4)", () => {
  const request = forwarded({ fields: ["Record-Route: <sip:p1.net;lr>"] });
  assert.deepEqual(request.values(Header.RecordRoute), [OURS, "<sip:p1.net;lr>"]);
});

test("two where transport, port or family change, the outgoing side's on top (RFC 5658 §5, §6.2)", () => {
  const ipv6: Endpoint = { transport: "udp", address: "2001:db8::1", port: 5060 };
  const otherPort: Endpoint = { ...udpSide, port: 5062 };
  assert.deepEqual(recordRoutes(tcpSide, udpSide), [
    oursAt(`${OUR_ADDRESS}:5060`),
    oursAt(`${OUR_ADDRESS}:5060`, ";transport=tcp"),
  ]);
  assert.deepEqual(recordRoutes(udpSide, ipv6), [
    oursAt("[2001:db8::1]:5060"),
    oursAt(`${OUR_ADDRESS}:5060`),
  ]);
  assert.deepEqual(recordRoutes(otherPort, udpSide), [
    oursAt(`${OUR_ADDRESS}:5060`),
    oursAt(`${OUR_ADDRESS}:5062`),
  ]);
  assert.deepEqual(recordRoutes(tcpSide, tcpSide), [
    oursAt(`${OUR_ADDRESS}:5060`, ";transport=tcp"),
  ]);
});

test("what may start a dialog is record-routed, a method that we do not know too; others are not (RFC 3261 §16.6 step 4)", () => {
  for (const method of ["INVITE", "SUBSCRIBE", "REFER", "NOTIFY", "NEWTHING"]) {
    assert.equal(isRecorded(method), true, method);
  }
  for (const method of ["MESSAGE", "OPTIONS", "PUBLISH", "REGISTER", "INFO"]) {
    assert.equal(isRecorded(method), false, method);
  }
  assert.equal(isRecorded("INVITE", "t1"), false, "inside a dialog");
});

test("our Routes go and the others stay: next is the first of them (RFC 3261 §16.4, §16.6 step 6)", () => {
  const one = forwarded(bye(OURS, "<sip:p1.net;lr>"));
  assert.deepEqual(one.values(Header.Route), ["<sip:p1.net;lr>"]);
  assert.equal(one.requestUri.text, "sip:bob@192.0.2.7");
  assert.deepEqual(forwarded(bye(`${OURS}, ${OURS}, <sip:p1.net;lr>;x=1`)).values(Header.Route), [
    "<sip:p1.net;lr>;x=1",
  ]);
  assert.equal(forwarded(bye(OURS)).header(Header.Route), undefined);
});

test("for a strict next hop, its URI and the Request-URI change places (RFC 3261 §16.6 step 6, §16.12.1.2)", () => {
  const request = forwarded(bye(OURS, "<sip:p3.middle.com>", "<sip:p2.example.com;lr>"));
  assert.equal(request.requestUri.text, "sip:p3.middle.com");
  assert.deepEqual(request.values(Header.Route), [
    "<sip:p2.example.com;lr>",
    "<sip:bob@192.0.2.7>",
  ]);
});

test("after a strict router the Request-URI is restored from the last Route (RFC 3261 §16.12.1.2)", () => {
  const request = forwarded({
    ...bye("<sip:p1.net;lr>", "<sip:bob@192.0.2.7>"),
    uri: OURS.slice(1, -1),
  });
  assert.equal(request.requestUri.text, "sip:bob@192.0.2.7");
  assert.deepEqual(request.values(Header.Route), ["<sip:p1.net;lr>"]);
});

test("strict routers on both sides: restored, then exchanged again (RFC 3261 §16.12)", () => {
  const request = forwarded({
    ...bye("<sip:strict.net>", "<sip:bob@192.0.2.7>"),
    uri: OURS.slice(1, -1),
  });
  assert.equal(request.requestUri.text, "sip:strict.net");
  assert.deepEqual(request.values(Header.Route), ["<sip:bob@192.0.2.7>"]);
});

test("a binding's Path becomes Route, before what is there (RFC 3327 §5.4, RFC 3261 §16.6 step 6)", () => {
  const path = ["<sip:edge.net;lr>", "<sip:inner.net;lr>"];
  const request = forwarded({}, { target: "sip:bob@10.0.0.7", path });
  assert.equal(request.requestUri.text, "sip:bob@10.0.0.7");
  assert.deepEqual(request.values(Header.Route), path);
  const routed = forwarded(bye(OURS, "<sip:p1.net;lr>"), { target: "sip:bob@10.0.0.7", path });
  assert.deepEqual(routed.values(Header.Route), [...path, "<sip:p1.net;lr>"]);
});

test("a Path whose first hop routes strictly gets its own URI as Request-URI", () => {
  const path = ["<sip:edge.net>", "<sip:inner.net;lr>"];
  const request = forwarded({}, { target: "sip:bob@10.0.0.7", path });
  assert.equal(request.requestUri.text, "sip:edge.net");
  assert.deepEqual(request.values(Header.Route), ["<sip:inner.net;lr>", "<sip:bob@10.0.0.7>"]);
});

test("over a stream a missing Content-Length is added, over UDP it is not (RFC 3261 §16.6 step 9)", () => {
  const changes = { body: "v=0\r\n" };
  const overTcp = forwarded(changes, { outgoing: tcpSide });
  assert.equal(overTcp.header(Header.ContentLength), "5");
  assert.ok(overTcp.text.endsWith("\r\n\r\nv=0\r\n"));
  assert.equal(forwarded(changes).header(Header.ContentLength), undefined);
  const given = { fields: ["l: 5"], body: "v=0\r\n" };
  assert.deepEqual(forwarded(given, { outgoing: tcpSide }).values(Header.ContentLength), ["5"]);
});

test("a route is loose by the lr parameter of its URI, and not by one of the header field", () => {
  assert.equal(isLooseRoute("<sip:p1.net;lr>"), true);
  assert.equal(isLooseRoute("<sip:p1.net;LR=on>;x"), true);
  assert.equal(isLooseRoute("<sip:p1.net>;lr"), false);
  assert.equal(isLooseRoute("<sip:lr.net;lrx>"), false);
});
