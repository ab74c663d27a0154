import assert from "node:assert/strict";
import { test } from "node:test";
import { lastFault } from "./fault.ts";
import { parseNameAddr } from "./name-addr.ts";
import { hasParameter, parameterOf } from "./parameters.ts";

function read(text: string) {
  const address = parseNameAddr(text);
  assert.ok(address !== undefined, `${text}: ${lastFault.expected} at ${lastFault.offset}`);
  return address;
}

test("in angle brackets, parameters inside are the URI's and those outside the header field's (RFC 3261 §20.10)", () => {
  const address = read('"Bob" <sip:bob@example.org;lr>;q=0.5;tag=x');
  assert.equal(address.displayName, "Bob");
  assert.equal(address.uri.text, "sip:bob@example.org;lr");
  assert.deepEqual(address.parameters, [
    { name: "q", value: "0.5" },
    { name: "tag", value: "x" },
  ]);
});

test("without angle brackets every parameter is the header field's (RFC 3261 §20.10)", () => {
  const address = read("sip:bob@example.org;tag=x");
  assert.equal(address.displayName, undefined);
  assert.equal(address.uri.text, "sip:bob@example.org");
  assert.deepEqual(address.parameters, [{ name: "tag", value: "x" }]);
});

test("without angle brackets a question mark or a comma is a fault (RFC 3261 §20.10, RFC 4475 §3.1.2.13, RFC 3261 §20.20)", () => {
  assert.equal(parseNameAddr("sip:bob@example.org?Route=%3Csip:x.org%3E"), undefined);
  assert.equal(parseNameAddr("sip:bob@example.org,sip:b@x.org"), undefined);
});

test("display names are quoted or words, with white space or none before the bracket (RFC 4475 §3.1.1.6)", () => {
  assert.equal(read("caller<sip:a@x.org>").displayName, "caller");
  assert.equal(read("A. G. Bell   <sip:a@x.org>").displayName, "A. G. Bell");
  assert.equal(read("<sip:a@x.org>").displayName, undefined);
  assert.equal(read('""<sip:a@x.org>').displayName, "");
  assert.equal(read("two\r\n words <sip:a@x.org>").displayName, "two words");
});

test("quoted pairs are undone in a display name, %-escapes are none there (RFC 4475 §3.1.1.1, §3.1.1.5)", () => {
  assert.equal(read('"J \\\\\\"" <sip:a@x.org>').displayName, 'J \\"');
  assert.equal(read('"a, <b>; c" <sip:a@x.org>').displayName, "a, <b>; c");
  assert.equal(read('"%Z%45" <sip:a@x.org>').displayName, "%Z%45");
  assert.equal(read('"NUL:\\\0" <sip:a@x.org>').displayName, "NUL:\0");
});

test("UTF-8 stays as its bytes", () => {
  const bytes = Buffer.from("Jürgen").toString("latin1");
  assert.equal(read(`"${bytes}" <sip:a@x.org>`).displayName, bytes);
  assert.equal(read(`${bytes} <sip:a@x.org>`).displayName, bytes);
});

test("white space may stand around every separator", () => {
  const address = read(" <sip:a@x.org> ; Tag \r\n = \t x ;\r\n flag ");
  assert.deepEqual(address.parameters, [
    { name: "tag", value: "x" },
    { name: "flag", value: undefined },
  ]);
});

test("parameters are asked for by name: quotes go, a flag is empty, what is not there is undefined, of two the first counts (RFC 3261 §7.3.1)", () => {
  const { parameters } = read('<sip:a@x.org>;+sip.instance="<urn:uuid:1>";ob;a="\\"b";a=2');
  assert.equal(parameterOf(parameters, "+sip.instance"), "<urn:uuid:1>");
  assert.equal(parameterOf(parameters, "ob"), "");
  assert.equal(parameterOf(parameters, "a"), '"b');
  assert.equal(parameterOf(parameters, "none"), undefined);
  assert.equal(hasParameter(parameters, "ob"), true);
  assert.equal(hasParameter(parameters, "none"), false);
});

const malformedAddresses: readonly (readonly [text: string, offset: number])[] = [
  ["", 0],
  ['"open <sip:a@x.org>', 0],
  ['"name" sip:a@x.org', 7],
  ["<sip:a@x.org", 0],
  ["< sip:a@x.org>", 1],
  ["Bell, A <sip:a@x.org>", 4],
  ["<sip:a@x.org>;", 14],
  ["<sip:a@x.org>;;", 14],
  ["<sip:a@x.org>;a=", 16],
  ['<sip:a@x.org>;a="b', 16],
  ["<sip:a@x.org>;tag", 17],
  ["<sip:a@x.org> junk", 14],
  ["<sip:a@x.org>, <sip:b@x.org>", 13],
  ["sip:user;par=u@x.org", 14],
];

test("a fault is noted at its first wrong character", () => {
  for (const [text, offset] of malformedAddresses) {
    assert.equal(parseNameAddr(text), undefined, text);
    assert.equal(lastFault.offset, offset, `${text}: ${lastFault.expected}`);
  }
});
