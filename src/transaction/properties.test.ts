import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { InviteClientTransaction } from "./invite-client.ts";
import { InviteServerTransaction } from "./invite-server.ts";
import { NonInviteClientTransaction } from "./non-invite-client.ts";
import { NonInviteServerTransaction } from "./non-invite-server.ts";
import type { TransactionOutput } from "./output.ts";
import { requestOf, responseOf } from "./play.ts";

const inviteText = requestOf("INVITE").text;
const byeText = requestOf("BYE").text;
const codes = [100, 180, 200, 302, 404, 408, 486, 603];
const answers = new Map(codes.map((code) => [code, responseOf(code, "INVITE")]));

type Machine =
  | InviteClientTransaction
  | NonInviteClientTransaction
  | InviteServerTransaction
  | NonInviteServerTransaction;

interface Input {
  readonly afterMs: number;
  readonly what: "status" | "request" | "ack" | "transportError" | "nothing";
  readonly statusCode: number;
}

const inputs = fc.array(
  fc.record({
    afterMs: fc.oneof(
      fc.integer({ min: 0, max: 40_000 }),
      fc.double({ min: 0, max: 600, noNaN: true }),
    ),
    what: fc.constantFrom("status", "status", "request", "ack", "transportError", "nothing"),
    statusCode: fc.constantFrom(...codes),
  }),
  { maxLength: 30 },
) as fc.Arbitrary<readonly Input[]>;

function feed(machine: Machine, input: Input, nowMs: number, out: TransactionOutput[]): void {
  const isServer =
    machine instanceof InviteServerTransaction || machine instanceof NonInviteServerTransaction;
  switch (input.what) {
    case "status": {
      const response = answers.get(input.statusCode);
      assert.ok(response);
      if (isServer) machine.respond(input.statusCode, response.text, nowMs, out);
      else machine.receive(response, nowMs, out);
      return;
    }
    case "request":
      if (isServer) machine.receiveRetransmission(nowMs, out);
      return;
    case "ack":
      if (machine instanceof InviteServerTransaction) machine.receiveAck(nowMs, out);
      return;
    case "transportError":
      machine.transportFailed(nowMs, out);
      return;
    case "nothing":
      return;
  }
}

/** Wakes the machine whenever it is due until `untilMs`, as a driver does. */
function wakeUntil(machine: Machine, untilMs: number, out: TransactionOutput[]): void {
  for (let wakes = 0; machine.deadlineMs <= untilMs; wakes += 1) {
    const dueMs = machine.deadlineMs;
    machine.advance(dueMs, out);
    assert.ok(machine.deadlineMs > dueMs, "a wake-up makes progress");
    assert.ok(wakes < 100, "the timers end");
  }
}

const subjects: readonly (readonly [string, (reliable: boolean) => Machine])[] = [
  ["INVITE client", (reliable) => new InviteClientTransaction(inviteText, { reliable })],
  ["non-INVITE client", (reliable) => new NonInviteClientTransaction(byeText, { reliable })],
  ["INVITE server", (reliable) => new InviteServerTransaction({ reliable })],
  ["non-INVITE server", (reliable) => new NonInviteServerTransaction({ reliable })],
];

/** When its user has had, or given, a final response, this is the longest a machine may live on. */
const LIMIT_MS = 64 * 500 + 5_000;

for (const [name, create] of subjects) {
  test(`whatever happens to the ${name} transaction, it ends within 64*T1 + T4 of its final response and stays silent`, () => {
    fc.assert(
      fc.property(fc.boolean(), inputs, (reliable, sequence) => {
        const machine = create(reliable);
        const all: TransactionOutput[] = [];
        let nowMs = 1_700_000_000_000.25;
        machine.start(nowMs, all);
        for (const input of sequence) {
          const out: TransactionOutput[] = [];
          wakeUntil(machine, nowMs + input.afterMs, all);
          nowMs += input.afterMs;
          const wasTerminated = machine.state === "terminated";
          feed(machine, input, nowMs, out);
          if (wasTerminated) {
            assert.ok(out.every(isDropOrItsRow), "a terminated machine sends nothing");
          }
          all.push(...out);
        }
        // Its user gives up in the end: the INVITE machines wait for that without a limit of their own.
        if (machine.state === "proceeding" || machine.state === "calling") {
          feed(machine, { afterMs: 0, what: "status", statusCode: 486 }, nowMs, all);
        }
        const rest: TransactionOutput[] = [];
        wakeUntil(machine, nowMs + LIMIT_MS, rest);
        all.push(...rest);
        assert.equal(machine.state, "terminated");
        assert.equal(machine.deadlineMs, Infinity);
        assert.equal(machine.runningTimer, undefined);
        for (const input of sequence) {
          const late: TransactionOutput[] = [];
          machine.advance(nowMs + LIMIT_MS + input.afterMs, late);
          feed(machine, input, nowMs + LIMIT_MS + input.afterMs, late);
          assert.ok(late.every(isDropOrItsRow), "it stays silent");
          assert.equal(machine.deadlineMs, Infinity, "and books nothing");
        }

        const finals = all.filter(
          (output) => output.kind === "passUp" && output.response.statusCode >= 300,
        );
        assert.ok(finals.length <= 1, "one refusal at most is passed up");
        const failures = all.filter((output) => output.kind === "failed");
        assert.ok(
          finals.length + failures.length <= 1,
          "a failure and a refusal exclude each other",
        );
        assert.equal(all.filter(endsIt).length, 1, "it ends once");
      }),
      { numRuns: 600, seed: 3261 },
    );
  });
}

test("a non-INVITE server transaction sends one final response, and never a 408 (RFC 4320 §4.2)", () => {
  fc.assert(
    fc.property(fc.boolean(), inputs, (reliable, sequence) => {
      const machine = new NonInviteServerTransaction({ reliable });
      const out: TransactionOutput[] = [];
      let nowMs = 0;
      machine.start(nowMs, out);
      for (const input of sequence) {
        nowMs += input.afterMs;
        wakeUntil(machine, nowMs, out);
        feed(machine, input, nowMs, out);
      }
      const sent = new Set(out.flatMap((output) => (output.kind === "send" ? [output.text] : [])));
      const finals = codes.filter((code) => code >= 200 && sent.has(answers.get(code)?.text ?? ""));
      assert.ok(finals.length <= 1, finals.join());
      assert.ok(!finals.includes(408));
    }),
    { numRuns: 300, seed: 4320 },
  );
});

function isDropOrItsRow(output: TransactionOutput): boolean {
  return output.kind === "dropped" || (output.kind === "moved" && output.from === "terminated");
}

function endsIt(output: TransactionOutput): boolean {
  return output.kind === "moved" && output.to === "terminated" && output.from !== "terminated";
}
