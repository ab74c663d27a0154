import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { inviteWith, okWith } from "../../test/support/messages.ts";
import { DEFAULT_FRAMER_LIMITS } from "./framing.ts";
import { Header } from "./header-ids.ts";
import { headerIdOf } from "./header-lookup.ts";
import { isListHeader } from "./header-names.ts";
import { isMalformed } from "./malformed.ts";
import { MessageEdit } from "./message-edit.ts";
import { parseNameAddr } from "./name-addr.ts";
import { parseMessage } from "./parse.ts";
import { StreamFramer } from "./stream-framer.ts";
import { parseUri } from "./uri.ts";
import { sameUri } from "./uri-compare.ts";
import { parseVia } from "./via.ts";

/** Reads header fields slowly and obviously: unfold everything, split lines, split at the first colon. */
function slowFields(text: string): [name: string, value: string][] {
  const [head = ""] = text.split("\r\n\r\n");
  const unfolded = head.replaceAll(/[ \t]*\r\n[ \t]+/g, " ");
  return unfolded
    .split("\r\n")
    .slice(1)
    .map((line) => {
      const colon = line.indexOf(":");
      return [line.slice(0, colon).trim(), line.slice(colon + 1).trim()];
    });
}

/** Splits at commas outside quotes and brackets, one character after another. */
function slowList(value: string): string[] {
  const parts = [""];
  let quoted = false;
  let escaped = false;
  let bracketed = false;
  for (const character of value) {
    if (character === "," && !quoted && !bracketed) {
      parts.push("");
      continue;
    }
    parts[parts.length - 1] += character;
    if (quoted) {
      if (escaped) escaped = false;
      else if (character === "\\") escaped = true;
      else if (character === '"') quoted = false;
    } else if (character === '"') quoted = true;
    else if (character === "<") bracketed = true;
    else if (character === ">") bracketed = false;
  }
  return parts.map((part) => part.trim()).filter((part) => part !== "");
}

const fieldName = fc.constantFrom(
  "Route",
  "RECORD-route",
  "m",
  "Supported",
  "k",
  "Subject",
  "s",
  "X-Other",
  "Authorization",
  "u",
  "Warning",
);
/** No lone quote: what an unclosed one swallows is for neither reader to say. */
const word = fc.constantFrom(
  "a",
  "<sip:b@x.org>",
  '"c, d"',
  '"e \\" f"',
  ",",
  ";g=h",
  "<i,j>",
  ":",
  "ü",
);
const gap = fc.constantFrom("", " ", "\t ", "\r\n ", " \r\n\t ");
const value = fc
  .array(fc.tuple(gap, word), { maxLength: 6 })
  .map((parts) => Buffer.from(parts.flat().join("")).toString("latin1"));
const fields = fc.array(fc.tuple(fieldName, fc.constantFrom("", " ", "\t"), value), {
  maxLength: 8,
});

function withFields(extra: readonly (readonly [string, string, string])[]): string {
  return inviteWith({
    X: ["X: y", ...extra.map((parts) => `${parts[0]}${parts[1]}:${parts[2]}`)].join("\r\n"),
  });
}

test("the views of header fields agree with a slow and obvious reader", () => {
  fc.assert(
    fc.property(fields, (extra) => {
      const text = withFields(extra);
      const parsed = parseMessage(text);
      assert.ok(!isMalformed(parsed), JSON.stringify(parsed));
      const slow = slowFields(text);
      for (const name of [
        "Route",
        "Record-Route",
        "Contact",
        "Supported",
        "Subject",
        "Authorization",
        "Allow-Events",
        "Warning",
        "X-Other",
        "X",
      ]) {
        const id = headerIdOf(name);
        const wanted = slow.filter(([other]) =>
          id === Header.Other
            ? other.toLowerCase() === name.toLowerCase()
            : headerIdOf(other) === id,
        );
        assert.equal(parsed.headerByName(name), wanted[0]?.[1], name);
        if (id === Header.Other) continue;
        const values = wanted.flatMap(([, whole]) =>
          isListHeader(id) ? slowList(whole) : [whole],
        );
        assert.deepEqual(parsed.values(id), values, name);
      }
    }),
    { numRuns: 500 },
  );
});

test("an edit that edits nothing gives the same text", () => {
  fc.assert(
    fc.property(fields, (extra) => {
      const text = withFields(extra);
      const parsed = parseMessage(text);
      assert.ok(!isMalformed(parsed));
      assert.equal(new MessageEdit(parsed).text(), text);
    }),
  );
});

test("after any edits the message parses, and the topmost Via is the last one prepended", () => {
  const step = fc.constantFrom("prepend", "set", "removeFirst", "removeAll", "append", "uri");
  fc.assert(
    fc.property(fields, fc.array(step, { maxLength: 8 }), (extra, steps) => {
      const parsed = parseMessage(withFields(extra), { address: "203.0.113.7", port: 9 });
      assert.ok(!isMalformed(parsed));
      const edit = new MessageEdit(parsed);
      for (const name of steps) {
        if (name === "prepend") edit.prepend(Header.RecordRoute, "<sip:me.org;lr>");
        else if (name === "set") edit.set(Header.MaxForwards, "69");
        else if (name === "removeFirst") edit.removeFirstValue(Header.Route);
        else if (name === "removeAll") edit.removeAll(Header.Supported);
        else if (name === "append") edit.append(Header.Path, "<sip:p.org>");
        else edit.setRequestUri("sip:other@x.org");
      }
      edit.prepend(Header.Via, "SIP/2.0/UDP me.org;branch=mine");
      const edited = parseMessage(edit.text());
      assert.ok(!isMalformed(edited), edit.text());
      assert.equal(edited.topVia.branchId, "mine");
      const routes = parsed.values(Header.Route);
      const removed = steps.filter((name) => name === "removeFirst").length;
      if (extra.every(([, , text]) => !text.includes(",,"))) {
        assert.ok(edited.values(Header.Route).length >= routes.length - removed);
      }
      const own = steps.filter((name) => name === "prepend").length;
      assert.equal(
        edited.values(Header.RecordRoute).filter((text) => text === "<sip:me.org;lr>").length,
        own,
      );
    }),
    { numRuns: 300 },
  );
});

const latin1 = fc
  .uint8Array({ maxLength: 300 })
  .map((bytes) => Buffer.from(bytes).toString("latin1"));
/** Near misses: a good message with something cut out and something put in. */
const damaged = fc
  .tuple(
    fc.constantFrom(inviteWith(), okWith(), inviteWith({ m: 'm: "a" <sip:b>;q=1' })),
    fc.nat(),
    fc.nat(20),
    latin1,
  )
  .map(([text, at, size, junk]) => {
    const start = at % text.length;
    return text.slice(0, start) + junk.slice(0, 20) + text.slice(start + size);
  });
const syntaxJunk = fc
  .array(
    fc.constantFrom(
      "sip:",
      "sips:",
      "tel:+1",
      "a",
      "@",
      "[",
      "::",
      "]",
      ":",
      ";",
      "=",
      "?",
      "&",
      "%",
      "%41",
      '"',
      "<",
      ">",
      ",",
      "\\",
      " ",
      "\r\n ",
      "1.2.3.4",
      "SIP/2.0/UDP ",
      "*",
    ),
    { maxLength: 14 },
  )
  .map((parts) => parts.join(""));

test("nothing that comes makes a parser throw", () => {
  fc.assert(
    fc.property(fc.oneof(latin1, damaged, syntaxJunk, fc.string()), (text) => {
      const parsed = parseMessage(text, { address: "203.0.113.7", port: 9 });
      if (isMalformed(parsed)) {
        assert.ok(parsed.offset >= 0 && parsed.offset <= text.length);
      } else {
        void parsed.from.parameters;
        void parsed.to.uri;
        void parsed.vias();
        void parsed.nameAddrs(Header.Contact);
        void parsed.values(Header.Contact);
        void parsed.integer(Header.MaxForwards);
        void new MessageEdit(parsed).text();
      }
      void parseUri(text);
      void parseNameAddr(text);
      void parseVia(text);
    }),
    { numRuns: 2000 },
  );
});

test("a URI that was read is read again from its own text, and equals itself", () => {
  fc.assert(
    fc.property(syntaxJunk, (text) => {
      const uri = parseUri(text) ?? parseNameAddr(text)?.uri;
      if (uri === undefined) return;
      const again = parseUri(uri.text);
      assert.ok(again !== undefined && sameUri(uri, again));
    }),
    { numRuns: 2000 },
  );
});

test("a framer puts out the same for any chunking, and never throws", () => {
  const piece = fc.oneof(
    fc.constantFrom(
      inviteWith(),
      okWith(),
      "\r\n",
      "\r\n\r\n",
      inviteWith({ "Content-Length": "l:3" }, "\r\n\r"),
    ),
    fc.constantFrom(inviteWith({ "Content-Length": undefined }), "junk\n\n"),
  );
  fc.assert(
    fc.property(
      fc.array(piece, { maxLength: 6 }),
      fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1, maxLength: 20 }),
      (pieces, sizes) => {
        const bytes = Buffer.from(pieces.join(""), "latin1");
        const whole = new StreamFramer(DEFAULT_FRAMER_LIMITS).push(bytes);
        const framer = new StreamFramer(DEFAULT_FRAMER_LIMITS);
        const cut = [];
        for (let at = 0, turn = 0; at < bytes.length; turn += 1) {
          const size = sizes[turn % sizes.length] ?? 1;
          cut.push(...framer.push(bytes.subarray(at, at + size)));
          at += size;
        }
        assert.deepEqual(cut, whole);
      },
    ),
    { numRuns: 500 },
  );
});
