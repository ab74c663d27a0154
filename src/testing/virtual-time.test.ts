import assert from "node:assert/strict";
import { test } from "node:test";
import { VirtualTime } from "./virtual-time.ts";

test("bookings run in order of time, and of equal times in order of booking", async () => {
  const time = new VirtualTime(0);
  const ran: string[] = [];
  for (const [atMs, name] of [
    [30, "c"],
    [10, "a"],
    [30, "d"],
    [20, "b"],
  ] as const) {
    time.at(atMs, () => ran.push(`${time.nowMs} ${name}`));
  }
  await time.until(29);
  assert.deepEqual(ran, ["10 a", "20 b"]);
  await time.passes(1);
  assert.deepEqual(ran, ["10 a", "20 b", "30 c", "30 d"]);
  assert.equal(time.nowMs, 30);
});

test("what is booked for the past runs now; what is booked meanwhile runs in its place", async () => {
  const time = new VirtualTime(100);
  const ran: string[] = [];
  time.at(120, () => ran.push("later"));
  time.at(50, () => {
    ran.push("past");
    time.after(10, () => ran.push("between"));
  });
  await time.until(200);
  assert.deepEqual(ran, ["past", "between", "later"]);
});

test("a booking that is called off does not run and does not count; once it ran that changes nothing", async () => {
  const time = new VirtualTime(0);
  const ran: string[] = [];
  const callOff = time.after(10, () => ran.push("called off"));
  const tooLate = time.after(5, () => ran.push("ran"));
  assert.equal(time.pendingCount, 2);
  callOff();
  callOff();
  assert.equal(time.pendingCount, 1);
  await time.until(20);
  tooLate();
  assert.deepEqual(ran, ["ran"]);
  assert.equal(time.pendingCount, 0);
});

test("a clock has one wake-up: a later booking replaces an earlier one, and clocks do not disturb one another", async () => {
  const time = new VirtualTime(0);
  const [one, other] = [time.clock(), time.clock()];
  const ran: string[] = [];
  one.wakeAt(10, () => ran.push("one at 10"));
  one.wakeAt(20, () => ran.push(`one at ${one.nowMs()}`));
  other.wakeAt(15, () => ran.push("other at 15"));
  await time.until(30);
  assert.deepEqual(ran, ["other at 15", "one at 20"]);
});

test("promises settle between two bookings, even of the same time", async () => {
  const time = new VirtualTime(0);
  const ran: string[] = [];
  const slow = async (): Promise<void> => {
    for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
    ran.push("settled");
  };
  time.at(10, () => void slow());
  time.at(10, () => ran.push("next"));
  await time.until(10);
  assert.deepEqual(ran, ["settled", "next"]);
});
