import assert from "node:assert/strict";
import { test } from "node:test";
import { eventsIn } from "../../test/support/proxy.ts";
import { plays, type ForkSetup } from "../../test/support/response-context.ts";

const A = "sip:a@192.0.2.1";
const B = "sip:b@192.0.2.2";
const startA = "start 1 to udp:192.0.2.1:5060";
const startB = "start 2 to udp:192.0.2.2:5060";
const LOOKUP = "lookup sip:bob@example.org";
const serial: ForkSetup = { targets: [`${A} 1000`, `${B} 500`], aor: "sip:bob@example.org" };

test("a binding that had to wait for its turn is looked up again, and tried if it still stands (RFC 3261 §16.5)", () => {
  plays(serial, [
    [0, "start", startA],
    [500, "1: 486", LOOKUP],
    [500, `held ${A} ${B}`, startB],
    [600, "2: 200", "200 from 2", "ended"],
  ]);
});

test("one that ended meanwhile is not served (RFC 3261 §10.3)", () => {
  const fork = plays(serial, [
    [0, "start", startA],
    [70_000, "1: 486", LOOKUP],
    [70_000, `held ${A}`, "486 from 1", "ended"],
  ]);
  assert.deepEqual(eventsIn(fork.trace, "target-skipped"), [`${B} bindings-expired`]);
});

test("equal targets are tried at once and looked up once", () => {
  plays({ ...serial, targets: [A, B] }, [[0, "start", startA, startB]]);
});

test("while the answer is awaited nothing is concluded; a CANCEL does not wait for it (RFC 3261 §16.10)", () => {
  plays(serial, [
    [0, "start", startA],
    [500, "1: 486", LOOKUP],
    [600, "time"],
    [700, "cancel", "486 from 1", "ended"],
    [800, `held ${A} ${B}`],
  ]);
});

test("when the location cannot be asked what is left is not tried (RFC 3261 §16.5)", () => {
  const fork = plays(serial, [
    [0, "start", startA],
    [500, "1: 486", LOOKUP],
    [900, "location unreachable", "486 from 1", "ended"],
  ]);
  assert.deepEqual(eventsIn(fork.trace, "target-skipped"), [`${B} location-unreachable`]);
});

test("to anything but an INVITE nothing is sent once its client has given up, nor tried (RFC 4320 §4.2)", () => {
  const late: ForkSetup = { ...serial, request: { method: "MESSAGE" } };
  const fork = plays(late, [
    [0, "start", startA],
    [32_000, "1: 405", "no answer, response-too-late", "ended"],
  ]);
  assert.deepEqual(eventsIn(fork.trace, "response-dropped"), ["1 405 RFC 4320 §4.2"]);
  assert.deepEqual(eventsIn(fork.trace, "target-skipped"), [`${B} response-too-late`]);
  plays({ targets: [A], request: { method: "MESSAGE" } }, [
    [0, "start", startA],
    [32_001, "1: 200", "no answer, response-too-late", "ended"],
  ]);
  plays({ targets: [A], request: { method: "MESSAGE" } }, [
    [0, "start", startA],
    [31_999, "1: 200", "200 from 1", "ended"],
  ]);
});
