import assert from "node:assert/strict";
import { test } from "node:test";
import { readImport } from "./import.ts";
import { parseTypedAddress } from "./typed-address.ts";

/** The rows as `aor password`, and the problems as `line: text`. */
function reads(text: string, rows: readonly string[], problems: readonly RegExp[] = []): void {
  const read = readImport(text);
  assert.deepEqual(
    read.rows.map(({ aor, password }) => `${aor} ${password}`),
    rows,
  );
  assert.equal(read.problems.length, problems.length, JSON.stringify(read.problems));
  for (const [at, pattern] of problems.entries()) {
    assert.match(`${read.problems[at]?.line}: ${read.problems[at]?.text}`, pattern);
  }
}

test("a line is an address and a password, with sip: or without", () => {
  reads("alice@example.org,secret\nsip:bob@Example.ORG,geheim\n", [
    "sip:alice@example.org secret",
    "sip:bob@example.org geheim",
  ]);
});

test("a header row is not needed, and not taken for a user", () => {
  reads("aor,password\nalice@example.org,p", ["sip:alice@example.org p"]);
  reads("AOR,Password\r\nalice@example.org,p\r\n", ["sip:alice@example.org p"]);
  reads("a@example.org,password", ["sip:a@example.org password"]);
  reads("a@example.org,x\naor,password", ["sip:a@example.org x"], [/^2: "aor" is not/]);
});

test("line ends, a byte order mark and empty lines do not matter", () => {
  reads("\ufeff\r\nalice@example.org,p \r\n\n  \nbob@example.org, q", [
    "sip:alice@example.org p ",
    "sip:bob@example.org  q",
  ]);
});

test("quotes hold commas, and doubled quotes", () => {
  reads('"a,b@example.org","p,""q"""\n"c@example.org",\'\n', [
    'sip:a,b@example.org p,"q"',
    "sip:c@example.org '",
  ]);
});

test("escapes and other scripts name the same user (RFC 3261 §19.1.4)", () => {
  reads("j%C3%BCrg@example.org,ü", ["sip:j%C3%BCrg@example.org ü"]);
  reads("jürg@example.org,p", ["sip:j%C3%BCrg@example.org p"]);
  reads("%61lice@example.org,p", ["sip:alice@example.org p"]);
});

test("every bad row is named with its line, and the good ones are still read", () => {
  reads(
    [
      "alice@example.org,p",
      "alice,p",
      "bob@example.org",
      "carol@example.org,a,b",
      "dan@example.org,",
      '"eve@example.org,p',
      '"f@example.org"x,p',
      'g"h@example.org,p',
      `${"x".repeat(600)}@example.org,p`,
      `h@example.org,${"p".repeat(257)}`,
      "i@example.org,a\tb",
      "alice@EXAMPLE.org,q",
      "zoe@example.org,p",
    ].join("\n"),
    ["sip:alice@example.org p", "sip:zoe@example.org p"],
    [
      /^2: "alice" is not user@domain/,
      /^3: one field/,
      /^4: 3 fields/,
      /^5: dan@example.org: no password/,
      /^6: a quote that does not end/,
      /^7: something between/,
      /^8: a quote inside/,
      /^9: "xxx.*…" is not user@domain/,
      /^10: h@example.org: a password of 257 chars/,
      /^11: i@example.org: the password has a control character/,
      /^12: alice@EXAMPLE.org stands on line 1 already/,
    ],
  );
});

test("no problem shows a password", () => {
  const { problems } = readImport('alice,s3cret\nbob@example.org,s3cret,x\n"c@example.org"s3cret');
  assert.equal(problems.length, 3);
  for (const { text } of problems) assert.ok(!text.includes("s3cret"), text);
});

test("what is no address at all stays none, however it is typed", () => {
  for (const text of [
    "",
    "@",
    "a b@example.org",
    "alice@",
    "\ud800@example.org",
    "tel:+49",
    "a@b@c",
  ]) {
    assert.equal(parseTypedAddress(text), undefined, text);
  }
});
