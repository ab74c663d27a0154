import assert from "node:assert/strict";
import { test } from "node:test";
import { inviteWith, okWith } from "../../test/support/messages.ts";
import { DEFAULT_FRAMER_LIMITS, malformedFraming } from "./framing.ts";
import { StreamFramer, type FramerOutput } from "./stream-framer.ts";

function frames(text: string, chunkBytes: number, limits = DEFAULT_FRAMER_LIMITS): FramerOutput[] {
  const bytes = Buffer.from(text, "latin1");
  const framer = new StreamFramer(limits);
  const out: FramerOutput[] = [];
  for (let at = 0; at < bytes.length; at += chunkBytes) {
    out.push(...framer.push(bytes.subarray(at, at + chunkBytes)));
  }
  return out;
}

/** Whole, byte by byte, and in threes: the same comes out. */
function reads(text: string, ...wanted: readonly string[]): void {
  for (const chunkBytes of [text.length, 1, 3]) {
    const got = frames(text, chunkBytes).map((output) => {
      if (output.kind === "message") return output.text;
      return output.kind === "unframable" ? `unframable ${output.malformed.causeId}` : output.kind;
    });
    assert.deepEqual(got, wanted, `in chunks of ${chunkBytes}`);
  }
}

const withBody = inviteWith({ "Content-Length": "l : 0005" }, "a\r\n\r\n");

test("messages are cut by Content-Length, whatever their bodies hold (RFC 3261 §18.3)", () => {
  reads(withBody + okWith() + withBody, withBody, okWith(), withBody);
});

test("bytes survive", () => {
  const binary = inviteWith({ "Content-Length": "Content-Length: 4" }, "\0\xff\x80\n");
  reads(binary, binary);
});

test("CRLF CRLF between messages is a ping, one CRLF a pong (RFC 5626 §4.4.1)", () => {
  reads(
    `\r\n\r\n${okWith()}\r\n${withBody}\r\n\r\n\r\n\r\n${okWith()}`,
    "ping",
    okWith(),
    "pong",
    withBody,
    "ping",
    "ping",
    okWith(),
  );
});

test("a CRLF waits until it is known whether it is half a ping", () => {
  const framer = new StreamFramer(DEFAULT_FRAMER_LIMITS);
  assert.deepEqual(framer.push(Buffer.from("\r\n")), []);
  assert.deepEqual(framer.push(Buffer.from("\r\n")), [{ kind: "ping" }]);
});

test("the beginning of a message is held back, and only that", () => {
  const framer = new StreamFramer(DEFAULT_FRAMER_LIMITS);
  const bytes = Buffer.from(okWith() + withBody, "latin1");
  assert.equal(framer.push(bytes.subarray(0, okWith().length + 10)).length, 1);
  assert.equal(framer.pendingBytes, 10);
  assert.equal(framer.push(bytes.subarray(okWith().length + 10)).length, 1);
  assert.equal(framer.pendingBytes, 0);
});

test("without one good Content-Length nothing can be framed any more (RFC 3261 §20.14, RFC 4475 §3.1.2.3)", () => {
  const cases: readonly (readonly [string | undefined, string])[] = [
    [undefined, "header-missing"],
    ["Content-Length: -1", "content-length-wrong"],
    ["Content-Length:", "content-length-wrong"],
    ["Content-Length: 1x", "content-length-wrong"],
    ["Content-Length: 0\r\nl: 5", "content-length-wrong"],
    ["Content-Length: 70000", "message-too-large"],
    ["Content-Length: 99999999999999999999", "content-length-wrong"],
  ];
  for (const [line, causeId] of cases) {
    const text = inviteWith({ "Content-Length": line });
    reads(okWith() + text + okWith(), okWith(), `unframable ${causeId}`);
    const found = malformedFraming(text);
    assert.equal(found.causeId, causeId);
    assert.ok(found.answerable !== undefined, causeId);
  }
});

test("what is unframable comes with its header fields, so that it can be answered", () => {
  const text = inviteWith({ "Content-Length": undefined });
  const [output] = frames(`${text}body`, 1000);
  assert.ok(output?.kind === "unframable");
  assert.equal(output.text, text);
  assert.equal(output.malformed.answerable?.method, "INVITE");
});

test("after an unframable message the rest of the stream is not read", () => {
  const framer = new StreamFramer(DEFAULT_FRAMER_LIMITS);
  assert.equal(framer.push(Buffer.from("junk\r\n\r\n")).length, 1);
  assert.deepEqual(framer.push(Buffer.from(okWith())), []);
  assert.equal(framer.pendingBytes, 0);
});

test("a header block is read up to its limit and not beyond, complete or not", () => {
  const text = okWith();
  const limits = { headerSizeBytes: text.length, messageSizeBytes: 65_535 };
  assert.equal(frames(text, 7, limits)[0]?.kind, "message");
  const narrow = { ...limits, headerSizeBytes: text.length - 1 };
  for (const endless of [text, "x".repeat(text.length)]) {
    for (const chunkBytes of [1, 7, 10_000]) {
      const [output] = frames(endless, chunkBytes, narrow);
      assert.ok(output?.kind === "unframable");
      assert.equal(output.malformed.causeId, "message-too-large");
      assert.ok(output.text.length <= text.length);
    }
  }
});

test("a message is read up to its limit and not beyond", () => {
  const limits = { headerSizeBytes: 1000, messageSizeBytes: withBody.length };
  assert.equal(frames(withBody, 7, limits)[0]?.kind, "message");
  const [output] = frames(withBody, 7, { ...limits, messageSizeBytes: withBody.length - 1 });
  assert.ok(output?.kind === "unframable");
  assert.deepEqual(output.malformed.cause.evidence, {
    sizeBytes: withBody.length,
    limitBytes: withBody.length - 1,
  });
});

test("a message of 64 KB in single bytes is one message", () => {
  const size = 65_000;
  const text = inviteWith({ "Content-Length": `l: ${size}` }, "\n".repeat(size));
  assert.deepEqual(frames(text, 1), [{ kind: "message", text }]);
});
