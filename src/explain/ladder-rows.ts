import type { Ladder, LadderColumn, LadderRow, TraceEvent } from "../trace/index.ts";
import type { CaseFacts } from "./case-facts.ts";
import { nameOf, shown } from "./format.ts";

export const CALLER = "caller";
export const SERVER = "server";

/** The arrows of a case as its events tell them: who said what to whom, and when. */
export function ladderOf(facts: CaseFacts, serverTitle: string): Ladder {
  const columns: LadderColumn[] = [
    { id: CALLER, title: nameOf(facts.record.from) },
    { id: SERVER, title: serverTitle },
    ...facts.branches.map(({ number, target }) => ({
      id: branchColumn(number),
      title: facts.branches.length > 1 ? `${nameOf(target)} (${number})` : nameOf(target),
    })),
  ];
  const rows = facts.events.flatMap((event) => rowOf(event, facts.record.method) ?? []);
  return { columns, rows };
}

/** The id of a branch's column. */
export function branchColumn(number: number): string {
  return `branch${number}`;
}

function rowOf(event: TraceEvent, method: string): LadderRow | undefined {
  const { atMs } = event;
  // oxlint-disable-next-line typescript/switch-exhaustiveness-check -- the other kinds are decisions, not messages
  switch (event.kind) {
    case "request-received":
      return { atMs, from: CALLER, to: SERVER, label: shown(event.method) };
    case "branch-started":
      return { atMs, from: SERVER, to: branchColumn(event.branch), label: shown(method) };
    case "request-sent":
      return { atMs, from: SERVER, to: branchColumn(event.branch), label: shown(event.method) };
    case "response-received": {
      const label = labelOf(event.statusCode, event.reasonPhrase);
      return { atMs, from: branchColumn(event.branch), to: SERVER, label };
    }
    case "response-sent": {
      const label = labelOf(event.statusCode, event.reasonPhrase);
      return { atMs, from: SERVER, to: CALLER, label };
    }
    case "retransmitted":
      return {
        atMs,
        from: SERVER,
        to: event.branch === 0 ? CALLER : branchColumn(event.branch),
        label: shown(event.what),
      };
    case "cancel-received":
      return { atMs, from: CALLER, to: SERVER, label: "CANCEL" };
    case "ack-received":
      return { atMs, from: CALLER, to: SERVER, label: "ACK" };
    default:
      return undefined;
  }
}

function labelOf(statusCode: number, reasonPhrase: string): string {
  return shown(reasonPhrase === "" ? String(statusCode) : `${statusCode} ${reasonPhrase}`);
}
