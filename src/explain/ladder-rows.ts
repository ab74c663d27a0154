import { reasonPhraseOf } from "../message/index.ts";
import {
  eventsOf,
  type Ladder,
  type LadderColumn,
  type LadderRow,
  type TraceEvent,
  type TraceRecord,
} from "../trace/index.ts";
import type { CaseFacts } from "./case-facts.ts";
import { nameOf, shown } from "./format.ts";

const CALLER = "caller";
const SERVER = "server";

/** The arrows of a case as its events tell them, all its requests together: who said what to whom, and when. */
export function ladderOf(facts: CaseFacts, serverTitle: string): Ladder {
  const { record, branches, records } = facts;
  const columns: LadderColumn[] = [
    { id: CALLER, title: nameOf(record.from) || record.peer },
    { id: SERVER, title: serverTitle },
    ...branches.map(({ number, target }) => ({
      id: branchColumn(number),
      title: branches.length > 1 ? `${nameOf(target)} (${number})` : nameOf(target),
    })),
  ];
  const columnOf = new Map(
    branches.map(({ number, destination }) => [destination, branchColumn(number)]),
  );
  columnOf.set(record.peer, CALLER);
  const rows = records.flatMap((one) => rowsOf(one, one === record ? undefined : columnOf));
  return { columns, rows: rows.toSorted((a, b) => a.atMs - b.atMs) };
}

/**
 * The arrows of one request. The one that the case is about has its columns by number; another one of the same call
 * (the ACK, a BYE from either side) is put where its addresses say, and left out where they are not in the picture.
 */
function rowsOf(
  record: TraceRecord,
  columnOf: ReadonlyMap<string, string> | undefined,
): LadderRow[] {
  const events = eventsOf(record.startedAtMs, record.values);
  const caller = columnOf === undefined ? CALLER : columnOf.get(record.peer);
  const destinations = new Map<number, string>();
  for (const event of events) {
    if (event.kind === "branch-started") destinations.set(event.branch, event.destination);
    if (event.kind === "request-sent") destinations.set(event.branch, event.peer);
  }
  const sideOf = (branch: number): string | undefined => {
    if (branch === 0) return caller;
    return columnOf === undefined
      ? branchColumn(branch)
      : columnOf.get(destinations.get(branch) ?? "");
  };
  let answer = "";
  return events.flatMap((event) => {
    if (event.kind === "response-sent") answer = responseLabel(event);
    const arrow = arrowOf(event, record.method, answer);
    const side = arrow === undefined ? undefined : sideOf(arrow.branch);
    if (arrow === undefined || side === undefined) return [];
    const { atMs } = event;
    const label = shown(arrow.label);
    return arrow.isInward
      ? { atMs, from: side, to: SERVER, label }
      : { atMs, from: SERVER, to: side, label };
  });
}

function branchColumn(number: number): string {
  return `branch${number}`;
}

interface Arrow {
  readonly branch: number;
  readonly isInward: boolean;
  readonly label: string;
}

/** `answer` is what the caller was told last. */
function arrowOf(event: TraceEvent, method: string, answer: string): Arrow | undefined {
  // oxlint-disable-next-line typescript/switch-exhaustiveness-check -- the other kinds are decisions, not messages
  switch (event.kind) {
    case "request-received":
      return { branch: 0, isInward: true, label: method };
    case "branch-started":
      return { branch: event.branch, isInward: false, label: method };
    case "request-sent":
      return { branch: event.branch, isInward: false, label: event.method || method };
    case "response-received":
      return { branch: event.branch, isInward: true, label: responseLabel(event) };
    case "response-sent":
      return { branch: 0, isInward: false, label: responseLabel(event) };
    case "retransmitted":
      return repeatedArrow(event, method, answer);
    case "cancel-received":
      return { branch: 0, isInward: true, label: "CANCEL" };
    case "ack-received":
      return { branch: 0, isInward: true, label: "ACK" };
    default:
      return undefined;
  }
}

/** What a trace calls "request" is sent again on a branch, and comes again from the caller. */
function repeatedArrow(
  event: Extract<TraceEvent, { readonly kind: "retransmitted" }>,
  method: string,
  answer: string,
): Arrow {
  const { branch, what } = event;
  if (what === "request") return { branch, isInward: branch === 0, label: method };
  return { branch, isInward: false, label: what === "response" ? answer : what };
}

/** Of a success the phrase is not kept: then the standard's. */
function responseLabel(response: {
  readonly statusCode: number;
  readonly reasonPhrase: string;
}): string {
  const { statusCode, reasonPhrase } = response;
  return `${statusCode} ${reasonPhrase || reasonPhraseOf(statusCode)}`.trimEnd();
}
