import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import type { DnsType } from "../base/dns.ts";
import { decodeResponse, encodeQuery, typeNumbers } from "./message.ts";
import { readName, writeName } from "./name.ts";

/** A response to `SRV _sip._udp.example.org`, with an answer that points back to the question and one SOA record. */
const RESPONSE = Buffer.from(
  [
    "abcd 8180 0001 0001 0001 0000",
    "04 5f736970 04 5f756470 07 6578616d706c65 03 6f7267 00 0021 0001",
    "c00c 0021 0001 0000012c 000a 000a 0005 13c4 01 61 c016",
    "c016 0006 0001 00000e10 0017 00 00 00000001 00000002 00000003 00000004 0000003c 00",
  ]
    .join(" ")
    .replaceAll(" ", ""),
  "hex",
);

test("a response is read: its question, its answer through pointers, and how long an absence stands", () => {
  assert.deepEqual(decodeResponse(RESPONSE), {
    id: 0xabcd,
    isTruncated: false,
    responseCode: 0,
    question: { type: typeNumbers.SRV, name: "_sip._udp.example.org" },
    answers: [
      {
        name: "_sip._udp.example.org",
        ttlSeconds: 300,
        data: { type: "SRV", priority: 10, weight: 5, port: 5060, target: "a.example.org" },
      },
    ],
    negativeTtlSeconds: 60,
  });
});

test("whatever comes, reading it ends with a response or with nothing, never with an exception", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 600 }), (bytes) => {
      decodeResponse(Buffer.from(bytes));
    }),
    { numRuns: 2_000 },
  );
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat(RESPONSE.length - 1), fc.nat(255)), { maxLength: 6 }),
      fc.nat(RESPONSE.length),
      (changes, length) => {
        const bytes = Buffer.from(RESPONSE);
        for (const [at, byte] of changes) bytes[at] = byte;
        const read = decodeResponse(bytes.subarray(0, length));
        for (const { name } of read?.answers ?? []) assert.ok(name.length <= 255);
      },
    ),
    { numRuns: 5_000 },
  );
});

test("cut off anywhere it is no response", () => {
  for (let length = 0; length < RESPONSE.length; length += 1) {
    assert.equal(decodeResponse(RESPONSE.subarray(0, length)), undefined, `${length} bytes`);
  }
});

test("a query asks for one name of one type, recursively, and reads back as its question (RFC 1035 §4.1)", () => {
  const label = fc.stringMatching(/^[a-z0-9_-]{1,63}$/);
  fc.assert(
    fc.property(
      fc.array(label, { minLength: 1, maxLength: 3 }),
      fc.constantFrom<DnsType>("A", "AAAA", "SRV", "NAPTR"),
      fc.boolean(),
      (labels, type, edns) => {
        const name = labels.join(".");
        const query = encodeQuery(7, { type, name }, { edns });
        assert.ok(query !== undefined);
        assert.equal(query.readUInt16BE(2), 0x0100);
        assert.equal(query.readUInt16BE(10), edns ? 1 : 0);
        const answered = Buffer.from(query);
        answered.writeUInt16BE(0x8180, 2);
        assert.deepEqual(decodeResponse(answered)?.question, { type: typeNumbers[type], name });
      },
    ),
  );
});

test("a pointer leads back, never forward and never in a circle (RFC 1035 §4.1.4)", () => {
  assert.equal(readName(Buffer.from("c000", "hex"), 0), undefined, "to itself");
  assert.equal(readName(Buffer.from("c002c000", "hex"), 0), undefined, "forward");
  assert.equal(readName(Buffer.from("0161c000", "hex"), 2), undefined, "a, and again from there");
  assert.deepEqual(readName(Buffer.from("0161000162c000", "hex"), 3), { name: "b.a", end: 7 });
  assert.equal(readName(Buffer.from("03612e6200", "hex"), 0), undefined, "a dot in a label");
});

test("a name of 255 bytes is one, a longer one is none, and neither is an empty label (RFC 1035 §2.3.4)", () => {
  const longest = [63, 63, 63, 61].map((length) => "a".repeat(length)).join(".");
  assert.equal(writeName(longest)?.length, 255);
  assert.equal(writeName(`${longest}a`), undefined);
  assert.equal(writeName("a..b"), undefined);
  assert.equal(writeName(`${"a".repeat(64)}.b`), undefined);
  assert.deepEqual(writeName(""), Buffer.from([0]));
});
