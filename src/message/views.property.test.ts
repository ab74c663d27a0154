import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { inviteWith, okWith } from "../../test/support/messages.ts";
import { Header } from "./header-ids.ts";
import { isMalformed } from "./malformed.ts";
import { MessageEdit } from "./message-edit.ts";
import { parseMessage } from "./parse.ts";
import type { SipMessage } from "./types.ts";

// Values are put together from parts that are known, so what a view must say is known without reading it.

/** White space wherever the grammar has LWS. */
const gap = fc.constantFrom("", "", " ", "\t", "\r\n ", " \r\n\t");

const parameter = fc
  .tuple(
    fc.constantFrom("p", "Q", "lr", "expires", "x-y"),
    fc.option(
      fc.oneof(
        fc.constantFrom("1", "a.b", "%41", "[2001:db8::1]"),
        fc.constantFrom('"a;b"', '"c, d"', '"e \\" f"', '"<g>"'),
      ),
    ),
    gap,
    gap,
  )
  .map(([name, value, before, around]) => ({
    text: `${before};${before}${name}${value === null ? "" : `${around}=${around}${value}`}`,
    seen: { name: name.toLowerCase(), value: value ?? undefined },
  }));

/** No name twice: the first would count. */
const parameters = fc.uniqueArray(parameter, { maxLength: 3, selector: ({ seen }) => seen.name });

const display = fc.constantFrom(
  { text: "", seen: undefined },
  { text: '"Bob" ', seen: "Bob" },
  { text: '"a, b; <c>" ', seen: "a, b; <c>" },
  { text: '"say \\"hi\\"" ', seen: 'say "hi"' },
  { text: "Bob ", seen: "Bob" },
  { text: "Bob B. ", seen: "Bob B." },
);
const uri = fc.constantFrom(
  "sip:b@x.org",
  "sips:b;c=d@x.org:5061;transport=tcp",
  "sip:[2001:db8::1]:5070;lr",
  "tel:+1-201-555-0123;ext=1",
  "sip:a,b@x.org?Subject=c%2Cd",
);

const nameAddr = fc
  .tuple(gap, display, uri, parameters, gap)
  .map(([before, name, address, list, after]) => ({
    text: `${before}${name.text}<${address}>${list.map(({ text }) => text).join("")}${after}`,
    seen: {
      displayName: name.seen,
      uri: address,
      parameters: list.map(({ seen }) => seen),
    },
  }));

const via = fc
  .record({
    gap,
    transport: fc.constantFrom("UDP", "tcp", "TLS-SCTP"),
    host: fc.constantFrom("192.0.2.1", "a.example.org", "[2001:db8::1]"),
    port: fc.option(fc.integer({ min: 1, max: 65_535 })),
    branch: fc.option(fc.constantFrom("z9hG4bKa", "1", "z9hG4bK-524287-1---d")),
    rport: fc.constantFrom(undefined, 0, 5_070),
  })
  .map(({ gap: white, transport, host, port, branch, rport }) => ({
    text: [
      `SIP${white}/${white}2.0${white}/${white}${transport} ${host}`,
      port === null ? "" : `${white}:${white}${port}`,
      branch === null ? "" : `${white};${white}branch${white}=${white}${branch}`,
      rport === undefined ? "" : `;rport${rport === 0 ? "" : `=${rport}`}`,
    ].join(""),
    seen: {
      transport: transport.toUpperCase(),
      host,
      port: port ?? undefined,
      branchId: branch ?? undefined,
      rport,
    },
  }));

/** In one header field or in several, short or long. */
function inFields(
  names: readonly [string, string],
  values: readonly string[],
  cut: number,
): string {
  const at = cut % (values.length + 1);
  return [values.slice(0, at), values.slice(at)]
    .filter((part) => part.length > 0)
    .map((part, index) => `${names[index % 2]}: ${part.join(",")}`)
    .join("\r\n");
}

function read(text: string): SipMessage {
  const parsed = parseMessage(text);
  assert.ok(!isMalformed(parsed), `${JSON.stringify(parsed)}\n${text}`);
  return parsed;
}

test("the view of name-addrs says what they were made of, in whatever fields (RFC 3261 §20.10, §7.3.1)", () => {
  fc.assert(
    fc.property(fc.array(nameAddr, { minLength: 1, maxLength: 4 }), fc.nat(9), (list, cut) => {
      const values = list.map(({ text }) => text);
      const contact = inFields(["m", "CONTACT"], values, cut);
      const views = read(inviteWith({ Contact: contact })).nameAddrs(Header.Contact);
      assert.ok(!isMalformed(views), JSON.stringify(views));
      assert.deepEqual(
        views.map(({ displayName, uri: { text }, parameters: given }) => ({
          displayName,
          uri: text,
          parameters: given.map(({ name, value }) => ({ name, value })),
        })),
        list.map(({ seen }) => seen),
      );
    }),
    { numRuns: 500 },
  );
});

test("From and To say the same as when they stand in a list (RFC 3261 §20.20, §20.39)", () => {
  fc.assert(
    fc.property(nameAddr, nameAddr, (from, to) => {
      const parsed = read(inviteWith({ From: `f:${from.text};tag=1`, To: `To :${to.text};tag=2` }));
      assert.deepEqual([parsed.fromTag, parsed.toTag], ["1", "2"]);
      for (const [view, { seen }] of [
        [parsed.from, from],
        [parsed.to, to],
      ] as const) {
        assert.deepEqual([view.displayName, view.uri.text], [seen.displayName, seen.uri]);
      }
    }),
    { numRuns: 300 },
  );
});

test("the view of Vias says what they were made of, and so does the topmost (RFC 3261 §20.42)", () => {
  fc.assert(
    fc.property(fc.array(via, { minLength: 1, maxLength: 4 }), fc.nat(9), (list, cut) => {
      const values = list.map(({ text }) => text);
      const parsed = read(okWith({ Via: inFields(["Via", "v"], values, cut) }));
      const views = parsed.vias();
      assert.ok(!isMalformed(views), JSON.stringify(views));
      const shown = [parsed.topVia, ...views].map(({ transport, host, port, branchId, rport }) => ({
        transport,
        host,
        port,
        branchId,
        rport,
      }));
      assert.deepEqual(shown, [list[0]?.seen, ...list.map(({ seen }) => seen)]);
    }),
    { numRuns: 500 },
  );
});

const line = fc
  .tuple(
    fc.constantFrom("X-Any", "Subject", "Route", "k", "Warning", "Record-Route", "VIA"),
    fc.constantFrom(":", ": ", " :\t", ":\r\n "),
    fc.uint8Array({ maxLength: 12 }).map((bytes) => bytes.filter((byte) => byte > 31)),
  )
  .map(([name, colon, bytes]) => {
    const value =
      name === "VIA" ? "SIP/2.0/TCP c.org;branch=2" : Buffer.from(bytes).toString("latin1");
    return `${name}${colon}x${value}`.replace("xSIP", "SIP");
  });

/** Any fields, spacing and bytes, a body of any bytes. */
const anyMessage = fc
  .tuple(fc.boolean(), fc.array(line, { maxLength: 6 }), fc.uint8Array({ maxLength: 40 }))
  .map(([isRequest, lines, body]) => {
    const make = isRequest ? inviteWith : okWith;
    const fields = lines.length === 0 ? {} : { X: lines.join("\r\n") };
    const length = `Content-Length: ${body.length}`;
    return make({ ...fields, "Content-Length": length }, Buffer.from(body).toString("latin1"));
  });

test("bytes in, bytes out: an untouched message is written as it was read, byte for byte", () => {
  fc.assert(
    fc.property(anyMessage, (text) => {
      const bytes = Buffer.from(text, "latin1");
      const parsed = parseMessage(bytes.toString("latin1"));
      if (isMalformed(parsed)) return;
      assert.ok(Buffer.from(new MessageEdit(parsed).text(), "latin1").equals(bytes));
      assert.equal(parsed.text, text);
    }),
    { numRuns: 1_000 },
  );
});

test("what a proxy puts on top comes off again, and the rest is as it was (RFC 3261 §16.6 step 8, §16.7 step 3)", () => {
  fc.assert(
    fc.property(anyMessage, (text) => {
      const parsed = parseMessage(text);
      if (isMalformed(parsed)) return;
      const out = new MessageEdit(parsed);
      out.prepend(Header.Via, "SIP/2.0/UDP 192.0.2.100:5060;branch=z9hG4bKours");
      const forwarded = read(out.text());
      assert.equal(forwarded.topVia.branchId, "z9hG4bKours");
      const back = new MessageEdit(forwarded);
      back.removeFirstValue(Header.Via);
      assert.equal(back.text(), text);
    }),
    { numRuns: 1_000 },
  );
});
