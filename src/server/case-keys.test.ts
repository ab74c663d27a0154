import assert from "node:assert/strict";
import { test } from "node:test";
import { array, assert as holds, constantFrom, property, tuple } from "fast-check";
import { addressHash, addressKey, textHash } from "./case-keys.ts";

test("one address has one key, however it is written (RFC 3261 §19.1.4)", () => {
  for (const text of [
    "sip:alice@example.org",
    "sips:alice@example.org",
    "alice@example.org",
    "sip:%41lice@EXAMPLE.org:5060;transport=tcp",
    "sip:alice:secret@example.org?Subject=x",
  ]) {
    assert.equal(addressKey(text), "alice@example.org", text);
  }
  assert.equal(addressKey("sip:+1;phone-context=x@example.org"), "+1;phone-context=x@example.org");
  assert.equal(addressKey("sip:example.org:5060"), "example.org");
});

test("the hash is that of the key, without making the key", () => {
  const piece = constantFrom("a", "B", "%41", "%zz", ";", ":", "@", "?", ".", "9", "%");
  const address = tuple(constantFrom("", "sip:", "sips:", "tel:"), array(piece, { maxLength: 12 }))
    .map(([scheme, pieces]) => scheme + pieces.join(""))
    .filter((text) => (text.match(/@/g)?.length ?? 0) < 2);
  holds(
    property(address, (text) => {
      assert.equal(addressHash(text), textHash(addressKey(text)), text);
    }),
  );
});
