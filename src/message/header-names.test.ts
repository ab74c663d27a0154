import assert from "node:assert/strict";
import { test } from "node:test";
import { Header } from "./header-ids.ts";
import { foundColon, foundId, headerIdOf, scanHeaderName } from "./header-lookup.ts";
import { headerNameOf, headerNames, isListHeader } from "./header-names.ts";

/** Written from the RFCs again, not from the table: RFC 3261 §20, 3515, 3841, 3892, 4028, 6665, 8224. */
const compactForms: readonly (readonly [string, string])[] = [
  ["a", "Accept-Contact"],
  ["b", "Referred-By"],
  ["c", "Content-Type"],
  ["d", "Request-Disposition"],
  ["e", "Content-Encoding"],
  ["f", "From"],
  ["i", "Call-ID"],
  ["j", "Reject-Contact"],
  ["k", "Supported"],
  ["l", "Content-Length"],
  ["m", "Contact"],
  ["o", "Event"],
  ["r", "Refer-To"],
  ["s", "Subject"],
  ["t", "To"],
  ["u", "Allow-Events"],
  ["v", "Via"],
  ["x", "Session-Expires"],
  ["y", "Identity"],
];

test("each compact form of the registry leads to its header field, and there are no others (RFC 3261 §7.3.3)", () => {
  for (const [compact, name] of compactForms) {
    assert.equal(headerNameOf(headerIdOf(compact)), name);
    assert.equal(headerIdOf(compact.toUpperCase()), headerIdOf(name));
  }
  const letters = "abcdefghijklmnopqrstuvwxyz".split("");
  const known = letters.filter((letter) => headerIdOf(letter) !== Header.Other);
  assert.deepEqual(
    known,
    compactForms.map(([compact]) => compact),
  );
});

test("each id has one name, found in any letter case (RFC 3261 §7.3.1)", () => {
  assert.deepEqual(
    headerNames.map((facts) => facts.id).toSorted((a, b) => a - b),
    Object.values(Header).filter((id) => id !== Header.Other),
  );
  for (const { id, name } of headerNames) {
    assert.equal(headerIdOf(name), id);
    assert.equal(headerIdOf(name.toUpperCase()), id);
    assert.equal(headerIdOf(name.toLowerCase()), id);
    assert.equal(headerNameOf(id), name);
  }
});

test("a name that begins like a known one, or goes on behind it, is unknown", () => {
  for (const name of [
    "Vi",
    "Vias",
    "Via-",
    "Content",
    "Content-Lengthy",
    "Max_Forwards",
    "n",
    "",
  ]) {
    assert.equal(headerIdOf(name), Header.Other, name);
  }
  assert.equal(headerNameOf(Header.Other), "");
});

test("white space may stand between a name and its colon, and nothing else (RFC 3261 §7.3.1)", () => {
  const found = scanHeaderName(Buffer.from("v \t: x"), 0, 6);
  assert.equal(foundId(found), Header.Via);
  assert.equal(foundColon(found), 3);
  assert.equal(scanHeaderName(Buffer.from("Via x: y"), 0, 8), -1);
  assert.equal(scanHeaderName(Buffer.from(": y"), 0, 3), -1);
  assert.equal(scanHeaderName(Buffer.from("Via"), 0, 3), -1);
  assert.equal(foundId(scanHeaderName(Buffer.from("X-Mine: y"), 0, 9)), Header.Other);
});

test("challenges and credentials hold commas and are no lists (RFC 3261 §7.3.1, RFC 3261 §20.7, §20.28)", () => {
  for (const id of [
    Header.Authorization,
    Header.ProxyAuthorization,
    Header.WwwAuthenticate,
    Header.ProxyAuthenticate,
    Header.Date,
  ]) {
    assert.equal(isListHeader(id), false);
  }
  for (const id of [Header.Via, Header.Route, Header.RecordRoute, Header.Contact, Header.Path]) {
    assert.equal(isListHeader(id), true);
  }
});
