import assert from "node:assert/strict";
import { test } from "node:test";
import { loadCauseContent } from "../codes/index.ts";
import type { TraceRecord } from "../trace/index.ts";
import { ExampleCase, START_MS } from "./example-case.ts";
import { explain } from "./explain.ts";

const content = await loadCauseContent("en");
const NUMBER = "sip:030-1234567@example.org";

/** The rows of evidence, in one line each. */
function lines(record: TraceRecord): string[] {
  return explain([record], { content, nowMs: START_MS }).evidence.map(({ label, value, note }) =>
    `${label} ${value} ${note}`.trim(),
  );
}

test("a call through gateways tells how the number was read, its route, who was passed over and why, and each try", () => {
  const first = "sip:+49301234567@203.0.113.1;user=phone";
  const second = "sip:+49301234567@203.0.113.2;user=phone";
  const record = new ExampleCase({ requestUri: NUMBER })
    .add("number-normalised", "030-1234567", "+49301234567", "national")
    .add("route-chosen", "+49301234567", "+49…", "first, second, third, fourth")
    .add("gateway-skipped", "third", "silent", 90_000)
    .add("gateway-skipped", "fourth", "503", 5_000)
    .at(1)
    .add("gateway-tried", 1, "first")
    .branch(1, first, "udp:203.0.113.1:5060")
    .got(1, 503, "Service Unavailable")
    .add("failed-over", 2, 1, "RFC 3263 §4.3")
    .add("gateway-tried", 2, "second")
    .branch(2, second, "udp:203.0.113.2:5060")
    .at(11)
    .got(2, 486, "Busy Here")
    .relayed(2, 486, "Busy Here")
    .ended();
  assert.deepEqual(lines(record), [
    "number 030-1234567 read as +49301234567: as dialled in the country",
    "route +49… gateways in this order: first, second, third, fourth",
    "skipped third down for 90 s: OPTIONS was not answered; tried after the others",
    "skipped fourth down for 5 s: it answered OPTIONS with 503; tried after the others",
    "said by udp:203.0.113.2:5060 486 after 10 ms",
    "branch 1 udp:203.0.113.1:5060 through gateway first, ended with 503 after <0.1 ms",
    "branch 2 udp:203.0.113.2:5060 through gateway second, in place of branch 1, ended with 486 after 10 ms",
  ]);
});

test("what the second gateway said is one refusal, and no fork's", () => {
  const record = new ExampleCase({ requestUri: NUMBER })
    .branch(1, "sip:+49301234567@203.0.113.1;user=phone", "udp:203.0.113.1:5060")
    .at(10)
    .add("branch-failed", 1, "next-hop-unreachable", "the port is closed")
    .add("failed-over", 2, 1, "RFC 3263 §4.3")
    .branch(2, "sip:+49301234567@203.0.113.2;user=phone", "udp:203.0.113.2:5060")
    .got(2, 486, "Busy Here")
    .relayed(2, 486, "Busy Here")
    .ended();
  assert.equal(explain([record], { content, nowMs: START_MS }).causeId, "relayed-busy");
});

test("a number that nobody has and no route takes says so beside the look-ups", () => {
  const record = new ExampleCase({ requestUri: NUMBER })
    .add("directory-looked-up", "sip:030-1234567@example.org", 0)
    .add("number-normalised", "030-1234567", "+49301234567", "national")
    .add("directory-looked-up", "sip:+49301234567@example.org", 0)
    .add("route-missing", "+49301234567")
    .refused("user-unknown", 404, { aor: "sip:030-1234567@example.org", domain: "example.org" })
    .ended();
  assert.deepEqual(lines(record), [
    "looked up 030-1234567@example.org not in the directory",
    "looked up +49301234567@example.org not in the directory",
    "number 030-1234567 read as +49301234567: as dialled in the country",
    "route +49301234567 no route takes this number",
  ]);
  const [fix] = explain([record], { content, nowMs: START_MS }).fixes;
  assert.match(fix ?? "", /^If \+49301234567 ought to go to a gateway, add a route/);
});

test("who is unknown by a name is no number, and no route would help", () => {
  const record = new ExampleCase({ requestUri: "sip:bbo@example.org" })
    .refused("user-unknown", 404, { aor: "sip:bbo@example.org", domain: "example.org" })
    .ended();
  const { fixes } = explain([record], { content, nowMs: START_MS });
  assert.ok(fixes.every((fix) => !fix.includes("route")));
});

test("a static next hop is told as the configuration's; a call that had none of it says nothing of it", () => {
  const FAR = "sip:far@partner.example";
  const record = (withHop: boolean): TraceRecord => {
    const it = new ExampleCase({ requestUri: FAR });
    if (withHop) it.add("next-hop-configured", "partner.example", "tcp:203.0.113.1:5060");
    return it
      .branch(1, FAR, "tcp:203.0.113.1:5060")
      .got(1, 486, "Busy Here")
      .relayed(1, 486, "Busy Here")
      .ended();
  };
  const told = "next hop tcp:203.0.113.1:5060 for partner.example, by the configuration";
  assert.equal(lines(record(true))[0], told);
  assert.ok(lines(record(false)).every((line) => !line.startsWith("next hop")));
});
