import assert from "node:assert/strict";
import { test } from "node:test";
import { parseAor } from "../message/index.ts";
import { aorOfUsername, isOwnerOf, usernameOf } from "./owner.ts";

const owns = (username: string, aor: string): boolean => {
  const parsed = parseAor(aor);
  assert.ok(parsed !== undefined, aor);
  return isOwnerOf(username, "example.org", parsed);
};

test("a username owns the address of its name at the realm (RFC 3261 §10.3 step 4)", () => {
  assert.ok(owns("alice", "sip:alice@example.org"));
  assert.ok(owns("alice", "sips:alice@EXAMPLE.org"));
  assert.ok(!owns("alice", "sip:bob@example.org"));
  assert.ok(!owns("alice", "sip:alice@example.com"));
});

test("the whole address is a username too; the domain's case does not matter", () => {
  assert.ok(owns("alice@example.org", "sip:alice@example.org"));
  assert.ok(owns("alice@Example.ORG", "sip:alice@example.org"));
  assert.ok(!owns("alice@example.com", "sip:alice@example.org"));
  assert.equal(
    aorOfUsername("@example.org", "example.org"),
    parseAor("sip:%40example.org@example.org"),
  );
});

test("the case of a user part matters (RFC 3261 §19.1.4)", () => {
  assert.ok(!owns("Alice", "sip:alice@example.org"));
});

test("a name that needs escapes in a URI is the same name", () => {
  const wire = Buffer.from("jürg müller", "utf8").toString("latin1");
  assert.ok(owns(wire, "sip:j%C3%BCrg%20m%c3%bcller@example.org"));
  assert.ok(owns("+41;ext=7", "sip:+41;ext=7@example.org"));
  assert.ok(!owns("alice:secret", "sip:alice:secret@example.org"), "a colon starts a password");
});

test("no name is nobody's", () => {
  assert.equal(aorOfUsername("", "example.org"), undefined);
});

test("the username of an address is its user part without escapes, and leads back to it", () => {
  for (const [text, username] of [
    ["sip:alice@example.org", "alice"],
    ["sip:j%C3%BCrg%20m@example.org", "jürg m"],
    ["sip:100%25@example.org", "100%"],
  ] as const) {
    const aor = parseAor(text);
    assert.ok(aor !== undefined);
    assert.equal(usernameOf(aor), username);
    const wire = Buffer.from(username, "utf8").toString("latin1");
    assert.equal(aorOfUsername(wire, "example.org"), aor);
  }
});
