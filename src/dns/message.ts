import type { DnsQuestion, DnsRecord, DnsType } from "../base/dns.ts";
import { readCharacterString, readName, writeName } from "./name.ts";

/** What a name server said, as far as anybody here asks (RFC 1035 §4.1). */
export interface DnsResponse {
  readonly id: number;
  readonly isTruncated: boolean;
  readonly responseCode: number;
  readonly question: { readonly type: number; readonly name: string };
  readonly answers: readonly ReceivedRecord[];
  /** How long the absence of what was asked for may be believed (RFC 2308 §5); undefined: not at all. */
  readonly negativeTtlSeconds: number | undefined;
}

/** A record of a type that we ask for, or a step to the name's true name. */
export interface ReceivedRecord {
  readonly name: string;
  readonly ttlSeconds: number;
  readonly data: DnsRecord | { readonly type: "CNAME"; readonly target: string };
}

/** What we take in one datagram; the number that fragments nowhere (RFC 9715). */
const UDP_SIZE_BYTES = 1_232;

const HEADER_BYTES = 12;
const CLASS_IN = 1;
const TYPE_SOA = 6;
const TYPE_CNAME = 5;
const TYPE_OPT = 41;
const RECURSION_DESIRED = 0x0100;
const IS_RESPONSE = 0x8000;
const TRUNCATED = 0x0200;

export const typeNumbers = { A: 1, AAAA: 28, SRV: 33, NAPTR: 35 } as const satisfies Record<
  DnsType,
  number
>;

/** A query with EDNS (RFC 6891), or without for servers that do not know it. Undefined: that is no domain name. */
export function encodeQuery(
  id: number,
  { type, name }: DnsQuestion,
  options: { readonly edns: boolean },
): Buffer | undefined {
  const encoded = writeName(name);
  if (encoded === undefined) return undefined;
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt16BE(id, 0);
  header.writeUInt16BE(RECURSION_DESIRED, 2);
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(options.edns ? 1 : 0, 10);
  const asked = Buffer.alloc(4);
  asked.writeUInt16BE(typeNumbers[type], 0);
  asked.writeUInt16BE(CLASS_IN, 2);
  if (!options.edns) return Buffer.concat([header, encoded, asked]);
  const edns = Buffer.alloc(11);
  edns.writeUInt16BE(TYPE_OPT, 1);
  edns.writeUInt16BE(UDP_SIZE_BYTES, 3);
  return Buffer.concat([header, encoded, asked, edns]);
}

/** Undefined for what is no response to one question, or is cut off in its middle. Never throws. */
export function decodeResponse(bytes: Buffer): DnsResponse | undefined {
  if (bytes.length < HEADER_BYTES) return undefined;
  const flags = bytes.readUInt16BE(2);
  if ((flags & IS_RESPONSE) === 0 || bytes.readUInt16BE(4) !== 1) return undefined;
  const asked = readName(bytes, HEADER_BYTES);
  if (asked === undefined || asked.end + 4 > bytes.length) return undefined;
  const question = { type: bytes.readUInt16BE(asked.end), name: asked.name };
  const header = {
    id: bytes.readUInt16BE(0),
    isTruncated: (flags & TRUNCATED) !== 0,
    responseCode: flags & 0x0f,
    question,
  };
  // What was cut off is asked for again over TCP: nothing of it is needed.
  if (header.isTruncated) return { ...header, answers: [], negativeTtlSeconds: undefined };
  const answers: ReceivedRecord[] = [];
  let negativeTtlSeconds: number | undefined;
  const answerCount = bytes.readUInt16BE(6);
  const recordCount = answerCount + bytes.readUInt16BE(8);
  let at = asked.end + 4;
  for (let index = 0; index < recordCount; index += 1) {
    const record = readRecord(bytes, at);
    if (record === undefined) return undefined;
    at = record.end;
    if (record.class !== CLASS_IN) continue;
    const { name, ttlSeconds } = record;
    if (index < answerCount) {
      const data = readData(bytes, record);
      if (data !== undefined) answers.push({ name, ttlSeconds, data });
    } else if (record.type === TYPE_SOA) {
      const minimum = readSoaMinimum(bytes, record);
      if (minimum !== undefined) negativeTtlSeconds = Math.min(ttlSeconds, minimum);
    }
  }
  return { ...header, answers, negativeTtlSeconds };
}

interface RawRecord {
  readonly name: string;
  readonly type: number;
  readonly class: number;
  readonly ttlSeconds: number;
  readonly start: number;
  readonly end: number;
}

function readRecord(bytes: Buffer, at: number): RawRecord | undefined {
  const owner = readName(bytes, at);
  if (owner === undefined || owner.end + 10 > bytes.length) return undefined;
  const start = owner.end + 10;
  const end = start + bytes.readUInt16BE(owner.end + 8);
  if (end > bytes.length) return undefined;
  return {
    name: owner.name,
    type: bytes.readUInt16BE(owner.end),
    class: bytes.readUInt16BE(owner.end + 2),
    ttlSeconds: ttlOf(bytes.readUInt32BE(owner.end + 4)),
    start,
    end,
  };
}

/** With its highest bit set it means zero (RFC 2181 §8). */
function ttlOf(seconds: number): number {
  return seconds > 0x7fff_ffff ? 0 : seconds;
}

/** Undefined for a type that nobody asked for, and for data that is not of its type's form. */
function readData(
  bytes: Buffer,
  { type, start, end }: RawRecord,
): ReceivedRecord["data"] | undefined {
  const size = end - start;
  switch (type) {
    case typeNumbers.A:
      return size === 4 ? { type: "A", address: bytes.subarray(start, end).join(".") } : undefined;
    case typeNumbers.AAAA:
      return size === 16 ? { type: "AAAA", address: ipv6Of(bytes, start) } : undefined;
    case typeNumbers.SRV: {
      const target = size < 7 ? undefined : readName(bytes, start + 6);
      if (target === undefined) return undefined;
      return {
        type: "SRV",
        priority: bytes.readUInt16BE(start),
        weight: bytes.readUInt16BE(start + 2),
        port: bytes.readUInt16BE(start + 4),
        target: target.name,
      };
    }
    case typeNumbers.NAPTR:
      return readNaptr(bytes, start, end);
    case TYPE_CNAME: {
      const target = readName(bytes, start);
      return target === undefined ? undefined : { type: "CNAME", target: target.name };
    }
    default:
      return undefined;
  }
}

/** RFC 2915 §8. */
function readNaptr(bytes: Buffer, start: number, end: number): DnsRecord | undefined {
  if (end - start < 8) return undefined;
  const flags = readCharacterString(bytes, start + 4, end);
  const services = flags && readCharacterString(bytes, flags.end, end);
  const regexp = services && readCharacterString(bytes, services.end, end);
  const replacement = regexp && readName(bytes, regexp.end);
  if (replacement === undefined) return undefined;
  return {
    type: "NAPTR",
    order: bytes.readUInt16BE(start),
    preference: bytes.readUInt16BE(start + 2),
    flags: flags?.text ?? "",
    services: services?.text ?? "",
    regexp: regexp?.text ?? "",
    replacement: replacement.name,
  };
}

/** RFC 1035 §3.3.13: two names, four numbers, and the one that we want. */
function readSoaMinimum(bytes: Buffer, { start, end }: RawRecord): number | undefined {
  const primary = readName(bytes, start);
  const mailbox = primary && readName(bytes, primary.end);
  if (mailbox === undefined || mailbox.end + 20 > end) return undefined;
  return ttlOf(bytes.readUInt32BE(mailbox.end + 16));
}

/** Written as everywhere else here: lower case, the longest run of zeros left out (RFC 5952). */
function ipv6Of(bytes: Buffer, start: number): string {
  const groups: number[] = [];
  for (let at = 0; at < 16; at += 2) groups.push(bytes.readUInt16BE(start + at));
  let longest = { at: -1, length: 1 };
  for (let at = 0; at < 8; at += 1) {
    let length = 0;
    while (groups[at + length] === 0) length += 1;
    if (length > longest.length) longest = { at, length };
  }
  const text = (from: number, to: number): string =>
    groups
      .slice(from, to)
      .map((group) => group.toString(16))
      .join(":");
  if (longest.at === -1) return text(0, 8);
  return `${text(0, longest.at)}::${text(longest.at + longest.length, 8)}`;
}
