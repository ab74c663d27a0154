import assert from "node:assert/strict";
import { test } from "node:test";
import { AvoidedDestinations } from "../routing/index.ts";
import { eventsIn } from "../../test/support/proxy.ts";
import { Fork, plays, START_MS } from "../../test/support/response-context.ts";

const NAMED = { targets: ["sip:a@elsewhere.net"] };
const asks = [0, "start", "resolve 1 NAPTR elsewhere.net"] as const;
const finds = [5, "1: resolved 192.0.2.5 192.0.2.6", "start 1 to udp:192.0.2.5:5060"] as const;
const first = { transport: "udp", address: "192.0.2.5", port: 5060 } as const;

test("a 503 fails over: the next destination's answer stands alone (RFC 3263 §4.3)", () => {
  const fork = plays(NAMED, [
    asks,
    finds,
    [10, "1: 503", "start 2 to udp:192.0.2.6:5060"],
    [20, "2: 486", "486 from 2", "ended"],
  ]);
  assert.deepEqual(eventsIn(fork.trace, "failed-over"), ["2 1 RFC 3263 §4.3"]);
  assert.deepEqual(eventsIn(fork.trace, "best-chosen"), ["2 486 1 RFC 3261 §16.7 step 6"]);
});

test("a 503 after ringing fails over too, and one to a numeric target has nowhere to go (RFC 3263 §4.3)", () => {
  plays(NAMED, [
    asks,
    finds,
    [10, "1: 180", "180 from 1"],
    [20, "1: 503", "start 2 to udp:192.0.2.6:5060"],
    [30, "2: 200", "200 from 2", "ended"],
  ]);
  plays({ targets: ["sip:a@192.0.2.5"] }, [
    [0, "start", "start 1 to udp:192.0.2.5:5060"],
    [10, "1: 503", "500 service-unavailable-hidden", "ended"],
  ]);
});

test("all fail: the caller gets what the last came to, a 503 as 500 (RFC 3261 §16.7 step 6)", () => {
  plays(NAMED, [
    asks,
    finds,
    [10, "1: unreachable", "start 2 to udp:192.0.2.6:5060"],
    [20, "2: 503", "500 service-unavailable-hidden", "ended"],
  ]);
  plays(NAMED, [
    asks,
    finds,
    [10, "1: 503", "start 2 to udp:192.0.2.6:5060"],
    [32_010, "2: timed out", "408 branch-timed-out", "ended"],
  ]);
});

test("a branch that answered 100 and then timed out is no failure of its destination (RFC 3263 §4.3)", () => {
  plays({ ...NAMED, request: { method: "MESSAGE" } }, [
    asks,
    finds,
    [10, "1: 100"],
    [32_005, "1: timed out", "no answer, branch-silent-after-100", "ended"],
  ]);
});

test("the caller's CANCEL goes to the destination that rings, and no other is tried (RFC 3263 §4)", () => {
  plays(NAMED, [
    asks,
    finds,
    [10, "1: unreachable", "start 2 to udp:192.0.2.6:5060"],
    [20, "2: 180", "180 from 2"],
    [30, "cancel", "cancel 2"],
    [40, "2: 487", "487 from 2", "ended"],
  ]);
  plays(NAMED, [
    asks,
    finds,
    [10, "1: 180", "180 from 1"],
    [30, "cancel", "cancel 1"],
    [40, "1: 503", "500 service-unavailable-hidden", "ended"],
  ]);
});

test("to anything but an INVITE no destination is tried once its client has given up (RFC 4320 §4.2)", () => {
  plays({ ...NAMED, request: { method: "MESSAGE" } }, [
    asks,
    finds,
    [32_005, "1: timed out", "no answer, branch-timed-out", "ended"],
  ]);
  plays({ ...NAMED, request: { method: "MESSAGE" } }, [
    asks,
    finds,
    [31_000, "1: unreachable", "start 2 to udp:192.0.2.6:5060"],
    [31_010, "2: 200", "200 from 2", "ended"],
  ]);
});

test("Timer C begins anew with each destination (RFC 3261 §16.6 step 11)", () => {
  const fork = new Fork(NAMED);
  fork.feed(0, "start");
  fork.feed(5, "1: resolved 192.0.2.5 192.0.2.6");
  fork.feed(10_000, "1: unreachable");
  assert.equal(fork.context.deadlineMs, START_MS + 10_000 + 185_000);
});

test("one that fails is tried last by the next request, and the trace says which and why", () => {
  const avoided = new AvoidedDestinations(30_000);
  const one = plays({ ...NAMED, options: { avoided } }, [
    asks,
    finds,
    [10, "1: unreachable", "start 2 to udp:192.0.2.6:5060"],
    [20, "2: 200", "200 from 2", "ended"],
  ]);
  assert.deepEqual(eventsIn(one.trace, "destination-avoided"), [
    "1 udp:192.0.2.5:5060 unreachable 30000",
  ]);
  const other = plays({ ...NAMED, options: { avoided } }, [
    asks,
    [5, "1: resolved 192.0.2.5 192.0.2.6", "start 1 to udp:192.0.2.6:5060"],
    [32_005, "1: timed out", "start 2 to udp:192.0.2.5:5060"],
    [32_010, "2: 100"],
    [32_020, "2: 486", "486 from 2", "ended"],
  ]);
  assert.deepEqual(eventsIn(other.trace, "destination-skipped"), [
    "1 udp:192.0.2.5:5060 avoided 30005",
  ]);
  assert.equal(avoided.find(first, START_MS + 32_020), undefined, "it answered");
});

test("a 503 is avoided by others only where it says for how long (RFC 3261 §21.5.4)", () => {
  const avoided = new AvoidedDestinations(30_000);
  const busy = (fields: readonly string[]): Fork => {
    const fork = new Fork({ ...NAMED, options: { avoided } });
    fork.feed(0, "start");
    fork.feed(5, "1: resolved 192.0.2.5 192.0.2.6");
    fork.feed(10, "1: 503", fields);
    return fork;
  };
  assert.deepEqual(eventsIn(busy([]).trace, "destination-avoided"), []);
  assert.deepEqual(eventsIn(busy(["Retry-After: 60"]).trace, "destination-avoided"), [
    "1 udp:192.0.2.5:5060 busy 60000",
  ]);
});

test("a destination that failed one target is not tried for another of the same request", () => {
  const targets = ["sip:a@elsewhere.net 1000", "sip:b@elsewhere.net 500"];
  const fork = plays({ targets }, [
    asks,
    [5, "1: resolved 192.0.2.5", "start 1 to udp:192.0.2.5:5060"],
    [10, "1: unreachable", "resolve 2 NAPTR elsewhere.net"],
    [15, "2: resolved 192.0.2.5 192.0.2.6", "start 2 to udp:192.0.2.6:5060"],
    [20, "2: 200", "200 from 2", "ended"],
  ]);
  assert.deepEqual(eventsIn(fork.trace, "destination-skipped"), ["2 udp:192.0.2.5:5060 failed 0"]);
});

test("a request over 1300 bytes goes by TCP, one of 1300 does not (RFC 3261 §18.1.1)", () => {
  const fork = plays({ targets: ["sip:a@192.0.2.5"] }, [
    [0, "start", "start 1 to udp:192.0.2.5:5060"],
    [0, "1: measured 1300"],
    [0, "1: measured 1301", "start 1 to tcp:192.0.2.5:5060"],
    [10, "1: 200", "200 from 1", "ended"],
  ]);
  assert.deepEqual(eventsIn(fork.trace, "transport-switched"), [
    "1 udp:192.0.2.5:5060 tcp:192.0.2.5:5060 1301 RFC 3261 §18.1.1",
  ]);
});

test("a binding is called over the transport it registered with, whatever the size (deviation from RFC 3261 §18.1.1)", () => {
  plays({ targets: ["sip:a@192.0.2.5"], source: "udp:192.0.2.5:5060" }, [
    [0, "start", "start 1 to udp:192.0.2.5:5060"],
    [0, "1: measured 9000"],
  ]);
});

test("without a connection it goes by UDP after all, and the next request at once (RFC 3261 §18.1.1)", () => {
  const avoided = new AvoidedDestinations(30_000);
  const setup = { targets: ["sip:a@192.0.2.5"], options: { avoided } };
  const one = plays(setup, [
    [0, "start", "start 1 to udp:192.0.2.5:5060"],
    [0, "1: measured 1400", "start 1 to tcp:192.0.2.5:5060"],
    [2_000, "1: unreachable", "start 2 to udp:192.0.2.5:5060"],
    [2_000, "2: measured 1400"],
    [2_010, "2: 200", "200 from 2", "ended"],
  ]);
  assert.equal(
    eventsIn(one.trace, "transport-switched").at(-1),
    "2 tcp:192.0.2.5:5060 udp:192.0.2.5:5060 0 RFC 3261 §18.1.1",
  );
  const next = plays(setup, [
    [2_020, "start", "start 1 to udp:192.0.2.5:5060"],
    [2_020, "1: measured 1400"],
  ]);
  assert.deepEqual(eventsIn(next.trace, "destination-skipped"), [
    "1 tcp:192.0.2.5:5060 avoided 29980",
  ]);
});

test("where neither TCP nor UDP leads there the next destination has its turn, by TCP again (RFC 3263 §4.3)", () => {
  plays(NAMED, [
    asks,
    finds,
    [5, "1: measured 1400", "start 1 to tcp:192.0.2.5:5060"],
    [10, "1: unreachable", "start 2 to udp:192.0.2.5:5060"],
    [20, "2: unreachable", "start 3 to udp:192.0.2.6:5060"],
    [20, "3: measured 1400", "start 3 to tcp:192.0.2.6:5060"],
    [30, "3: 200", "200 from 3", "ended"],
  ]);
});

test("a connection that was there and brought no answer is a time-out, and not tried by UDP", () => {
  plays({ targets: ["sip:a@192.0.2.5"] }, [
    [0, "start", "start 1 to udp:192.0.2.5:5060"],
    [0, "1: measured 1400", "start 1 to tcp:192.0.2.5:5060"],
    [32_000, "1: timed out", "408 branch-timed-out", "ended"],
  ]);
});
