import assert from "node:assert/strict";
import { test } from "node:test";
import type { Binding, Held } from "../location/index.ts";
import { Header, parseMessage, type SipRequest } from "../message/index.ts";
import { NameZone } from "../testing/index.ts";
import { Trace } from "../trace/index.ts";
import {
  describe,
  eventsIn,
  optionsOf,
  requestOf,
  udpSide,
  type RequestChanges,
} from "../../test/support/proxy.ts";
import { AckRelay } from "./ack-relay.ts";
import { loopHashOf, makeBranchId } from "./branch-id.ts";
import { DIALOG_TOKEN_PARAMETER, dialogTokenOf } from "./dialog-token.ts";
import type { ProxyOutput } from "./output.ts";

const options = optionsOf();
const TOKEN = `${DIALOG_TOKEN_PARAMETER}=${dialogTokenOf("call-1", options.tokenKey)}`;
const OURS = `Route: <sip:192.0.2.100:5060;lr;${TOKEN}>`;

function binding(contactUri: string): Binding {
  return {
    contactUri,
    callId: "r1",
    cseq: 1,
    qMilli: 1000,
    expiresAtMs: 60_000,
    updatedAtMs: 0,
    path: [],
    source: "udp:192.0.2.7:5060",
  };
}

const zone = new NameZone({ "A phone.net": ["203.0.113.9"] });

interface Relayed {
  readonly said: readonly string[];
  readonly sent: readonly SipRequest[];
  readonly trace: Trace;
}

/** Relays an ACK to a user of ours with these contacts. */
function relayed(
  changes: RequestChanges,
  contacts: readonly string[] = ["sip:bob@192.0.2.7"],
): Relayed {
  const trace = new Trace(0);
  const relay = new AckRelay(requestOf({ method: "ACK", toTag: "t1", ...changes }), options, trace);
  const out: ProxyOutput[] = [];
  const said: string[] = [];
  const sent: SipRequest[] = [];
  relay.start(0, out);
  for (const output of out) {
    said.push(describe(output));
    if (output.kind === "find") {
      const exists = output.aor === "sip:bob@example.org";
      const { aor } = output;
      relay.found(exists ? { kind: "subscriber", aor, credential: undefined } : undefined, 0, out);
    } else if (output.kind === "lookup") {
      const held: Held = { version: 1, bindings: contacts.map(binding), lapsed: [] };
      relay.held(held, 0, out);
    } else if (output.kind === "resolve") {
      const { branch, question } = output;
      relay.resolved(branch, question, zone.ask(question), 0, out);
    } else if (output.kind === "start") {
      const text = relay.requestFor(output.branch, { incoming: udpSide, outgoing: udpSide });
      const message = parseMessage(text);
      assert.ok(message.kind === "request");
      sent.push(message);
    }
  }
  return { said, sent, trace };
}

test("inside a dialog of ours an ACK follows its Route, and nobody is looked up (RFC 3261 §16.11)", () => {
  const { said, sent } = relayed({ uri: "sip:bob@192.0.2.7:5062", fields: [OURS] });
  assert.deepEqual(said, ["start 1 to udp:192.0.2.7:5062"]);
  assert.equal(sent[0]?.header(Header.Route), undefined);
  assert.equal(sent[0]?.header(Header.RecordRoute), undefined);
});

test("to a name elsewhere the resolver is asked first", () => {
  const { said } = relayed({ uri: "sip:bob@phone.net", fields: [OURS] });
  assert.deepEqual(said, [
    "resolve 1 NAPTR phone.net",
    "resolve 1 SRV _sip._udp.phone.net",
    "resolve 1 SRV _sip._tcp.phone.net",
    "resolve 1 A phone.net",
    "resolve 1 AAAA phone.net",
    "start 1 to udp:203.0.113.9:5060",
  ]);
});

test("without Route it goes to each device of our user, in branches of their own", () => {
  const { said, sent } = relayed({}, ["sip:bob@192.0.2.7", "sip:bob@192.0.2.8"]);
  assert.deepEqual(said, [
    "find sip:bob@example.org",
    "lookup sip:bob@example.org",
    "start 1 to udp:192.0.2.7:5060",
    "start 2 to udp:192.0.2.8:5060",
  ]);
  assert.notEqual(sent[0]?.topVia.branchId, sent[1]?.topVia.branchId);
});

/** Under which branch an ACK with that Via goes to one of two devices. */
function branchOf(via: string, at = 0): string | undefined {
  const sent = relayed({ vias: [via] }, ["sip:bob@192.0.2.7", "sip:bob@192.0.2.8"]).sent;
  return sent[at]?.topVia.branchId;
}

test("an ACK that comes again goes on under the same branch, another under another (RFC 3261 §16.11)", () => {
  const via = "SIP/2.0/UDP 203.0.113.4;branch=z9hG4bKa";
  assert.equal(branchOf(via), branchOf(via));
  assert.notEqual(branchOf(via), branchOf(via.replace("bKa", "bKb")));
  assert.notEqual(branchOf(via), branchOf(via.replace(".4", ".5")));
  assert.notEqual(branchOf(via), branchOf(via, 1), "to its other device");
  assert.equal(
    branchOf("SIP/2.0/UDP 203.0.113.4;branch=1"),
    branchOf("SIP/2.0/UDP 203.0.113.4;branch=1"),
  );
});

test("its devices share its Max-Breadth; those that get no share get no ACK (RFC 5393 §5.3.3)", () => {
  const contacts = ["sip:bob@192.0.2.7", "sip:bob@192.0.2.8", "sip:bob@192.0.2.9"];
  const breadths = (...fields: string[]): string[] =>
    relayed({ fields }, contacts).sent.map((request) => request.header(Header.MaxBreadth) ?? "");
  assert.deepEqual(breadths(), ["20", "20", "20"]);
  assert.deepEqual(breadths("Max-Breadth: 4"), ["1", "1", "2"]);
  assert.deepEqual(breadths("Max-Breadth: 2"), ["1", "1"]);
  const { trace } = relayed({ fields: ["Max-Breadth: 2"] }, contacts);
  assert.deepEqual(eventsIn(trace, "target-skipped"), ["sip:bob@192.0.2.9 max-breadth-exceeded"]);
});

test("an ACK that loops, or has no forwards left, goes no further and is not answered (RFC 3261 §16.11)", () => {
  const { instanceId, random } = options;
  const own = makeBranchId(instanceId, random, loopHashOf(requestOf({}), ""));
  const vias = ["SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1", `SIP/2.0/UDP 192.0.2.100;branch=${own}`];
  const looped = relayed({ vias });
  assert.deepEqual(looped.said, []);
  assert.deepEqual(eventsIn(looped.trace, "target-skipped"), ["sip:bob@example.org loop-detected"]);
  assert.deepEqual(relayed({ fields: ["Max-Forwards: 0"] }).said, []);
});

test("an ACK to elsewhere without the token is dropped: never an open relay", () => {
  for (const changes of [
    { uri: "sip:dora@192.0.2.66" },
    { uri: "sip:dora@192.0.2.66", fields: ["Route: <sip:192.0.2.100;lr>"] },
    { uri: "sip:dora@192.0.2.66", fields: [OURS], callId: "call-2" },
    { fields: ["Route: <sip:192.0.2.66;lr>"] },
  ] satisfies RequestChanges[]) {
    const { said, trace } = relayed(changes);
    assert.deepEqual(said, []);
    assert.match(eventsIn(trace, "target-skipped").join(), /relay-not-allowed$/);
  }
});

test("an ACK for nobody is dropped, and the trace says why", () => {
  const { said, trace } = relayed({ uri: "sip:nobody@example.org" });
  assert.deepEqual(said, ["find sip:nobody@example.org"]);
  assert.deepEqual(eventsIn(trace, "target-skipped"), ["sip:nobody@example.org user-unknown"]);
});
