/**
 * Hot path: one of these for every message. What was read eagerly is a field; the rest is decoded when somebody asks,
 * and once. All fields are set in one order, so that all messages of a kind have one shape. What nobody asks for is
 * not read: a field that nobody knows, or that has no place in such a message, is ignored (RFC 3261 §7.3.2, §8.2.2, §20).
 */
import type { CauseId } from "../causes/index.ts";
import { bytesOf } from "./bytes.ts";
import * as characters from "./characters.ts";
import { readNumber, skipClass, skipWhite } from "./skip.ts";
import { lastFault } from "./fault.ts";
import {
  fieldEnd,
  fieldId,
  fieldStart,
  findField,
  skipWhiteInText,
  valueEnd,
  valueStart,
  type FieldTable,
} from "./header-fields.ts";
import { Header, type HeaderId } from "./header-ids.ts";
import { headerIdOf } from "./header-lookup.ts";
import { headerNameOf, isListHeader } from "./header-names.ts";
import { malformed } from "./malformed.ts";
import { readNameAddr, unfold } from "./name-addr.ts";
import { endOfListValue } from "./parameters.ts";
import type {
  Cseq,
  Malformed,
  NameAddr,
  SipRequest,
  SipResponse,
  Source,
  Uri,
  Via,
} from "./types.ts";
import { readVia, type ViaView } from "./via.ts";

const { DIGIT } = characters;

const UINT32_MAX = 4_294_967_295;

/** What the parser found while it went over the message. Filled in place, then given to a message's constructor. */
export interface Found {
  text: string;
  start: number;
  fields: number[];
  headersStart: number;
  headersEnd: number;
  bodyOffset: number;
  bodyEnd: number;
  topVia: ViaView;
  callId: string;
  cseq: Cseq;
  fromStart: number;
  fromEnd: number;
  fromTag: string | undefined;
  toStart: number;
  toEnd: number;
  toTag: string | undefined;
  maxForwards: number;
}

abstract class ParsedMessage implements FieldTable {
  readonly text: string;
  /** Where the start line starts: behind the empty lines that RFC 3261 §7.5 has us ignore. */
  readonly start: number;
  readonly fields: readonly number[];
  readonly headersStart: number;
  readonly headersEnd: number;
  readonly bodyOffset: number;
  readonly bodyEnd: number;
  readonly topVia: ViaView;
  readonly callId: string;
  readonly cseq: Cseq;
  readonly fromTag: string | undefined;
  readonly toTag: string | undefined;
  readonly #fromStart: number;
  readonly #fromEnd: number;
  readonly #toStart: number;
  readonly #toEnd: number;
  #from: NameAddr | undefined = undefined;
  #to: NameAddr | undefined = undefined;
  #contacts: readonly NameAddr[] | undefined = undefined;

  constructor(found: Found) {
    this.text = found.text;
    this.start = found.start;
    this.fields = found.fields;
    this.headersStart = found.headersStart;
    this.headersEnd = found.headersEnd;
    this.bodyOffset = found.bodyOffset;
    this.bodyEnd = found.bodyEnd;
    this.topVia = found.topVia;
    this.callId = found.callId;
    this.cseq = found.cseq;
    this.fromTag = found.fromTag;
    this.toTag = found.toTag;
    this.#fromStart = found.fromStart;
    this.#fromEnd = found.fromEnd;
    this.#toStart = found.toStart;
    this.#toEnd = found.toEnd;
  }

  get from(): NameAddr {
    this.#from ??= this.#address(this.#fromStart, this.#fromEnd);
    return this.#from;
  }

  get to(): NameAddr {
    this.#to ??= this.#address(this.#toStart, this.#toEnd);
    return this.#to;
  }

  header(id: HeaderId): string | undefined {
    const index = findField(this, id, 0);
    return index === -1 ? undefined : this.#value(index);
  }

  headerByName(name: string): string | undefined {
    const id = headerIdOf(name);
    if (id !== Header.Other) return this.header(id);
    const wanted = name.toLowerCase();
    for (let index = 0; index < this.fields.length; index += 1) {
      if (fieldId(this, index) === Header.Other && fieldNameIs(this, index, wanted)) {
        return this.#value(index);
      }
    }
    return undefined;
  }

  values(id: HeaderId): readonly string[] {
    const isList = isListHeader(id);
    const values: string[] = [];
    for (let index = findField(this, id, 0); index !== -1; index = findField(this, id, index + 1)) {
      if (!isList) {
        values.push(this.#value(index));
        continue;
      }
      let at = valueStart(this, index);
      const end = valueEnd(this, index, at);
      const bytes = bytesOf(this.text, at, end);
      while (at < end) {
        const stop = endOfListValue(bytes, at, end);
        const value = unfold(this.text.slice(at, stop).trim());
        if (value !== "") values.push(value);
        at = skipWhite(bytes, stop + 1, end);
      }
    }
    return values;
  }

  get hasViaBelow(): boolean {
    const index = findField(this, Header.Via, 0);
    if (findField(this, Header.Via, index + 1) !== -1) return true;
    return this.topVia.end < valueEnd(this, index, valueStart(this, index));
  }

  vias(): readonly Via[] | Malformed {
    const vias: Via[] = [];
    for (
      let index = findField(this, Header.Via, 0);
      index !== -1;
      index = findField(this, Header.Via, index + 1)
    ) {
      let at = valueStart(this, index);
      const end = valueEnd(this, index, at);
      const bytes = bytesOf(this.text, at, end);
      while (true) {
        const via = readVia(this.text, bytes, at, end);
        if (via === undefined) return this.#fault(Header.Via, "via-malformed");
        vias.push(via);
        if (via.end >= end) break;
        at = via.end + 1;
      }
    }
    return vias;
  }

  nameAddrs(id: HeaderId): readonly NameAddr[] | Malformed {
    if (id === Header.Contact && this.#contacts !== undefined) return this.#contacts;
    const addresses: NameAddr[] = [];
    for (let index = findField(this, id, 0); index !== -1; index = findField(this, id, index + 1)) {
      let at = valueStart(this, index);
      const end = valueEnd(this, index, at);
      const bytes = bytesOf(this.text, at, end);
      while (true) {
        const stop = endOfListValue(bytes, at, end);
        if (!isWildcard(bytes, at, stop)) {
          const address = readNameAddr(this.text, bytes, at, stop);
          if (address === undefined) {
            return this.#fault(
              id,
              id === Header.Contact ? "contact-malformed" : "header-malformed",
            );
          }
          addresses.push(address);
        }
        if (stop >= end) break;
        at = skipWhite(bytes, stop + 1, end);
      }
    }
    if (id === Header.Contact) this.#contacts = addresses;
    return addresses;
  }

  integer(id: HeaderId): number | undefined | Malformed {
    const index = findField(this, id, 0);
    if (index === -1) return undefined;
    const start = valueStart(this, index);
    const end = valueEnd(this, index, start);
    const bytes = bytesOf(this.text, start, end);
    const digitsEnd = skipClass(bytes, start, end, DIGIT);
    const value = readNumber(bytes, start, digitsEnd, UINT32_MAX);
    const next = skipWhite(bytes, digitsEnd, end);
    // Retry-After and Session-Expires go on with a comment or parameters (RFC 3261 §20.33, RFC 4028 §4).
    const code = next < end ? bytes[next] : 59;
    if (value !== -1 && (code === 59 || code === 40)) return value;
    lastFault.offset = value === -1 ? start : next;
    lastFault.expected = value === -1 ? "number-to-4294967295" : "number-end";
    return this.#fault(id, "header-malformed");
  }

  #address(start: number, end: number): NameAddr {
    // Scanned by the same rules when the message was parsed, so it cannot fail now.
    return readNameAddr(this.text, bytesOf(this.text, start, end), start, end)!;
  }

  #value(index: number): string {
    const start = valueStart(this, index);
    return unfold(this.text.slice(start, valueEnd(this, index, start)));
  }

  #fault(id: HeaderId, causeId: CauseId): Malformed {
    const headerName = headerNameOf(id);
    const { offset, expected } = lastFault;
    return malformed(this.text, { causeId, offset, expected, headerName }, this.sourceOfFault());
  }

  protected abstract sourceOfFault(): Source | undefined;
}

function isWildcard(bytes: Uint8Array, start: number, end: number): boolean {
  return bytes[start] === 42 && skipWhite(bytes, start + 1, end) === end;
}

/** Whether the field's name, which has no id, is that one. `wanted` in lower case. */
export function fieldNameIs(table: FieldTable, index: number, wanted: string): boolean {
  const start = fieldStart(table, index);
  const end = start + wanted.length;
  if (end >= fieldEnd(table, index)) return false;
  if (table.text.slice(start, end).toLowerCase() !== wanted) return false;
  return table.text.charCodeAt(skipWhiteInText(table.text, end, fieldEnd(table, index))) === 58;
}

/** A request, read as far as everybody needs it. */
export class ParsedRequest extends ParsedMessage implements SipRequest {
  readonly kind = "request";
  readonly method: string;
  readonly requestUri: Uri;
  readonly maxForwards: number | undefined;
  readonly source: Source | undefined;

  constructor(found: Found, method: string, requestUri: Uri, source: Source | undefined) {
    super(found);
    this.method = method;
    this.requestUri = requestUri;
    this.maxForwards = found.maxForwards === -1 ? undefined : found.maxForwards;
    this.source = source;
  }

  protected override sourceOfFault(): Source | undefined {
    return this.source;
  }
}

/** A response, read as far as everybody needs it. */
export class ParsedResponse extends ParsedMessage implements SipResponse {
  readonly kind = "response";
  readonly statusCode: number;
  readonly reasonPhrase: string;

  constructor(found: Found, statusCode: number, reasonPhrase: string) {
    super(found);
    this.statusCode = statusCode;
    this.reasonPhrase = reasonPhrase;
  }

  protected override sourceOfFault(): Source | undefined {
    return undefined;
  }
}
