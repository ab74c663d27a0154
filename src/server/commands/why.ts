import { languageOf, loadCauseContent, type CauseContent } from "../../codes/index.ts";
import type { Directory } from "../../directory/index.ts";
import type { Explanation } from "../../explain/index.ts";
import type { TraceRecord } from "../../trace/index.ts";
import { addressKey } from "../case-keys.ts";
import type { CaseQuery, CaseStore } from "../case-store.ts";
import { aorArgument, CommandRefused, guarded, textArgument } from "./arguments.ts";
import { askNearMisses } from "./near-misses.ts";
import type { CommandArguments, CommandOutput, CommandPort } from "./types.ts";

/** What `why` reads: kept cases, and what is pending now (nothing, where no server runs). */
export interface WhyPort extends Pick<CommandPort, "directory" | "location" | "domains" | "nowMs"> {
  readonly cases: Pick<CaseStore, "find">;
  readonly pending: () => readonly TraceRecord[];
}

/** Pending requests told in one answer; a server that hangs on everything has thousands alike. */
const PENDING_LIMIT = 50;
const CASE_ID = /^[0-9a-f]{8}$/i;

/**
 * `why`: a row for each case found, an {@link Explanation} each, the latest first (of pending ones the longest).
 * Arguments, one of: `id` (case id or Call-ID), `callId`, `to` (an address), `pending: true`, or none: the last that
 * failed; and `language`, that the words are wanted in. Nothing found is `failed` with exit code 1; nothing pending is no failure.
 */
export function why(args: CommandArguments, port: WhyPort): AsyncIterable<CommandOutput> {
  return guarded(explainAll(args, port));
}

async function* explainAll(args: CommandArguments, port: WhyPort): AsyncIterable<CommandOutput> {
  const isPending = args["pending"] === true;
  const cases = isPending ? pendingCases(port) : foundCases(queryOf(args), port);
  if (cases.length === 0 && !isPending) throw nothingFound(args);
  const { language = "en" } = args;
  const content = await loadCauseContent(languageOf(String(language)) ?? "en");
  const shown = isPending ? cases.slice(0, PENDING_LIMIT) : cases;
  for (const records of shown) {
    // oxlint-disable-next-line no-await-in-loop -- a row goes out before the next is worked at
    yield { kind: "row", value: await explained(records, content, port) };
  }
  if (shown.length < cases.length) {
    const text = `${cases.length - shown.length} more are pending; these wait longest`;
    yield { kind: "warning", text };
  }
  yield { kind: "done", value: { cases: cases.length } };
}

/** One id names a case, or (each REGISTER is one) many: by Call-ID, by case id, by address, or the last. */
function queryOf(args: CommandArguments): CaseQuery[] {
  if (args["to"] !== undefined) return [{ kind: "to", aor: aorArgument(args, "to") }];
  if (args["callId"] !== undefined) {
    return [{ kind: "call", callId: textArgument(args, "callId") }];
  }
  if (args["id"] === undefined) return [{ kind: "last" }];
  const id = textArgument(args, "id");
  const byCallId: CaseQuery = { kind: "call", callId: id };
  return CASE_ID.test(id) ? [{ kind: "case", caseId: id }, byCallId] : [byCallId];
}

/** Kept records and pending ones together: a call that hangs may have been challenged before. */
function foundCases(queries: readonly CaseQuery[], port: WhyPort): TraceRecord[][] {
  const pending = port.pending();
  for (const query of queries) {
    const running = pending.filter((record) => isMeant(record, query));
    const kept = port.cases.find(query);
    if (query.kind === "to") {
      const latest = running.toSorted((a, b) => b.startedAtMs - a.startedAtMs)[0];
      if (latest !== undefined) return [withKept(latest, port)];
    }
    const cases = kept.map((records) => [
      ...records,
      ...running.filter((record) => isSameCase(record, records[0])),
    ]);
    const others = running.filter((record) => !kept.some(([first]) => isSameCase(record, first)));
    const found = [...byCase(others), ...cases];
    if (found.length > 0) return found;
  }
  return [];
}

/** The longest first: that is what somebody asks about. Whoever has its final response waits for nothing. */
function pendingCases(port: WhyPort): TraceRecord[][] {
  const waiting = port.pending().filter((record) => record.statusCode === 0);
  return byCase(waiting.toSorted((a, b) => a.startedAtMs - b.startedAtMs));
}

function byCase(records: readonly TraceRecord[]): TraceRecord[][] {
  const cases: TraceRecord[][] = [];
  for (const record of records) {
    const same = cases.find(([first]) => isSameCase(record, first));
    if (same === undefined) cases.push([record]);
    else same.push(record);
  }
  return cases;
}

function withKept(record: TraceRecord, port: WhyPort): TraceRecord[] {
  const [kept = []] = port.cases.find({ kind: "case", caseId: record.caseId });
  return [...kept.filter((other) => isSameCase(other, record)), record];
}

function isSameCase(record: TraceRecord, other: TraceRecord | undefined): boolean {
  return record.caseId === other?.caseId && record.callId === other.callId;
}

function isMeant(record: TraceRecord, query: CaseQuery): boolean {
  switch (query.kind) {
    case "case":
      return record.caseId === query.caseId.toLowerCase();
    case "call":
      return record.callId === query.callId;
    case "to": {
      const key = addressKey(query.aor);
      return addressKey(record.to) === key || addressKey(record.requestUri) === key;
    }
    case "last":
      return false;
  }
}

/** The words, the numbers of countries and the rules are loaded here, by the first who asks. */
async function explained(
  records: readonly TraceRecord[],
  content: CauseContent,
  port: WhyPort,
): Promise<Explanation> {
  const { explain, nearMissesFrom, nearMissQuestions, subjectOf } =
    await import("../../explain/index.ts");
  const questions = nearMissQuestions(subjectOf(records), { domains: port.domains ?? [] });
  const nearMisses = nearMissesFrom(await askNearMisses(questions, port));
  return explain(records, {
    content,
    nowMs: port.nowMs(),
    directory: { name: directoryName(port.directory), size: port.directory.size },
    nearMisses,
  });
}

function directoryName({ supports }: Directory): string {
  if (supports.sharedBetweenMachines) return "shared";
  return supports.durable ? "embedded" : "in memory";
}

function nothingFound(args: CommandArguments): CommandRefused {
  const { id, callId, to } = args;
  const asked = [id, callId, to].find((value) => typeof value === "string");
  const text =
    asked === undefined
      ? "no case is kept yet"
      : `no case is kept for "${asked}"; the latest that failed: nexthop why --last`;
  return new CommandRefused(text, { exitCode: 1 });
}
