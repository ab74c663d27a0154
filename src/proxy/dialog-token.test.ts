import assert from "node:assert/strict";
import { test } from "node:test";
import { sipHashKey } from "../base/siphash.ts";
import { dialogTokenOf, localTagOf } from "./dialog-token.ts";
import { requestOf } from "../../test/support/proxy.ts";

const key = sipHashKey("00112233445566778899aabbccddeeff");
const otherKey = sipHashKey("00112233445566778899aabbccddeefe");

test("a dialog token is of its Call-ID and of our key, and of nothing else", () => {
  assert.match(dialogTokenOf("call-1", key), /^[0-9a-f]{16}$/);
  assert.equal(dialogTokenOf("call-1", key), dialogTokenOf("call-1", key));
  assert.notEqual(dialogTokenOf("call-1", key), dialogTokenOf("call-2", key));
  assert.notEqual(dialogTokenOf("call-1", key), dialogTokenOf("call-1", otherKey));
});

test("our To tag is the same each time for one request, its CANCEL and its ACK (RFC 3261 §8.2.7, §9.2)", () => {
  const tag = localTagOf(requestOf({}), key);
  assert.equal(localTagOf(requestOf({ method: "CANCEL" }), key), tag);
  assert.equal(localTagOf(requestOf({ method: "ACK", toTag: tag }), key), tag);
  assert.notEqual(localTagOf(requestOf({ cseq: 2 }), key), tag);
  assert.notEqual(localTagOf(requestOf({ callId: "call-2" }), key), tag);
});

test("what a stranger learns from our To tag makes no dialog token", () => {
  assert.notEqual(localTagOf(requestOf({}), key), dialogTokenOf("call-1", key));
  const crafted = requestOf({ callId: "x" });
  assert.notEqual(localTagOf(crafted, key), dialogTokenOf("x|f1|1", key));
});
