import assert from "node:assert/strict";
import { test } from "node:test";
import { answerChallenge, Authenticator, credentialOf } from "../auth/index.ts";
import { seededRandom } from "../base/random.ts";
import type { DirectoryEntry } from "../directory/index.ts";
import type { Binding, Held } from "../location/index.ts";
import { Header, parseAor, parseMessage, type Aor, type SipResponse } from "../message/index.ts";
import { Trace } from "../trace/index.ts";
import {
  describe,
  eventsIn,
  optionsOf,
  requestOf,
  responseOf,
  udpSide,
  type RequestChanges,
} from "../../test/support/proxy.ts";
import { DIALOG_TOKEN_PARAMETER, dialogTokenOf, localTagOf } from "./dialog-token.ts";
import type { ProxyOptions } from "./options.ts";
import type { ProxyOutput } from "./output.ts";
import { ProxyCore } from "./proxy-core.ts";

const NOW_MS = 1_700_000_000_000;
const ALICE = "sip:alice@example.org";

function aor(text: string): Aor {
  const parsed = parseAor(text);
  assert.ok(parsed !== undefined, text);
  return parsed;
}

const directory = new Map<Aor, DirectoryEntry>();
for (const name of ["alice", "bob", "carol"]) {
  const credential = credentialOf(name, "example.org", "secret");
  const entry: DirectoryEntry = { kind: "subscriber", aor: aor(`${name}@example.org`), credential };
  directory.set(entry.aor, entry);
}
const out: DirectoryEntry = {
  kind: "alias",
  aor: aor("out@example.org"),
  target: "sip:dora@elsewhere.net",
};
directory.set(out.aor, out);

const binding: Binding = {
  contactUri: "sip:bob@192.0.2.7",
  callId: "r1",
  cseq: 1,
  qMilli: 1000,
  expiresAtMs: NOW_MS + 60_000,
  updatedAtMs: NOW_MS,
  path: [],
  source: "udp:192.0.2.7:5060",
};

/** One proxy core and a driver that answers its questions from maps, unless it is told to hold them back. */
class Lab {
  readonly core: ProxyCore;
  readonly trace = new Trace(NOW_MS);
  readonly said: string[] = [];
  readonly responses: SipResponse[] = [];
  holdsBack: "find" | "lookup" | undefined = undefined;

  constructor(changes: RequestChanges, options: ProxyOptions = optionsOf(), isSpiral = false) {
    this.core = new ProxyCore(requestOf(changes), { isSpiral }, options, this.trace);
  }

  /** One input, and everything that follows from it. */
  feed(act: (out: ProxyOutput[]) => void): this {
    const outputs: ProxyOutput[] = [];
    act(outputs);
    for (const output of outputs) this.#perform(output, outputs);
    return this;
  }

  start(): this {
    return this.feed((outputs) => this.core.start(NOW_MS, outputs));
  }

  #perform(output: ProxyOutput, outputs: ProxyOutput[]): void {
    this.said.push(describe(output));
    if (output.kind === "respond") {
      const response = parseMessage(output.text);
      assert.ok(response.kind === "response");
      this.responses.push(response);
    }
    if (output.kind === this.holdsBack) return;
    if (output.kind === "find") this.core.found(directory.get(output.aor), NOW_MS, outputs);
    if (output.kind === "lookup") {
      const isBob = output.aor === "sip:bob@example.org";
      const held: Held = { version: 1, bindings: isBob ? [binding] : [], lapsed: [] };
      this.core.held(held, NOW_MS, outputs);
    }
  }
}

/** What comes out for a request, in order. */
function said(changes: RequestChanges, options: Partial<ProxyOptions> = {}): string[] {
  return new Lab(changes, optionsOf(options)).start().said;
}

const findBob = ["find sip:bob@example.org", "lookup sip:bob@example.org"];
const startBob = "start 1 to udp:192.0.2.7:5060";

test("a stranger's request to our user is looked up and goes to the device (RFC 3261 §16.5)", () => {
  assert.deepEqual(said({}), [...findBob, startBob]);
});

test("a request that is not valid asks nobody and ends: §16.3 before all else", () => {
  assert.deepEqual(said({ fields: ["Max-Forwards: 0"] }), ["483 max-forwards-spent", "ended"]);
  assert.deepEqual(said({ fields: ["Route: <sip:x"] }), ["400 header-malformed", "ended"]);
});

test("a 420 names what is not supported (RFC 3261 §16.3 step 5)", () => {
  const { responses } = new Lab({ fields: ["Proxy-Require: foo"] }).start();
  assert.equal(responses[0]?.header(Header.Unsupported), "foo");
});

test("our responses have the same To tag each time, and none is added where there is one (RFC 3261 §8.2.6.2)", () => {
  const spent = { fields: ["Max-Forwards: 0"] };
  const tag = localTagOf(requestOf({}), optionsOf().tokenKey);
  assert.equal(new Lab(spent).start().responses[0]?.toTag, tag);
  assert.equal(new Lab({ ...spent, toTag: "t9" }).start().responses[0]?.toTag, "t9");
});

test("what was decided about routes is in the trace", () => {
  const token = `${DIALOG_TOKEN_PARAMETER}=${dialogTokenOf("call-1", optionsOf().tokenKey)}`;
  const ours = `<sip:192.0.2.100;lr;${token}>`;
  const route = `Route: ${ours}, <sip:192.0.2.9;lr>`;
  const lab = new Lab({ method: "BYE", toTag: "t1", uri: "sip:bob@192.0.2.7", fields: [route] });
  lab.start();
  assert.deepEqual(lab.said, ["start 1 to udp:192.0.2.9:5060"]);
  assert.deepEqual(eventsIn(lab.trace, "route-popped"), [ours]);
  assert.deepEqual(eventsIn(lab.trace, "route-followed"), ["<sip:192.0.2.9;lr>"]);
  assert.deepEqual(eventsIn(lab.trace, "dialog-token-valid"), [""]);
});

test("a 407 offers the strongest algorithm first and asks nobody (RFC 8760 §2.3, RFC 3261 §22.1, §22.3; RFC 7616 §3.7, §3.8)", () => {
  const lab = new Lab({ from: ALICE }, optionsOf({ auth: "digest" })).start();
  assert.deepEqual(lab.said, ["407 credentials-missing", "ended"]);
  const values = lab.responses[0]?.values(Header.ProxyAuthenticate) ?? [];
  assert.deepEqual(
    values.map((value) => /algorithm=([^,]+)/.exec(value)?.[1]),
    ["SHA-512-256", "SHA-256", "MD5"],
  );
  assert.ok(values.every((value) => value.includes('realm="example.org"')));
});

/** A server that asks for credentials, and the header field of somebody who has them. */
function challenged(uri = "sip:bob@example.org"): {
  readonly options: ProxyOptions;
  readonly fields: readonly string[];
} {
  const random = seededRandom(5);
  const authenticator = new Authenticator({ secret: "s", nonceLifetimeMs: 300_000, random });
  const values = authenticator.challenge("example.org", NOW_MS, { stale: false });
  const credentials = { username: "alice", password: "secret", method: "INVITE", cnonce: "c" };
  const answer = answerChallenge(values, { ...credentials, uri });
  const options = optionsOf({ auth: "digest", authenticator });
  return { options, fields: [`Proxy-Authorization: ${answer}`] };
}

test("credentials are checked against the directory before anybody is looked up (RFC 3261 §22.3, RFC 3261 §16.3 step 6)", () => {
  const { options, fields } = challenged();
  const lab = new Lab({ from: ALICE, fields }, options).start();
  assert.deepEqual(lab.said, ["find sip:alice@example.org", ...findBob, startBob]);
  assert.deepEqual(eventsIn(lab.trace, "authenticated"), ["alice SHA-512-256"]);
});

test("credentials used a second time are challenged with stale (RFC 7616 §3.4)", () => {
  const { options, fields } = challenged();
  new Lab({ from: ALICE, fields }, options).start();
  const again = new Lab({ from: ALICE, fields, cseq: 2 }, options).start();
  assert.deepEqual(again.said, ["find sip:alice@example.org", "407 nonce-replayed", "ended"]);
  assert.match(again.responses[0]?.header(Header.ProxyAuthenticate) ?? "", /stale=true/);
});

test("a spiral brings the credentials of its first pass again, and that is no replay", () => {
  const { options, fields } = challenged();
  new Lab({ from: ALICE, fields }, options).start();
  const spiral = new Lab({ from: ALICE, fields, uri: "sip:carol@example.org" }, options, true);
  spiral.start();
  assert.equal(spiral.said.at(-2), "480 user-not-registered");
});

test("a spiral that meanwhile aims elsewhere is counted: whoever was called cannot call on at our user's cost", () => {
  const { options, fields } = challenged();
  new Lab({ from: ALICE, fields }, options).start();
  const spiral = new Lab({ from: ALICE, fields, uri: "sip:dora@192.0.2.66" }, options, true);
  assert.deepEqual(spiral.start().said.slice(-2), ["407 nonce-replayed", "ended"]);
  const itsOwn = challenged("sip:dora@192.0.2.66");
  const first = { from: ALICE, fields: itsOwn.fields, uri: "sip:dora@192.0.2.66" };
  new Lab(first, itsOwn.options).start();
  const again = new Lab(first, itsOwn.options, true).start();
  assert.equal(again.said.at(-1), "start 1 to udp:192.0.2.66:5060");
});

test("a store that does not answer is a 503 with its cause, whichever question it was", () => {
  for (const question of ["find", "lookup"] as const) {
    const lab = new Lab({});
    lab.holdsBack = question;
    lab.start();
    const causeId = question === "find" ? "directory-unreachable" : "location-unreachable";
    lab.feed((outputs) => lab.core.questionFailed(causeId, "no answer", NOW_MS, outputs));
    assert.deepEqual(lab.said.slice(-2), [`503 ${causeId}`, "ended"]);
  }
});

test("a CANCEL while the search waits for an answer ends it with 487; the answer then changes nothing (RFC 3261 §16.10)", () => {
  const lab = new Lab({});
  lab.holdsBack = "lookup";
  lab.start();
  lab.feed((outputs) => lab.core.cancel(NOW_MS + 40, outputs));
  assert.deepEqual(lab.said, [...findBob, "487 caller-cancelled", "ended"]);
  const held: Held = { version: 1, bindings: [binding], lapsed: [] };
  lab.feed((outputs) => lab.core.held(held, NOW_MS + 50, outputs));
  lab.feed((outputs) => lab.core.cancel(NOW_MS + 60, outputs));
  assert.equal(lab.said.length, 4);
});

test("a CANCEL after the final response changes nothing (RFC 3261 §9.1)", () => {
  const lab = new Lab({ uri: "sip:nobody@example.org" }).start();
  const before = [...lab.said];
  lab.feed((outputs) => lab.core.cancel(NOW_MS + 40, outputs));
  assert.deepEqual(lab.said, before);
});

test("the response context takes over: its deadline, branches and CANCEL are the core's", () => {
  const lab = new Lab({}).start();
  const { core } = lab;
  assert.equal(core.deadlineMs, NOW_MS + 185_000);
  const [branch] = core.branches;
  assert.ok(branch !== undefined);
  const ringing = responseOf(180);
  lab.feed((outputs) => core.receive(branch, ringing, NOW_MS + 100, outputs));
  lab.feed((outputs) => core.cancel(NOW_MS + 200, outputs));
  assert.equal(core.wasCancelled, true);
  lab.feed((outputs) => core.receive(branch, responseOf(487), NOW_MS + 220, outputs));
  assert.deepEqual(lab.said.slice(-4), ["180 from 1", "cancel 1", "487 from 1", "ended"]);
  assert.equal(core.hasEnded, true);
  assert.equal(core.deadlineMs, Infinity);
});

test("the text of a branch is the request, forwarded (RFC 3261 §16.6)", () => {
  const { core } = new Lab({ fields: ["Max-Forwards: 10"] }).start();
  const [branch] = core.branches;
  assert.ok(branch !== undefined);
  const message = parseMessage(core.requestFor(branch, { incoming: udpSide, outgoing: udpSide }));
  assert.ok(message.kind === "request");
  assert.equal(message.requestUri.text, "sip:bob@192.0.2.7");
  assert.equal(message.maxForwards, 9);
  assert.equal(message.topVia.branchId, branch.branchId);
});

test("a device keeps its transport inside a dialog, a next hop that is resolved does not (deviation from RFC 3261 §18.1.1)", () => {
  const token = dialogTokenOf("call-1", optionsOf().tokenKey);
  const ours = `Route: <sip:192.0.2.100:5060;lr;${DIALOG_TOKEN_PARAMETER}=${token}>`;
  const leavesUdp = (uri: string, ...routes: string[]): boolean => {
    const { core, said: outputs } = new Lab({
      uri,
      toTag: "t1",
      fields: [ours, ...routes],
    }).start();
    const [branch] = core.branches;
    assert.equal(outputs[0], "start 1 to udp:192.0.2.7:5060");
    return branch !== undefined && core.leavesUdp(branch, 1_301, NOW_MS);
  };
  assert.equal(leavesUdp("sip:bob@192.0.2.7"), false);
  assert.equal(leavesUdp("sip:bob@10.0.0.7", "Route: <sip:192.0.2.7;lr>"), true);
});

test("sips to a registered user is a 480 with warn-code 380: sip would do (RFC 5630 §5.3)", () => {
  const lab = new Lab({ uri: "sips:bob@example.org" }).start();
  assert.deepEqual(lab.said.slice(-2), ["480 sips-not-available", "ended"]);
  const warning = lab.responses[0]?.header(Header.Warning);
  assert.equal(warning, '380 example.org "SIPS Not Allowed"');
});

test("OPTIONS to the domain is answered with what is understood here (RFC 3261 §11.2, RFC 3261 §20.1, §20.5)", () => {
  const lab = new Lab({ method: "OPTIONS", uri: "sip:example.org" }).start();
  assert.deepEqual(lab.said, ["200 ours", "ended"]);
  const [response] = lab.responses;
  assert.match(
    response?.header(Header.Allow) ?? "",
    /^INVITE, ACK, CANCEL, BYE, OPTIONS, REGISTER/,
  );
  assert.equal(response?.header(Header.Accept), "application/sdp");
  assert.notEqual(response?.toTag, undefined);
});

test("OPTIONS to the domain with a Route that leads on is no question to this server", () => {
  const fields = ["Route: <sip:192.0.2.9;lr>"];
  const request = { method: "OPTIONS", uri: "sip:example.org", fields };
  assert.deepEqual(said(request), ["403 relay-not-allowed", "ended"]);
});

const evidenceOf = (changes: RequestChanges): string => {
  const lab = new Lab(changes).start();
  return eventsIn(lab.trace, "refused").join();
};

test("the evidence of a refusal names where the request would have gone", () => {
  assert.match(evidenceOf({ uri: "sip:x@Elsewhere.NET" }), /"domain":"elsewhere.net"/);
  assert.match(
    evidenceOf({ uri: "sip:bob@example.org;maddr=192.0.2.66" }),
    /"domain":"192.0.2.66"/,
  );
  assert.match(evidenceOf({ fields: ["Route: <sip:192.0.2.9;lr>"] }), /"domain":"192.0.2.9"/);
});
