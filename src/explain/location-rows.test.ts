import assert from "node:assert/strict";
import { test } from "node:test";
import { loadCauseContent } from "../codes/index.ts";
import type { TraceRecord } from "../trace/index.ts";
import { ExampleCase, START_MS } from "./example-case.ts";
import { explain } from "./explain.ts";

const content = await loadCauseContent("en");
const FAR = "sip:far@elsewhere.example";
const FIRST = "udp:203.0.113.1:5060";
const SECOND = "udp:203.0.113.2:5060";

/** The fields of a `dns-answered`. */
function asked(type: string, name: string, outcome: string, detail: string) {
  return [1, type, name, outcome, detail, "RFC 3263 §4.2"] as const;
}

/** The rows of evidence that hold this, in one line each. */
function lines(record: TraceRecord, pattern: RegExp): string[] {
  return explain([record], { content, nowMs: START_MS })
    .evidence.map(({ label, value, note }) => `${label} ${value} ${note}`)
    .filter((line) => pattern.test(line));
}

test("a failover says which branch took the place of which, and what was skipped and why (RFC 3263 §4.3)", () => {
  const record = new ExampleCase({ requestUri: FAR })
    .at(1)
    .add("destination-skipped", 1, "udp:203.0.113.9:5060", "avoided", 21_000)
    .branch(1, FAR, FIRST)
    .at(10)
    .got(1, 503, "Service Unavailable")
    .add("destination-avoided", 1, FIRST, "busy", 60_000)
    .add("destination-skipped", 2, "udp:203.0.113.8:5060", "failed", 0)
    .add("failed-over", 2, 1, "RFC 3263 §4.3")
    .branch(2, FAR, SECOND)
    .at(20)
    .got(2, 486, "Busy Here")
    .relayed(2, 486, "Busy Here")
    .ended();
  assert.deepEqual(lines(record, /^(?:branch \d+ udp|skipped)/), [
    "skipped udp:203.0.113.9:5060 did not answer a moment ago: tried last for another 21 s",
    "skipped udp:203.0.113.8:5060 it has failed for this request already",
    `branch 1 ${FIRST} ended with 503 after 9 ms, tried last for 60 s from then on`,
    `branch 2 ${SECOND} in place of branch 1, ended with 486 after 10 ms`,
  ]);
});

test("a branch by TCP for its size says so, and so does the one by UDP after it (RFC 3261 §18.1.1)", () => {
  const tcp = "tcp:203.0.113.1:5060";
  const record = new ExampleCase({ requestUri: FAR })
    .at(1)
    .add("transport-switched", 1, FIRST, tcp, 1_412, "RFC 3261 §18.1.1")
    .branch(1, FAR, tcp)
    .at(2_001)
    .add("branch-failed", 1, "next-hop-unreachable", "no answer to the dial in 2000 ms")
    .add("transport-switched", 2, tcp, FIRST, 0, "RFC 3261 §18.1.1")
    .branch(2, FAR, FIRST)
    .got(2, 486, "Busy Here")
    .relayed(2, 486, "Busy Here")
    .ended();
  const said = lines(record, /TCP/).join("\n");
  assert.match(said, /over TCP, for its 1,412 bytes/);
  assert.match(said, /over UDP after all, TCP found no connection/);
});

test("a name that leads nowhere is proved by what was asked and said", () => {
  const detail = "elsewhere.example: NXDOMAIN: there is no such name";
  const record = new ExampleCase({ requestUri: FAR })
    .at(1)
    .add("next-hop-asked", 1, "elsewhere.example")
    .add("dns-answered", ...asked("SRV", "_sip._udp.elsewhere.example", "none", "no SRV record"))
    .add("dns-answered", ...asked("A", "elsewhere.example", "none", "NXDOMAIN"))
    .add("branch-failed", 1, "next-hop-unresolvable", detail)
    .refused("next-hop-unresolvable", 500, { target: FAR, detail })
    .ended();
  assert.deepEqual(lines(record, /^asked DNS for/), [
    "asked DNS for SRV _sip._udp.elsewhere.example no SRV record",
    "asked DNS for A elsewhere.example NXDOMAIN",
  ]);
  const refused = new ExampleCase({ requestUri: FAR })
    .at(1)
    .add("dns-answered", ...asked("A", "elsewhere.example", "records", "203.0.113.1"))
    .branch(1, FAR, FIRST)
    .got(1, 486, "Busy Here")
    .relayed(1, 486, "Busy Here")
    .ended();
  assert.deepEqual(lines(refused, /^asked DNS for/), [], "what worked needs no proof");
});
