import assert from "node:assert/strict";
import { test } from "node:test";
import { parseMessage, type SipResponse } from "../message/index.ts";
import type { CallEnd } from "../user-agent/index.ts";
import { columnsOf } from "../base/text-wrap.ts";
import { loadCauseContent, loadReference } from "../codes/index.ts";
import { meaningOf } from "./call-meaning.ts";
import { callReport, type CallStory } from "./call-report.ts";

function responseOf(statusLine: string, toTag: string, ...lines: string[]): SipResponse {
  const message = parseMessage(
    [
      `SIP/2.0 ${statusLine}`,
      "Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bKx",
      "From: <sip:alice@example.org>;tag=a",
      `To: <sip:bob@example.org>${toTag === "" ? "" : `;tag=${toTag}`}`,
      "Call-ID: c1",
      "CSeq: 1 INVITE",
      ...lines,
      "Content-Length: 0",
      "",
      "",
    ].join("\r\n"),
  );
  assert.ok(message.kind === "response");
  return message;
}

function reportOf(end: CallEnd, story: Partial<CallStory> = {}): string {
  const lines = callReport({
    callId: "c1",
    end,
    endedAfterMs: 400,
    answeredAfterMs: undefined,
    provisional: [responseOf("100 Trying", "")],
    decidedAfterMs: 400,
    hasPassword: false,
    nextHop: "udp:192.0.2.9:5060",
    content,
    meaningOf: (statusCode) => meaningOf(statusCode, reference),
    ...story,
  });
  for (const line of lines) assert.ok(line.length <= 80, line);
  return lines
    .join("\n")
    .replaceAll(/\n +(?! )/g, "\n")
    .replaceAll("\n", " ");
}

const reference = await loadReference("en");
const content = await loadCauseContent("en");
const busy = responseOf("486 Busy Here", "b1");
const ringing = responseOf("180 Ringing", "b1");

test("the To tag tells whether the device that rang has refused (RFC 3261 §12.1)", () => {
  const provisional = [ringing];
  assert.match(
    reportOf({ how: "refused", response: busy }, { provisional }),
    /said by the device that had answered 180 \(same To tag\)/,
  );
  const other = responseOf("480 Temporarily Unavailable", "p1");
  assert.match(
    reportOf({ how: "refused", response: other }, { provisional }),
    /said by not the device that had answered 180 \(another To tag\)/,
  );
});

test("an answer within a few milliseconds is most likely the next hop's own", () => {
  const quick = reportOf({ how: "refused", response: busy }, { decidedAfterMs: 1.2 });
  assert.match(quick, /said by udp:192\.0\.2\.9:5060 itself, most likely: 1\.2 ms later/);
  const slow = reportOf({ how: "refused", response: busy }, { decidedAfterMs: 400 });
  assert.match(slow, /or somebody behind it, after 400 ms/);
});

test("a challenge says what to try, depending on whether there was a password", () => {
  const end: CallEnd = { how: "refused", response: responseOf("407 Proxy Auth", "p") };
  assert.match(reportOf(end), /try +the same with --from you@domain and --password/);
  assert.match(reportOf(end, { hasPassword: true }), /check the password/);
});

test("a redirection says whom to call instead, Warning and Reason are shown", () => {
  const moved = responseOf("302 Moved", "b", "Contact: <sip:bob@192.0.2.7>");
  assert.match(
    reportOf({ how: "refused", response: moved }),
    /try +nexthop call sip:bob@192\.0\.2\.7/,
  );
  const why = responseOf("488 No", "b", 'Warning: 305 x "codec"', "Reason: Q.850;cause=88");
  const report = reportOf({ how: "refused", response: why });
  assert.match(report, /Warning: 305 x "codec"/);
  assert.match(report, /Reason: Q\.850;cause=88/);
});

test("every way to end has its sentence, and names the Call-ID", () => {
  for (const [end, story, sentence] of [
    [
      { how: "hung-up", by: "us" },
      { answeredAfterMs: 100 },
      /Answered after 100 ms; we hung up after 300 ms\./,
    ],
    [{ how: "hung-up", by: "them" }, { answeredAfterMs: 100 }, /they hung up after 300 ms/],
    [
      { how: "cancelled", response: undefined },
      { provisional: [] },
      /Cancelled after 400 ms; nothing had been heard/,
    ],
    [
      { how: "cancelled", response: busy },
      { provisional: [ringing] },
      /the last word was 180 Ringing/,
    ],
    [{ how: "cancelled", response: undefined }, { answeredAfterMs: 390 }, /the answer had crossed/],
    [
      { how: "failed", causeId: "branch-timed-out" },
      { provisional: [] },
      /No answer at all after 400 ms/,
    ],
    [
      { how: "failed", causeId: "next-hop-unreachable" },
      {},
      /udp:192\.0\.2\.9:5060 cannot be reached/,
    ],
  ] as const) {
    const report = reportOf(end, story);
    assert.match(report, sentence);
    assert.match(report, /why +nexthop why c1$/);
  }
});

test("what a stranger's response says cannot steer the terminal", () => {
  const nasty = responseOf("486 \u001b[2J", "b", "Server: \u001b]0;x\u0007");
  // oxlint-disable-next-line no-control-regex -- that is what must not be there
  assert.doesNotMatch(reportOf({ how: "refused", response: nasty }), /[\u0000-\u001f]/);
});

test("the report speaks the language of its words, and keeps within 80 columns", async () => {
  const japanese = await loadCauseContent("ja");
  const own = await loadReference("ja");
  const lines = callReport({
    callId: "c1",
    end: { how: "refused", response: busy },
    endedAfterMs: 400,
    answeredAfterMs: undefined,
    provisional: [ringing],
    decidedAfterMs: 400,
    hasPassword: false,
    nextHop: "udp:192.0.2.9:5060",
    content: japanese,
    meaningOf: (statusCode) => meaningOf(statusCode, own),
  });
  assert.equal(lines[0], "486 Busy Here、INVITE から 400 ms 後");
  assert.match(lines.join("\n"), /送り手 180 を返していた端末（同じ To-tag）/);
  for (const line of lines) assert.ok(columnsOf(line) <= 80, line);
});
