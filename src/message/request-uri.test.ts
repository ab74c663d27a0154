import assert from "node:assert/strict";
import { test } from "node:test";
import { uriOf } from "../../test/support/proxy.ts";
import { asRequestUri, withoutAddressing } from "./request-uri.ts";

const cleaned = (text: string): string => asRequestUri(uriOf(text)).text;

test("headers and the method parameter are not allowed in a Request-URI and go (RFC 3261 §16.6 step 2)", () => {
  assert.equal(cleaned("sip:bob@192.0.2.1?Subject=lunch&Priority=urgent"), "sip:bob@192.0.2.1");
  assert.equal(cleaned("sip:bob@192.0.2.1;method=BYE"), "sip:bob@192.0.2.1");
  assert.equal(
    cleaned("sip:bob@192.0.2.1:5070;ob;Method=BYE;transport=tcp?Route=%3Csip:evil%3E"),
    "sip:bob@192.0.2.1:5070;ob;transport=tcp",
  );
  assert.equal(cleaned("sip:192.0.2.1;%6dethod=BYE;lr"), "sip:192.0.2.1;lr");
});

test("what stays in a Request-URI stays byte for byte, escapes included", () => {
  assert.equal(
    cleaned("sip:bob;day=tue?x@[2001:db8::1]:5070;a=%3Bb;METHOD=x;c=%20d"),
    "sip:bob;day=tue?x@[2001:db8::1]:5070;a=%3Bb;c=%20d",
  );
});

test("a URI with nothing to take out is the same object: the usual case costs nothing", () => {
  for (const text of [
    "sip:bob@192.0.2.1",
    "sip:bob@192.0.2.1;transport=tcp",
    "sips:bob@example.net",
    "tel:+49-30-1234",
    "im:bob@example.org",
  ]) {
    const uri = uriOf(text);
    assert.equal(asRequestUri(uri), uri);
  }
});

test("a maddr that led here goes with its port and transport, the rest stays (RFC 3261 §16.4)", () => {
  const uri = uriOf(
    "sip:bob:pw@example.org:5070;transport=tcp;x=%3B;maddr=192.0.2.100;y?Subject=z",
  );
  assert.ok(uri.kind === "sip");
  assert.equal(withoutAddressing(uri).text, "sip:bob:pw@example.org;x=%3B;y");
});
