import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { causes } from "../causes/index.ts";
import { loadCauseContent } from "../codes/index.ts";
import type { TraceRecord } from "../trace/index.ts";
import { ExampleCase, START_MS } from "./example-case.ts";
import { explain, type ExplainContext } from "./explain.ts";
import { renderExplanation } from "./render.ts";
import type { Explanation } from "./types.ts";

const content = await loadCauseContent("en");
const golden = new URL("../../test/flows/explanations/", import.meta.url);

function explained(
  record: TraceRecord | readonly TraceRecord[],
  context: Partial<ExplainContext> = {},
): Explanation {
  const records = "caseId" in record ? [record] : record;
  const directory = { name: "embedded", size: 214 };
  return explain(records, { content, nowMs: START_MS + 41_201, directory, ...context });
}

/** Compares with `test/flows/explanations/<name>.txt`; `UPDATE=1` writes it anew. */
function reads(
  name: string,
  record: TraceRecord | readonly TraceRecord[],
  context: Partial<ExplainContext> = {},
): Explanation {
  const explanation = explained(record, context);
  const text = `${renderExplanation(explanation, { width: 80, colour: false })}\n`;
  const path = new URL(`${name}.txt`, golden);
  if (process.env["UPDATE"] === "1") {
    mkdirSync(golden, { recursive: true });
    writeFileSync(path, text);
  }
  assert.equal(text, readFileSync(path, "utf8"));
  for (const line of text.split("\n")) assert.ok(line.length <= 80, line);
  assert.deepEqual(JSON.parse(JSON.stringify(explanation)).says, explanation.says);
  return explanation;
}

const BOB = ["sip:bob@192.0.2.33:5066", "udp:192.0.2.33:5066"] as const;
const OTHER = ["sip:bob@192.0.2.34", "udp:192.0.2.34:5060"] as const;

function searched(aor: string, found: 0 | 1, record: Partial<TraceRecord> = {}): ExampleCase {
  return new ExampleCase({ requestUri: aor, to: aor, ...record })
    .at(0.2)
    .trying()
    .add("domain-checked", "example.org", 1)
    .add("directory-looked-up", aor, found);
}

/** A call that reached one device. */
function called(): ExampleCase {
  return new ExampleCase()
    .at(0.2)
    .trying()
    .at(1)
    .branch(1, ...BOB);
}

test("an unknown user: what was looked up, who was meant, what to do (RFC 3261 §21.4.5)", () => {
  const record = searched("sip:bbo@example.org", 0)
    .at(3.1)
    .refused("user-unknown", 404, { aor: "sip:bbo@example.org", domain: "example.org" })
    .ended();
  const nearMisses = [
    {
      aor: "sip:bob@example.org",
      how: "one-away",
      devices: 2,
      aliasOf: undefined,
      endedAtMs: undefined,
    },
  ] as const;
  const { causeId, headline, whoSaidNo } = reads("user-unknown", record, { nearMisses });
  assert.equal(causeId, "user-unknown");
  assert.deepEqual(headline, {
    method: "INVITE",
    statusCode: 404,
    reasonPhrase: "Not Found",
    toWhom: "alice",
    afterMs: 3.1,
  });
  assert.equal(whoSaidNo?.origin, "own");
});

test("without a near miss no fix speaks of one", () => {
  const record = searched("sip:bbo@example.org", 0)
    .at(3.1)
    .refused("user-unknown", 404, { aor: "sip:bbo@example.org", domain: "example.org" })
    .ended();
  const { fixes } = explained(record);
  assert.ok(fixes.length > 0 && fixes.every((fix) => !fix.startsWith("Dial")), fixes.join("\n"));
});

test("an unknown user hidden from strangers as 480 is told as it is", () => {
  const record = searched("sip:bbo@example.org", 0)
    .refused("user-unknown", 480, { aor: "sip:bbo@example.org", domain: "example.org" })
    .ended();
  reads("user-unknown-hidden", record);
});

test("a user without a device: 480, never 404 (RFC 3261 §21.4.18)", () => {
  const record = searched("sip:bob@example.org", 1)
    .add("location-looked-up", "sip:bob@example.org", 0, 0)
    .at(1)
    .refused("user-not-registered", 480, { aor: "sip:bob@example.org" })
    .ended();
  reads("user-not-registered", record);
});

test("bindings that ended lately are named", () => {
  const record = searched("sip:bob@example.org", 1)
    .add("location-looked-up", "sip:bob@example.org", 0, 1)
    .at(1)
    .refused("bindings-expired", 480, {
      aor: "sip:bob@example.org",
      contactUri: BOB[0],
      expiredAtMs: START_MS - 125_000,
      expiredCount: 1,
    })
    .ended();
  reads("bindings-expired", record);
});

test("a domain that is not ours", () => {
  const requestUri = "sip:bob@192.0.2.80";
  const record = new ExampleCase({ requestUri, to: requestUri })
    .at(0.2)
    .trying()
    .add("domain-checked", "192.0.2.80", 0)
    .at(1)
    .refused("domain-not-served", 404, { domain: "192.0.2.80", requestUri })
    .ended();
  reads("domain-not-served", record);
});

function challenged(): ExampleCase {
  return new ExampleCase({ method: "REGISTER", to: "sip:alice@example.org" })
    .at(1)
    .add("challenged", "example.org", "SHA-256 MD5", 0);
}

test("bad credentials, an unknown account and a stale nonce are told apart for the operator only", () => {
  const evidence = { realm: "example.org", username: "alice" };
  reads("credentials-wrong", challenged().refused("credentials-wrong", 401, evidence).ended());
  reads("account-unknown", challenged().refused("account-unknown", 401, evidence).ended());
  reads("nonce-stale", challenged().refused("nonce-stale", 401, evidence).ended());
});

test("too many hops, and a loop (RFC 3261 §16.3, RFC 5393 §4.2)", () => {
  const requestUri = "sip:bob@example.org";
  const hops = new ExampleCase().at(1).refused("max-forwards-spent", 483, { requestUri, hops: 71 });
  reads("max-forwards-spent", hops.ended());
  const loop = new ExampleCase()
    .at(1)
    .refused("loop-detected", 482, { requestUri, ownViaCount: 1 });
  reads("loop-detected", loop.ended());
});

test("an interval too brief", () => {
  const record = new ExampleCase({ method: "REGISTER" })
    .at(1)
    .refused("interval-too-brief", 423, { requestedSeconds: 10, minimumSeconds: 60 })
    .ended();
  reads("interval-too-brief", record);
});

test("a malformed request shows the bytes around the place", () => {
  const text = "INVITE  sip:bob@example.org SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.17\r\n";
  const record = new ExampleCase({
    messages: [{ atMs: START_MS, direction: "in", branch: 0, peer: "udp:192.0.2.17:5060", text }],
  })
    .at(1)
    .refused("start-line-malformed", 400, { offset: 7, expected: "one space and a URI" })
    .ended();
  reads("start-line-malformed", record);
});

test("pending on 100: since when, what fires next, and what the caller will then get", () => {
  const record = searched("sip:carol@example.org", 1)
    .add("location-looked-up", "sip:carol@example.org", 2, 0)
    .at(1)
    .branch(1, "sip:carol@198.51.100.2", "udp:198.51.100.2:5060")
    .branch(2, "sip:carol@203.0.113.7", "udp:203.0.113.7:5060")
    .at(81)
    .got(2, 100, "Trying")
    .at(3101)
    .got(1, 486, "Busy Here")
    .pending([{ timer: "timerC", branch: 2, dueAtMs: START_MS + 1 + 185_000 }]);
  const { state, next, branches } = reads("branch-silent-after-100", record);
  assert.equal(state, "pending");
  assert.equal(next?.statusCode, 486);
  assert.deepEqual(
    branches.map(({ statusCode, isPending }) => [statusCode, isPending]),
    [
      [486, false],
      [0, true],
    ],
  );
});

test("pending while a phone rings: nothing is wrong", () => {
  const record = called()
    .at(40)
    .got(1, 180, "Ringing")
    .pending([{ timer: "timerC", branch: 1, dueAtMs: START_MS + 40 + 185_000 }]);
  reads("branch-ringing", record);
});

test("pending without any answer: the next retransmission", () => {
  const record = called()
    .at(501)
    .add("retransmitted", 1, "INVITE", 2)
    .at(1501)
    .add("retransmitted", 1, "INVITE", 3)
    .pending([{ timer: "timerA", branch: 1, dueAtMs: START_MS + 3501 }]);
  reads("branch-not-answering", record, { nowMs: START_MS + 2000 });
});

test("pending on a question of our own", () => {
  const record = new ExampleCase()
    .at(0.2)
    .trying()
    .add("answer-awaited", "directory", "sip:bob@example.org")
    .pending();
  reads("answer-awaited", record, { nowMs: START_MS + 1200 });
});

test("a cancelled branch that does not end: when it is given up (RFC 3261 §9.1)", () => {
  const record = called()
    .at(40)
    .got(1, 180, "Ringing")
    .at(8000)
    .add("cancel-received", "udp:192.0.2.17:5060")
    .add("branch-cancelled", 1, "caller-cancelled")
    .pending([{ timer: "64*T1", branch: 1, dueAtMs: START_MS + 40_000 }]);
  const { next } = reads("cancel-unanswered", record, { nowMs: START_MS + 10_000 });
  assert.equal(next?.statusCode, 487);
});

test("a branch that timed out with no answer at all (RFC 3261 §16.9)", () => {
  const record = called()
    .at(501)
    .add("retransmitted", 1, "INVITE", 7)
    .at(32_001)
    .add("branch-failed", 1, "branch-timed-out", "")
    .add("best-chosen", 1, 408, 1, "RFC 3261 §16.7 step 6")
    .refused("branch-timed-out", 408, { target: BOB[0], waitedMs: 32_000 })
    .ended();
  reads("branch-timed-out", record);
});

test("a next hop that cannot be reached", () => {
  const record = called()
    .at(2)
    .add("branch-failed", 1, "next-hop-unreachable", "connection refused")
    .refused("next-hop-unreachable", 500, { target: BOB[0], detail: "connection refused" })
    .ended();
  reads("next-hop-unreachable", record);
});

test("busy: by which hop, and after how long", () => {
  const record = called()
    .at(61)
    .got(1, 180, "Ringing")
    .at(4101)
    .got(1, 486, "Busy Here")
    .add("best-chosen", 1, 486, 1, "RFC 3261 §16.7 step 6")
    .relayed(1, 486, "Busy Here")
    .ended();
  const { whoSaidNo } = reads("relayed-busy", record);
  assert.deepEqual(whoSaidNo, {
    origin: "relayed",
    hop: "udp:192.0.2.33:5066",
    statusCode: 486,
    afterMs: 4100,
    changes: [],
  });
});

test("declined", () => {
  const record = called().at(2001).got(1, 603, "Decline").relayed(1, 603, "Decline").ended();
  reads("relayed-declined", record);
});

test("every branch refused: each of them, and which answer was chosen (RFC 3261 §16.7 step 6)", () => {
  const record = called()
    .branch(2, ...OTHER)
    .at(60)
    .got(1, 486, "Busy Here")
    .at(4100)
    .got(2, 480, "Temporarily Unavailable")
    .add("best-chosen", 1, 486, 2, "RFC 3261 §16.7 step 6")
    .relayed(1, 486, "Busy Here")
    .ended();
  reads("every-branch-refused", record);
});

test("a 503 that we kept to ourselves: who said it, and that we changed it (RFC 3261 §16.7 step 6)", () => {
  const record = called()
    .at(60)
    .got(1, 503, "Service Unavailable")
    .add("best-chosen", 1, 503, 1, "RFC 3261 §16.7 step 6")
    .add("response-rewritten", 503, 500, "RFC 3261 §16.7 step 6")
    .refused("service-unavailable-hidden", 500, { target: BOB[0] })
    .ended();
  const { whoSaidNo } = reads("service-unavailable-hidden", record);
  assert.equal(whoSaidNo?.origin, "relayed");
  assert.equal(whoSaidNo?.statusCode, 503);
});

test("cancelled by the caller: after how long, and what the branch had said by then", () => {
  const record = called()
    .at(61)
    .got(1, 180, "Ringing")
    .at(8000)
    .add("cancel-received", "udp:192.0.2.17:5060")
    .add("branch-cancelled", 1, "caller-cancelled")
    .at(8030)
    .got(1, 487, "Request Terminated")
    .relayed(1, 487, "Request Terminated")
    .ended();
  const { whoSaidNo } = reads("caller-cancelled", record);
  assert.equal(whoSaidNo, undefined);
});

test("a call that worked is one line", () => {
  const record = called()
    .at(60)
    .got(1, 180, "Ringing")
    .at(8000)
    .got(1, 200, "OK")
    .relayed(1, 200, "OK")
    .ended();
  const { causeId, evidence, fixes } = reads("success", record);
  assert.deepEqual([causeId, evidence, fixes], [undefined, [], []]);
});

test("a challenge that was answered is no failure; the call behind it is the subject", () => {
  const challenge = new ExampleCase()
    .refused("credentials-missing", 407, { realm: "example.org" })
    .ended();
  const worked = called().at(60).got(1, 200, "OK").relayed(1, 200, "OK").ended();
  const retried = { ...worked, startedAtMs: START_MS + 5, endedAtMs: START_MS + 65 };
  assert.equal(explained([challenge, retried]).state, "succeeded");
  assert.equal(explained([challenge]).causeId, "credentials-missing");
});

test("a case whose events prove nothing says that no cause is known", () => {
  const record = new ExampleCase({ statusCode: 500 }).at(9).ended();
  const { causeId, says } = explained(record);
  assert.equal(causeId, undefined);
  assert.match(says, /no cause is known/);
});

test("evidence that a limit cut leaves the cause with its title", () => {
  const record = new ExampleCase({ statusCode: 404, causeId: "user-unknown" })
    .add("refused", "user-unknown", 404, '{"aor":"sip:')
    .ended();
  const { causeId, says } = explained(record);
  assert.equal(causeId, "user-unknown");
  assert.ok(says.length > 0 && !says.includes("{"), says);
});

test("the sentence of every cause is whole with its evidence, and fits a terminal", () => {
  for (const [id, { statusCodes, evidence }] of Object.entries(causes)) {
    const values = evidence.map((name) =>
      name.endsWith(":n") ? [name.slice(0, -2), 1] : [name, "sip:bob@example.org"],
    );
    const statusCode = statusCodes[0] ?? 500;
    const record = new ExampleCase({ statusCode, causeId: id })
      .add("refused", id, statusCode, JSON.stringify(Object.fromEntries(values)))
      .ended();
    const explanation = explained(record);
    assert.equal(explanation.causeId, id);
    assert.notEqual(explanation.says, content.texts[id]?.title, `${id} lacks a value`);
    assert.doesNotMatch(explanation.says, /[{}]/);
    assert.ok(explanation.fixes.length > 0, id);
    for (const line of renderExplanation(explanation, { width: 60, colour: false }).split("\n")) {
      assert.ok(line.length <= 60, line);
    }
  }
});

test("colour paints the heading and the cause, and nothing else changes", () => {
  const record = called().at(2001).got(1, 603, "Decline").relayed(1, 603, "Decline").ended();
  const plain = renderExplanation(explained(record), { width: 80, colour: false });
  const painted = renderExplanation(explained(record), { width: 80, colour: true });
  // oxlint-disable-next-line no-control-regex -- the codes of colours
  assert.equal(painted.replaceAll(/\u001b\[\d*m/g, ""), plain);
  assert.notEqual(painted, plain);
});

test("what was sent or came again is shown by its name, in its direction (RFC 3261 §17.1.1.2, §17.2.1)", () => {
  const record = called()
    .at(501)
    .add("retransmitted", 1, "request", 2)
    .at(600)
    .add("retransmitted", 0, "request", 1)
    .at(700)
    .got(1, 486, "Busy Here")
    .relayed(1, 486, "Busy Here")
    .at(1200)
    .add("retransmitted", 0, "response", 1)
    .ended();
  const { ladder } = explained([record]);
  const rows = ladder.rows.map(({ from, to, label }) => `${from} ${to} ${label}`);
  assert.ok(rows.filter((row) => row === "server branch1 INVITE").length === 2, rows.join("\n"));
  assert.ok(rows.filter((row) => row === "caller server INVITE").length === 2, rows.join("\n"));
  assert.ok(
    rows.filter((row) => row === "server caller 486 Busy Here").length === 2,
    rows.join("\n"),
  );
});

test("the ladder holds every request of the call, the BYE of either side put where it belongs", () => {
  const invite = called().at(8).got(1, 200, "OK").relayed(1, 200, "OK").ended();
  const bye = new ExampleCase({ method: "BYE", peer: BOB[1], statusCode: 200 })
    .branch(1, "sip:alice@192.0.2.17", "udp:192.0.2.17:5060")
    .got(1, 200, "OK")
    .relayed(1, 200, "OK")
    .ended();
  const { ladder } = explained([invite, { ...bye, startedAtMs: START_MS + 5000 }]);
  assert.deepEqual(
    ladder.rows.slice(-4).map(({ from, to, label }) => `${from} ${to} ${label}`),
    ["branch1 server BYE", "server caller BYE", "caller server 200 OK", "server branch1 200 OK"],
  );
});

test("what a sender wrote cannot steer the terminal", () => {
  const aor = "sip:\u001b[2J\u009b31mx@example.org";
  const record = searched(aor, 0)
    .refused("user-unknown", 404, { aor, domain: "example.org" })
    .ended();
  const text = renderExplanation(explained(record), { width: 80, colour: false });
  // oxlint-disable-next-line no-control-regex -- that none is there is the point
  assert.doesNotMatch(text, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
  assert.match(text, /\\x1b\[2J/);
});

test("a command to copy holds what a stranger wrote as one quoted word", () => {
  const aor = "sip:$(reboot);'&`x@example.org";
  const record = searched(aor, 0)
    .refused("user-unknown", 404, { aor, domain: "example.org" })
    .ended();
  const command = explained(record).fixes.find((fix) => fix.includes("nexthop user add"));
  assert.ok(command?.endsWith("`nexthop user add '$(reboot);'\\''&\\x60x@example.org'`"), command);
});

test("a message that could not even be answered is told as that", () => {
  const record = new ExampleCase({
    from: "",
    to: "",
    callId: "",
    method: "",
    requestUri: "",
    causeId: "start-line-malformed",
  })
    .add("refused", "start-line-malformed", 400, '{"offset":0,"expected":"a method"}')
    .ended();
  const { heading, says } = explained(record);
  assert.equal(heading, "no answer → udp:192.0.2.17:5060: its message could not be answered");
  assert.equal(says, "the first line should have a method at byte 0");
});

test("bytes that are UTF-8 are shown as their letters", () => {
  const aor = `sip:${Buffer.from("jörg").toString("latin1")}@example.org`;
  const record = searched(aor, 0)
    .refused("user-unknown", 404, { aor, domain: "example.org" })
    .ended();
  assert.match(explained(record).says, /"jörg"/);
});
