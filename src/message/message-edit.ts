/**
 * Hot path: every forwarded message. Nothing is re-serialised: the edits are spliced into the original text, so all
 * that nobody touched leaves byte for byte as it came.
 */
import { assert } from "../base/assert.ts";
import { bytesOf } from "./bytes.ts";
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
import { headerNameOf } from "./header-names.ts";
import { endOfListValue } from "./parameters.ts";
import { fieldNameIs, ParsedRequest, ParsedResponse } from "./parsed-message.ts";
import type { SipMessage } from "./types.ts";
import { spliceSource } from "./via-source.ts";

/**
 * Another message made from one that was parsed; the original stays as it is. `set` and the removals act on what the
 * original holds (and on what an earlier `set` added), not on what `prepend` and `append` put in. What a datagram
 * carried outside the message is left behind.
 */
export class MessageEdit {
  readonly #message: ParsedRequest | ParsedResponse;
  /** Start and end in the original of each splice, by start; `#texts` has what goes there. */
  readonly #splices: number[] = [];
  readonly #texts: string[] = [];

  /** On a request with a source, the topmost Via is written with `received` and `rport` (RFC 3261 §18.2.1, RFC 3581 §4). */
  constructor(message: SipMessage) {
    assert(
      message instanceof ParsedRequest || message instanceof ParsedResponse,
      "only what parseMessage made can be edited",
    );
    this.#message = message;
    if (message.kind === "request") {
      spliceSource(message.topVia, message.source, this.#splices, this.#texts);
    }
  }

  /** Writes another Request-URI; a request only. */
  setRequestUri(text: string): void {
    const message = this.#message;
    assert(message.kind === "request", "only a request has a Request-URI");
    const start = message.start + message.method.length + 1;
    this.#replace(start, start + message.requestUri.text.length, text);
  }

  /** Makes it the topmost of its kind: a new field before the first of that name, at the top when there is none. */
  prepend(id: HeaderId, value: string): void {
    const index = this.#find(id, 0);
    const at = index === -1 ? this.#message.headersStart : fieldStart(this.#message, index);
    this.#insert(at, at, headerLine(headerNameOf(id), value), true);
  }

  /** A new field behind the last of that name, at the end of the header fields when there is none. */
  append(id: HeaderId, value: string): void {
    let last = -1;
    for (let index = this.#find(id, 0); index !== -1; index = this.#find(id, index + 1)) {
      last = index;
    }
    const at = last === -1 ? this.#message.headersEnd : fieldEnd(this.#message, last);
    this.#insert(at, at, headerLine(headerNameOf(id), value), false);
  }

  /** Replaces the value of the first field of that name, or adds the field. Other fields of the name stay. */
  set(id: HeaderId, value: string): void {
    const index = this.#find(id, 0);
    if (index !== -1) {
      assert(!value.includes("\n"), "a header field value is one line");
      const start = valueStart(this.#message, index);
      this.#replace(
        start,
        valueEnd(this.#message, index, start),
        spaced(this.#message, start, value),
      );
      return;
    }
    const line = headerLine(headerNameOf(id), value);
    const added = this.#indexOfAdded(headerNameOf(id));
    if (added === -1) this.#insert(this.#message.headersEnd, this.#message.headersEnd, line, false);
    else this.#texts[added] = line;
  }

  /** Removes the topmost value of a list, with its field when it was the only one. Again removes the next. */
  removeFirstValue(id: HeaderId): void {
    const message = this.#message;
    const index = this.#find(id, 0);
    if (index === -1) return;
    const start = valueStart(message, index);
    const end = valueEnd(message, index, start);
    const earlier = this.#indexOfReplaced(start);
    const from = earlier === -1 ? start : this.#splices[2 * earlier + 1]!;
    const comma = endOfListValue(bytesOf(message.text, from, end), from, end);
    if (comma >= end) this.#removeField(index);
    else this.#replace(start, skipWhiteInText(message.text, comma + 1, end), "");
  }

  /** Removes every field of that name. */
  removeAll(id: HeaderId): void {
    for (let index = this.#find(id, 0); index !== -1; index = this.#find(id, index + 1)) {
      this.#removeField(index);
    }
  }

  /** The same for a name that may have no id, in any letter case. */
  removeByName(name: string): void {
    const id = headerIdOf(name);
    if (id !== Header.Other) {
      this.removeAll(id);
      return;
    }
    const wanted = name.toLowerCase();
    for (let index = 0; index < this.#message.fields.length; index += 1) {
      if (fieldId(this.#message, index) === id && fieldNameIs(this.#message, index, wanted)) {
        this.#removeField(index);
      }
    }
  }

  /** The message as edited so far. */
  text(): string {
    const { text, start, bodyEnd } = this.#message;
    const splices = this.#splices;
    let result = "";
    let cursor = start;
    for (let index = 0; index < this.#texts.length; index += 1) {
      const from = splices[2 * index]!;
      // What lies in something removed is gone with it.
      if (from < cursor) continue;
      result += text.slice(cursor, from) + this.#texts[index]!;
      cursor = splices[2 * index + 1]!;
    }
    return result + text.slice(cursor, bodyEnd);
  }

  /** The next field of that id that was not removed. */
  #find(id: HeaderId, from: number): number {
    let index = findField(this.#message, id, from);
    while (index !== -1 && this.#isRemoved(index)) {
      index = findField(this.#message, id, index + 1);
    }
    return index;
  }

  #isRemoved(index: number): boolean {
    const replaced = this.#indexOfReplaced(fieldStart(this.#message, index));
    return replaced !== -1 && this.#splices[2 * replaced + 1] === fieldEnd(this.#message, index);
  }

  #removeField(index: number): void {
    const start = valueStart(this.#message, index);
    const partial = this.#indexOfReplaced(start);
    if (partial !== -1) this.#drop(partial);
    this.#insert(fieldStart(this.#message, index), fieldEnd(this.#message, index), "", false);
  }

  /** A splice that takes something out and starts there; -1 when there is none. */
  #indexOfReplaced(start: number): number {
    const splices = this.#splices;
    for (let index = 0; index < this.#texts.length; index += 1) {
      if (splices[2 * index] === start && splices[2 * index + 1]! > start) return index;
    }
    return -1;
  }

  #indexOfAdded(name: string): number {
    const at = this.#message.headersEnd;
    for (let index = 0; index < this.#texts.length; index += 1) {
      if (this.#splices[2 * index] === at && this.#texts[index]!.startsWith(`${name}:`))
        return index;
    }
    return -1;
  }

  #replace(start: number, end: number, text: string): void {
    const earlier = this.#indexOfReplaced(start);
    if (earlier !== -1) this.#drop(earlier);
    this.#insert(start, end, text, false);
  }

  /** Keeps the splices in order; `before` puts it in front of those that start at the same place. */
  #insert(start: number, end: number, text: string, before: boolean): void {
    const splices = this.#splices;
    const texts = this.#texts;
    let index = texts.length;
    splices.push(start, end);
    texts.push(text);
    while (index > 0) {
      const other = splices[2 * index - 2]!;
      if (other < start || (other === start && !before)) break;
      splices[2 * index] = other;
      splices[2 * index + 1] = splices[2 * index - 1]!;
      texts[index] = texts[index - 1]!;
      index -= 1;
    }
    splices[2 * index] = start;
    splices[2 * index + 1] = end;
    texts[index] = text;
  }

  #drop(index: number): void {
    this.#splices.splice(2 * index, 2);
    this.#texts.splice(index, 1);
  }
}

function headerLine(name: string, value: string): string {
  assert(!value.includes("\n"), "a header field value is one line");
  return `${name}: ${value}\r\n`;
}

/** A value that is put where none was, right behind the colon, gets its space. */
function spaced(table: FieldTable, start: number, value: string): string {
  return table.text.charCodeAt(start - 1) === 58 ? ` ${value}` : value;
}
