import { because, type Cause, type CauseId } from "../causes/index.ts";
import { bytesOf } from "./bytes.ts";
import { TOKEN } from "./characters.ts";
import type { ExpectedThing } from "./expected.ts";
import { skipClass } from "./skip.ts";
import {
  emptyLineSize,
  findField,
  scanFieldsLeniently,
  valueEnd,
  valueStart,
  type FieldTable,
} from "./header-fields.ts";
import { Header } from "./header-ids.ts";
import { HEADER_FIELDS_MAX, MESSAGE_SIZE_BYTES_MAX } from "./limits.ts";
import { methodAt } from "./methods.ts";
import { nameAddrSpans, scanNameAddr } from "./name-addr.ts";
import type { AnswerableRequest, Malformed, Source, Via } from "./types.ts";
import { readViaLeniently } from "./via.ts";

/** What a parser found wrong, before it is known whether anybody can be told. */
export interface FaultFacts {
  readonly causeId: CauseId;
  readonly offset: number;
  readonly expected: ExpectedThing;
  readonly headerName: string | undefined;
  /** What was too large, and against which limit. */
  readonly size?: { readonly sizeBytes: number; readonly limitBytes: number };
}

/** The malformed request, as far as it could be read: enough for `buildResponse`. */
export class AnswerableView implements AnswerableRequest {
  readonly text: string;
  readonly method: string;
  readonly topVia: Via;
  readonly toTag: string | undefined;
  readonly source: Source | undefined;
  readonly table: FieldTable;

  constructor(
    table: FieldTable,
    method: string,
    topVia: Via,
    toTag: string | undefined,
    source: Source | undefined,
  ) {
    this.text = table.text;
    this.method = method;
    this.topVia = topVia;
    this.toTag = toTag;
    this.source = source;
    this.table = table;
  }
}

/** Whether a parser's result says what is wrong rather than what was read. */
export function isMalformed(result: unknown): result is Malformed {
  return (
    typeof result === "object" && result !== null && "kind" in result && result.kind === "malformed"
  );
}

/** Looks again, slowly and leniently, at a text that could not be parsed: what it was meant to be, and who to tell. */
export function malformed(text: string, facts: FaultFacts, source: Source | undefined): Malformed {
  const of = kindOf(text);
  return {
    kind: "malformed",
    causeId: facts.causeId,
    offset: facts.offset,
    expected: facts.expected,
    headerName: facts.headerName,
    cause: causeOf(text, facts),
    of,
    answerable: of === "request" ? answerableOf(text, source) : undefined,
  };
}

/** A request has a method and a ":" before the first line ends; everything else gets silence. */
function kindOf(text: string): Malformed["of"] {
  const start = startOfLine(text);
  const lineEnd = text.indexOf("\n", start);
  if (/^sip\//i.test(text.slice(start, start + 4))) return "response";
  const methodEnd = skipClass(bytesOf(text, 0, text.length), start, text.length, TOKEN);
  const hasUri = text.slice(methodEnd, lineEnd === -1 ? text.length : lineEnd).includes(":");
  return methodEnd > start && text[methodEnd] === " " && hasUri ? "request" : "unknown";
}

function startOfLine(text: string): number {
  let start = 0;
  while (emptyLineSize(text, start) > 0) start += emptyLineSize(text, start);
  return start;
}

/**
 * A topmost Via says where the answer goes, Via and CSeq what it answers (RFC 3261 §17.1.3, §18.2.2). What else is
 * missing, the answer leaves out.
 *
 * Deviation: RFC 3261 §16.3 has an error code for every request that is malformed; one without a Via or a CSeq gets
 * none. A response repeats both (RFC 3261 §8.2.6.2) and is matched by them alone: nobody would know what was answered.
 */
function answerableOf(text: string, source: Source | undefined): AnswerableRequest | undefined {
  const start = startOfLine(text);
  const bytes = bytesOf(text, 0, text.length);
  const method = methodAt(text, bytes, start, skipClass(bytes, start, text.length, TOKEN));
  if (method === "ACK") return undefined;
  const table = scanFieldsLeniently(text, HEADER_FIELDS_MAX);
  const viaAt = findField(table, Header.Via, 0);
  if (viaAt === -1 || findField(table, Header.Cseq, 0) === -1) return undefined;
  const viaStart = valueStart(table, viaAt);
  const viaEnd = valueEnd(table, viaAt, viaStart);
  const topVia = readViaLeniently(text, bytesOf(text, viaStart, viaEnd), viaStart, viaEnd);
  if (topVia === undefined) return undefined;
  return new AnswerableView(table, method, topVia, toTagOf(table), source);
}

function toTagOf(table: FieldTable): string | undefined {
  const at = findField(table, Header.To, 0);
  if (at === -1) return undefined;
  const start = valueStart(table, at);
  const spans = nameAddrSpans();
  const end = valueEnd(table, at, start);
  const bytes = bytesOf(table.text, start, end);
  if (scanNameAddr(bytes, start, end, spans) === -1) return undefined;
  return spans.tagStart === -1 ? undefined : table.text.slice(spans.tagStart, spans.tagEnd);
}

/** The same fault as a cause, with its evidence: what an answer is made with. */
function causeOf(text: string, facts: FaultFacts): Cause {
  const { causeId, offset, expected } = facts;
  const headerName = facts.headerName ?? "";
  if (causeId === "version-unsupported") {
    return because(causeId, 505, { offset, version: wordAt(text, offset) });
  }
  if (causeId === "message-too-large") {
    const size = facts.size ?? { sizeBytes: text.length, limitBytes: MESSAGE_SIZE_BYTES_MAX };
    return because(causeId, 513, size);
  }
  if (causeId === "content-length-wrong") {
    const declared = Number.parseInt(wordAt(text, offset), 10);
    const present = text.length - bodyOffsetOf(text);
    return because(causeId, 400, {
      offset,
      declared: Number.isSafeInteger(declared) ? declared : -1,
      present,
    });
  }
  if (causeId === "header-missing") return because(causeId, 400, { headerName });
  if (
    causeId === "start-line-malformed" ||
    causeId === "request-uri-malformed" ||
    causeId === "cseq-malformed" ||
    causeId === "via-malformed" ||
    causeId === "contact-malformed"
  ) {
    return because(causeId, 400, { offset, expected });
  }
  return because("header-malformed", 400, { headerName, offset, expected });
}

function wordAt(text: string, offset: number): string {
  return /^\S{1,40}/.exec(text.slice(offset, offset + 40))?.[0] ?? "";
}

function bodyOffsetOf(text: string): number {
  const table = scanFieldsLeniently(text, HEADER_FIELDS_MAX);
  return table.headersEnd + emptyLineSize(text, table.headersEnd);
}
