import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { inviteClientSignals, inviteClientTable } from "./invite-client-table.ts";
import { InviteClientTransaction } from "./invite-client.ts";
import { inviteServerSignals, inviteServerTable } from "./invite-server-table.ts";
import { InviteServerTransaction } from "./invite-server.ts";
import { nonInviteClientSignals, nonInviteClientTable } from "./non-invite-client-table.ts";
import { NonInviteClientTransaction } from "./non-invite-client.ts";
import { nonInviteServerSignals, nonInviteServerTable } from "./non-invite-server-table.ts";
import { NonInviteServerTransaction } from "./non-invite-server.ts";
import type { TransactionOutput } from "./output.ts";
import { requestOf, responseOf } from "./play.ts";

interface Cell {
  readonly next: string;
  readonly actions: readonly string[];
  readonly rfc: string;
}

interface Machine {
  readonly state: string;
  readonly deadlineMs: number;
  start(nowMs: number, out: TransactionOutput[]): void;
  advance(nowMs: number, out: TransactionOutput[]): void;
  transportFailed(nowMs: number, out: TransactionOutput[]): void;
}

/** One machine: its table, and how a test gives it each signal. */
interface Subject {
  readonly name: string;
  readonly table: Readonly<Record<string, { readonly [signal: string]: Cell | undefined }>>;
  readonly signals: readonly string[];
  /** Signals that lead from the start to each state, at 0 ms. */
  readonly ways: Readonly<Record<string, readonly string[]>>;
  /** Where a timer fires, counted from the moment its state was entered. */
  readonly timers: Readonly<Record<string, number>>;
  readonly create: () => Machine;
  readonly give: (
    machine: Machine,
    signal: string,
    nowMs: number,
    out: TransactionOutput[],
  ) => void;
}

const unreliable = { reliable: false };
const statusCodes: Readonly<Record<string, number>> = {
  "1xx": 100,
  forbidden1xx: 180,
  "2xx": 200,
  "3xx-6xx": 486,
  "2xx-6xx": 404,
  "408": 408,
};

const subjects: readonly Subject[] = [
  {
    name: "INVITE client",
    table: inviteClientTable,
    signals: inviteClientSignals,
    ways: {
      calling: [],
      proceeding: ["1xx"],
      accepted: ["2xx"],
      completed: ["3xx-6xx"],
      terminated: ["transportError"],
    },
    timers: { timerA: 500, timerB: 32_000, timerD: 32_000, timerM: 32_000 },
    create: () => new InviteClientTransaction(requestOf("INVITE").text, unreliable),
    give: (machine, signal, nowMs, out) => {
      assert.ok(machine instanceof InviteClientTransaction);
      machine.receive(responseOf(statusCodes[signal] ?? 0, "INVITE"), nowMs, out);
    },
  },
  {
    name: "non-INVITE client",
    table: nonInviteClientTable,
    signals: nonInviteClientSignals,
    ways: {
      trying: [],
      proceeding: ["1xx"],
      completed: ["2xx-6xx"],
      terminated: ["transportError"],
    },
    timers: { timerE: 500, timerF: 32_000, timerK: 5_000 },
    create: () => new NonInviteClientTransaction(requestOf("BYE").text, unreliable),
    give: (machine, signal, nowMs, out) => {
      assert.ok(machine instanceof NonInviteClientTransaction);
      machine.receive(responseOf(statusCodes[signal] ?? 0, "BYE"), nowMs, out);
    },
  },
  {
    name: "INVITE server",
    table: inviteServerTable,
    signals: inviteServerSignals,
    ways: {
      proceeding: ["1xx"],
      accepted: ["2xx"],
      completed: ["3xx-6xx"],
      confirmed: ["3xx-6xx", "ACK"],
      terminated: ["3xx-6xx", "ACK", "timerI"],
    },
    timers: { timerG: 500, timerH: 32_000, timerI: 5_000, timerL: 32_000 },
    create: () => new InviteServerTransaction(unreliable),
    give: (machine, signal, nowMs, out) => {
      assert.ok(machine instanceof InviteServerTransaction);
      const statusCode = statusCodes[signal];
      if (signal === "INVITE") machine.receiveRetransmission(nowMs, out);
      else if (signal === "ACK") machine.receiveAck(nowMs, out);
      else if (statusCode !== undefined) machine.respond(statusCode, "text", nowMs, out);
    },
  },
  {
    name: "non-INVITE server",
    table: nonInviteServerTable,
    signals: nonInviteServerSignals,
    ways: {
      trying: [],
      proceeding: ["provisionalDue", "1xx"],
      completed: ["2xx-6xx"],
      terminated: ["clientGaveUp"],
    },
    timers: { provisionalDue: 3_500, clientGaveUp: 32_000, timerJ: 32_000 },
    create: () => new NonInviteServerTransaction(unreliable),
    give: (machine, signal, nowMs, out) => {
      assert.ok(machine instanceof NonInviteServerTransaction);
      const statusCode = statusCodes[signal];
      if (signal === "request") machine.receiveRetransmission(nowMs, out);
      else if (statusCode !== undefined) {
        // A 100 that UDP allows is one after 3.5 s.
        const atMs = signal === "1xx" ? Math.max(nowMs, 3_500) : nowMs;
        machine.respond(statusCode, "text", atMs, out);
      }
    },
  },
];

/** Gives one signal now, or a timer when it is due. @returns the time it was given */
function give(
  subject: Subject,
  machine: Machine,
  signal: string,
  nowMs: number,
  out: TransactionOutput[],
): number {
  const afterMs = subject.timers[signal];
  if (afterMs !== undefined) {
    machine.advance(nowMs + afterMs, out);
    return nowMs + afterMs;
  }
  if (signal === "transportError") machine.transportFailed(nowMs, out);
  else subject.give(machine, signal, nowMs, out);
  return nowMs;
}

function machineIn(subject: Subject, state: string): { machine: Machine; nowMs: number } {
  const machine = subject.create();
  const out: TransactionOutput[] = [];
  machine.start(0, out);
  let nowMs = 0;
  for (const signal of subject.ways[state] ?? []) {
    nowMs = give(subject, machine, signal, nowMs, out);
  }
  assert.equal(machine.state, state);
  return { machine, nowMs };
}

/** What a cell must put out: its actions in order, and the move. */
function wanted(cell: Cell, from: string, signal: string): readonly string[] {
  const kinds: Readonly<Record<string, string>> = {
    drop: `dropped ${cell.rfc}`,
    passUp: "passUp",
    passUpAck: "passUpAck",
    reportTimeout: "failed branch-timed-out",
    reportTransportError: "failed next-hop-unreachable",
    askForProvisional: "provisionalDue",
  };
  return [
    ...cell.actions.map((action) => kinds[action] ?? "send"),
    `moved ${from} ${cell.next} ${signal} ${cell.rfc}`,
  ];
}

function brief(output: TransactionOutput): string {
  switch (output.kind) {
    case "moved":
      return `moved ${output.from} ${output.to} ${output.signal} ${output.rfc}`;
    case "dropped":
      return `dropped ${output.rfc}`;
    case "failed":
      return `failed ${output.causeId}`;
    case "send":
    case "passUp":
    case "passUpAck":
    case "provisionalDue":
      return output.kind;
  }
}

for (const subject of subjects) {
  for (const [state, cells] of Object.entries(subject.table)) {
    for (const signal of subject.signals) {
      const cell = cells[signal];
      const isTimer = subject.timers[signal] !== undefined;
      // A timer that does not run in a state cannot fire there: the deadlines are in the ladders.
      if (cell === undefined && isTimer) continue;
      const what = cell === undefined ? "absorbs" : `obeys ${cell.rfc} on`;
      test(`the ${subject.name} transaction in ${state} ${what} ${signal}`, () => {
        const { machine, nowMs } = machineIn(subject, state);
        // Timers that share a state: the later one is reached when the earlier has run out.
        const out: TransactionOutput[] = [];
        give(subject, machine, signal, timeBase(subject, state, signal, nowMs), out);
        assert.deepEqual(out.map(brief), cell === undefined ? [] : wanted(cell, state, signal));
        assert.equal(machine.state, cell === undefined ? state : cell.next);
      });
    }
  }

  test(`each row of the ${subject.name} table cites a clause`, () => {
    for (const cells of Object.values(subject.table)) {
      for (const cell of Object.values(cells)) {
        assert.match(cell?.rfc ?? "", /^RFC \d{4} §\d+(\.\d+)*$/);
      }
    }
  });

  test(`no state of the ${subject.name} table is a trap, and every signal is used`, () => {
    const used = new Set<string>();
    for (const [state, cells] of Object.entries(subject.table)) {
      for (const signal of Object.keys(cells)) used.add(signal);
      const ways = Object.values(cells).filter((cell) => cell?.next !== state);
      assert.ok(ways.length > 0 || state === "terminated", state);
    }
    assert.deepEqual(
      subject.signals.filter((signal) => !used.has(signal)),
      [],
    );
  });
}

/** Timers of the non-INVITE client and server that go on from Trying are counted from the start. */
function timeBase(subject: Subject, state: string, signal: string, nowMs: number): number {
  return subject.timers[signal] !== undefined && state === "proceeding" ? 0 : nowMs;
}

test("the drawings in docs/transactions show the tables as they are", () => {
  const drawing = spawnSync(
    process.execPath,
    [fileURLToPath(new URL("../../scripts/draw-transactions.ts", import.meta.url)), "--check"],
    { encoding: "utf8" },
  );
  assert.equal(drawing.stderr, "");
  assert.equal(drawing.status, 0);
});
