import assert from "node:assert/strict";
import { test } from "node:test";
import { lastFault } from "./fault.ts";
import { parseUri } from "./uri.ts";

function sip(text: string) {
  const uri = parseUri(text);
  assert.ok(uri?.kind === "sip", text);
  return uri;
}

test("a SIP URI comes apart into its components (RFC 3261 §19.1.1)", () => {
  const uri = sip("sip:alice:secret@Atlanta.example:5070;transport=tcp;LR?subject=a%20b&to=x");
  assert.equal(uri.scheme, "sip");
  assert.equal(uri.user, "alice");
  assert.equal(uri.password, "secret");
  assert.equal(uri.host, "Atlanta.example");
  assert.equal(uri.port, 5070);
  assert.deepEqual(uri.parameters, [
    { name: "transport", value: "tcp" },
    { name: "lr", value: undefined },
  ]);
  assert.equal(uri.headers, "subject=a%20b&to=x");
});

test("components that are not there are undefined, not empty", () => {
  const uri = sip("SIPS:example.org");
  assert.equal(uri.scheme, "sips");
  assert.equal(uri.user, undefined);
  assert.equal(uri.password, undefined);
  assert.equal(uri.port, undefined);
  assert.equal(uri.headers, undefined);
  assert.deepEqual(uri.parameters, []);
  assert.equal(sip("sip:a:@example.org").password, "");
});

test("the user part may hold what elsewhere separates: ; ? / , & = + $ (RFC 3261 §25.1)", () => {
  const uri = sip("sip:a;b=c?d/e,f&g+$@example.org;x=1");
  assert.equal(uri.user, "a;b=c?d/e,f&g+$");
  assert.equal(uri.host, "example.org");
  assert.deepEqual(uri.parameters, [{ name: "x", value: "1" }]);
});

test("escapes of parameters are decoded once, names too (RFC 4475 §3.1.1.3)", () => {
  assert.deepEqual(sip("sip:h.example;%6C%72;n%61me=v%61lue%25%34%31").parameters, [
    { name: "lr", value: undefined },
    { name: "name", value: "value%41" },
  ]);
});

test("the user keeps its escapes, an escaped NUL among them (RFC 4475 §3.1.1.4, RFC 3261 §19.1.2)", () => {
  assert.equal(sip("sip:null-%00-null@example.org").user, "null-%00-null");
});

test("IPv6 references are read with what follows them (RFC 5118 §4.1 to §4.4)", () => {
  assert.equal(sip("sip:[2001:db8::10]").host, "[2001:db8::10]");
  const withPort = sip("sip:a@[2001:db8::10]:5070;maddr=[::1]");
  assert.equal(withPort.host, "[2001:db8::10]");
  assert.equal(withPort.port, 5070);
  assert.deepEqual(withPort.parameters, [{ name: "maddr", value: "[::1]" }]);
  assert.equal(sip("sip:[2001:db8::10:5070]").port, undefined);
  assert.equal(sip("sip:[::ffff:192.0.2.1]").host, "[::ffff:192.0.2.1]");
  assert.equal(sip("sip:[1:2:3:4:5:6:7:8]").host, "[1:2:3:4:5:6:7:8]");
});

test("the third colon of RFC 3261's grammar is read, and not passed on (RFC 5118 §4.10)", () => {
  assert.equal(sip("sip:a@[2001:db8:::192.0.2.1]").host, "[2001:db8::192.0.2.1]");
  assert.equal(parseUri("sip:a@[2001:db8:::1]"), undefined);
});

test("a host may be a name, an address, and end in a dot", () => {
  for (const host of [
    "example.org",
    "example.org.",
    "localhost",
    "192.0.2.1",
    "9c01e2b7",
    "a_b.c",
  ]) {
    assert.equal(sip(`sip:u@${host}`).host, host);
  }
});

const malformedUris: readonly (readonly [text: string, offset: number])[] = [
  ["", 0],
  ["sip:", 4],
  ["sip:@example.org", 4],
  ["sip::pw@example.org", 4],
  ["sip:a@", 6],
  ["sip:a@b@c", 7],
  ["sip:a b@example.org", 5],
  ["sip:example.org:", 16],
  ["sip:example.org:65536", 16],
  ["sip:example.org:50x", 18],
  ["sip:a@192.0.2", 6],
  ["sip:a@192.0.2.256", 6],
  ["sip:a@1.2.3.4.5", 6],
  ["sip:a@.example", 6],
  ["sip:a@x..y", 6],
  ["sip:2001:db8::10", 4],
  ["sip:[2001:db8::10", 4],
  ["sip:[2001:db8::1::2]", 4],
  ["sip:[1:2:3:4:5:6:7]", 4],
  ["sip:[1:2:3:4:5:6:7:8:9]", 4],
  ["sip:[12345::]", 4],
  ["sip:[:1:2:3:4:5:6:7:8]", 4],
  ["sip:[::192.0.2]", 4],
  ["sip:a%4@example.org", 5],
  ["sip:a%zz@example.org", 5],
  ["sip:a@example.org;", 18],
  ["sip:a@example.org;x=", 20],
  ["sip:a@example.org; lr", 18],
  ["sip:a@example.org?", 18],
  ["sip:a@example.org?x", 19],
  ["sip:a@example.org?x=1&", 22],
  ["sip:a@example.org>", 17],
  ["<sip:a@example.org>", 0],
  ["example.org", 11],
  ["tel:", 4],
  ["tel:+", 4],
  ["tel:+1x", 6],
  ["1a:b", 0],
  ["mailto:", 7],
  ["mailto:a b", 8],
];

test("what is no URI is undefined, and the fault is noted at its first wrong character (RFC 3261 §19.1.1, §19.1.2)", () => {
  for (const [text, offset] of malformedUris) {
    assert.equal(parseUri(text), undefined, text);
    assert.equal(lastFault.offset, offset, `${text}: ${lastFault.expected}`);
  }
});

test("tel URIs keep their separators and parameters (RFC 3966 §3)", () => {
  const global = parseUri("tel:+1-201-555-0123;ext=99");
  assert.ok(global?.kind === "tel");
  assert.equal(global.number, "+1-201-555-0123");
  assert.deepEqual(global.parameters, [{ name: "ext", value: "99" }]);
  const local = parseUri("TEL:*21#;phone-context=example.org");
  assert.ok(local?.kind === "tel");
  assert.equal(local.number, "*21#");
});

test("schemes that we do not know are read and named (RFC 4475 §3.3.2 to §3.3.4)", () => {
  for (const [text, scheme] of [
    ["nobodyKnowsThisScheme:totallyopaquecontent", "nobodyknowsthisscheme"],
    ["soap.beep://192.0.2.103:3002", "soap.beep"],
    ["isbn:2983792873", "isbn"],
    ["sipx:alice@example.org", "sipx"],
    ["urn:service:sos", "urn"],
  ] as const) {
    const uri = parseUri(text);
    assert.ok(uri?.kind === "other", text);
    assert.equal(uri.scheme, scheme);
    assert.equal(uri.text, text);
  }
});

test("a character that is no byte is no part of a URI, whatever its low byte", () => {
  assert.equal(parseUri("sip:\u0161lice@example.org"), undefined);
  assert.equal(parseUri("sip:\u00e9@example.org"), undefined);
});
