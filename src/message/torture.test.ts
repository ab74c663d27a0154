/**
 * What RFC 4475 and RFC 5118 ask of a parser, one message of our own for each property. Where the RFCs' original files
 * are at hand they run too, against verdicts written from the RFCs' prose.
 */
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { inviteWith, okWith } from "../../test/support/messages.ts";
import { aorOf } from "./aor.ts";
import { Header } from "./header-ids.ts";
import { isMalformed } from "./malformed.ts";
import { parameterOf } from "./parameters.ts";
import { parseMessage } from "./parse.ts";
import type { SipMessage } from "./types.ts";
import { unescapePercent } from "./uri.ts";

interface Vector {
  readonly name: string;
  readonly clause: string;
  readonly text: string;
  /** The cause of the refusal, or what must be seen in the message. */
  readonly verdict: string | ((message: SipMessage) => void);
}

function utf8(text: string): string {
  return Buffer.from(text).toString("latin1");
}

const accepted = (message: SipMessage): void => assert.ok(message.text.length > 0);

const vectors: readonly Vector[] = [
  {
    name: "every freedom of white space, case, folding and compact forms in one INVITE",
    clause: "RFC 4475 §3.1.1.1",
    text: [
      "INVITE sip:bob@host-1.example.org;what SIP/2.0",
      "tO :\r\n sip:bob@host-1.example.org ;  tag   = 77x",
      'f   : "A \\\\\\"B"      <sip:alice@example.org>\r\n  ;\r\n  tag = 88y',
      "MAX-forwards: 0042",
      "i: one.two@192.0.2.9",
      "content-LENGTH   : 4",
      "CSEQ: 0003\r\n  INVITE",
      "vIA  : SIP  /   2.0\r\n /UDP\r\n    192.0.2.9;branch=old",
      "S :",
      "Strange: ;,;;,",
      "Route:\r\n <sip:r.example.org;lr;a=b;c>",
      "v:  SIP  / 2.0  / TCP     t.example.org   ;\r\n  branch  =   z9hG4bKt  ,\r\n SIP / 2.0/ UDP 192.0.2.8 ; branch=\r\n z9hG4bKu",
      'm:"Q \\"\\"" <sip:alice@x.org> ; p =\r\n      v ;\r\n  flag ; q = 0.5',
      "",
      "body",
    ].join("\r\n"),
    verdict: (message) => {
      const vias = message.vias();
      const contacts = message.nameAddrs(Header.Contact);
      assert.ok(!isMalformed(vias) && !isMalformed(contacts) && message.kind === "request");
      assert.deepEqual(
        vias.map((via) => `${via.transport} ${via.host} ${via.branchId}`),
        ["UDP 192.0.2.9 old", "TCP t.example.org z9hG4bKt", "UDP 192.0.2.8 z9hG4bKu"],
      );
      assert.equal(message.toTag, "77x");
      assert.equal(message.fromTag, "88y");
      assert.equal(message.from.displayName, 'A \\"B');
      assert.equal(message.maxForwards, 42);
      assert.deepEqual(message.cseq, { sequenceNumber: 3, method: "INVITE" });
      assert.equal(message.header(Header.Subject), "");
      assert.equal(message.headerByName("strange"), ";,;;,");
      assert.equal(message.bodyEnd - message.bodyOffset, 4);
      const [contact] = contacts;
      assert.equal(parameterOf(contact?.parameters ?? [], "q"), "0.5");
    },
  },
  {
    name: "a wide range of valid characters",
    clause: "RFC 4475 §3.1.1.2",
    text: inviteWith({
      "": "!odd-Method09_*+`.%x'~ sip:1_u.~(to-be!)&it's+$/x?,/;;*:&w+a=1,!*$~_.(t)@example.org SIP/2.0",
      CSeq: "CSeq: 12 !odd-Method09_*+`.%x'~",
      Via: "Via: SIP/2.0/TCP h.example.org;branch=z9hG4bK-.!%66*_+`'~",
      To: 'To: "BEL:\\\x07 NUL:\\\0 DEL:\\\x7f" <sip:1_u.~(to-be!)@example.org>',
      From: `From: t1~\` t2'+_ t3*%!.- <sip:m@example.org>;p''~+*_!.-%="${utf8("вода")}";tag=_t~1'+\`*%!-.`,
      "Call-ID": `Call-ID: a%Z-!.*_+'@w\`~)(><:\\/"][?}{`,
      "Max-Forwards": "Max-Forwards: 255",
    }),
    verdict: (message) => {
      assert.ok(message.kind === "request");
      assert.equal(message.method, "!odd-Method09_*+`.%x'~");
      assert.equal(message.to.displayName, "BEL:\x07 NUL:\0 DEL:\x7f");
      assert.equal(message.fromTag, "_t~1'+`*%!-.");
      assert.ok(message.requestUri.kind === "sip");
      assert.equal(message.requestUri.password, "&w+a=1,!*$~_.(t)");
    },
  },
  {
    name: "escapes in URIs are decoded once",
    clause: "RFC 4475 §3.1.1.3",
    text: inviteWith({
      "": "INVITE sip:sips%3Au%40a.org@b.org SIP/2.0",
      Contact: "Contact: <sip:c%61l@x.org;%6C%72;n%61me=v%61lue%25%34%31>",
    }),
    verdict: (message) => {
      assert.ok(message.kind === "request" && message.requestUri.kind === "sip");
      assert.equal(unescapePercent(message.requestUri.user ?? ""), "sips:u@a.org");
      assert.equal(message.requestUri.host, "b.org");
      const contacts = message.nameAddrs(Header.Contact);
      assert.ok(!isMalformed(contacts) && contacts[0]?.uri.kind === "sip");
      assert.equal(parameterOf(contacts[0].uri.parameters, "lr"), "");
      assert.equal(parameterOf(contacts[0].uri.parameters, "name"), "value%41");
    },
  },
  {
    name: "an escaped NUL cuts nothing short",
    clause: "RFC 4475 §3.1.1.4",
    text: inviteWith({ To: "To: sip:n-%00-n@example.org" }),
    verdict: (message) => {
      assert.ok(message.to.uri.kind === "sip");
      assert.equal(aorOf(message.to.uri), "sip:n-%00-n@example.org");
    },
  },
  {
    name: "a percent sign outside URIs is no escape",
    clause: "RFC 4475 §3.1.1.5",
    text: inviteWith({
      "": "IN%56ITE sip:b@x.org SIP/2.0",
      CSeq: "CSeq: 7 IN%56ITE",
      Contact: "Contact: <sip:one@x.org>",
      X: "C%6Fntact: <sip:two@x.org>",
      From: 'From: "%Z%45" <sip:a@x.org>;tag=1',
    }),
    verdict: (message) => {
      assert.ok(message.kind === "request");
      assert.equal(message.method, "IN%56ITE");
      assert.deepEqual(message.values(Header.Contact), ["<sip:one@x.org>"]);
      assert.equal(message.headerByName("C%6Fntact"), "<sip:two@x.org>");
      assert.equal(message.from.displayName, "%Z%45");
    },
  },
  {
    name: "no white space between display name and bracket",
    clause: "RFC 4475 §3.1.1.6",
    text: inviteWith({ From: "From: alice<sip:a@x.org>;tag=1" }),
    verdict: (message) => assert.equal(message.from.displayName, "alice"),
  },
  {
    name: "long values and many Vias",
    clause: "RFC 4475 §3.1.1.7",
    text: inviteWith({
      To: `To: "${"long ".repeat(100)}" <sip:${"u".repeat(300)}@x.org:${"0".repeat(100)}5060>;p=${"v".repeat(400)}`,
      Via: Array.from({ length: 40 }, (_, n) => `v: SIP/2.0/TCP s${n}.org;branch=b${n}`).join(
        "\r\n",
      ),
      "Call-ID": `Call-ID: ${"c".repeat(500)}`,
    }),
    verdict: (message) => {
      const vias = message.vias();
      assert.ok(!isMalformed(vias));
      assert.equal(vias.length, 40);
      assert.ok(message.to.uri.kind === "sip");
      assert.equal(message.to.uri.port, 5060);
    },
  },
  {
    name: "octets behind the message in a datagram",
    clause: "RFC 4475 §3.1.1.8",
    text: inviteWith() + inviteWith(),
    verdict: (message) => assert.equal(message.bodyEnd, inviteWith().length),
  },
  {
    name: "semicolons in a user part",
    clause: "RFC 4475 §3.1.1.9",
    text: inviteWith({ "": "INVITE sip:user;par=u%40a.org@b.org SIP/2.0" }),
    verdict: (message) => {
      assert.ok(message.kind === "request" && message.requestUri.kind === "sip");
      assert.equal(message.requestUri.user, "user;par=u%40a.org");
      assert.deepEqual(message.requestUri.parameters, []);
    },
  },
  {
    name: "a transport that nobody knows",
    clause: "RFC 4475 §3.1.1.10",
    text: inviteWith({ Via: "Via: SIP/2.0/UNKNOWN t.org;branch=z9hG4bK1" }),
    verdict: (message) => assert.equal(message.topVia.transport, "UNKNOWN"),
  },
  {
    name: "a multipart body with NULs and bare line feeds",
    clause: "RFC 4475 §3.1.1.11",
    text: inviteWith(
      { "Content-Length": "Content-Length: 20", C: "c: multipart/mixed;boundary=7" },
      "--7\r\n\r\n\0\n\r\n\r\n--7--\r\n",
    ),
    verdict: (message) => assert.equal(message.bodyEnd, message.text.length),
  },
  {
    name: "an unusual reason phrase, and an empty one",
    clause: "RFC 4475 §3.1.1.12, §3.1.1.13",
    text: okWith({ "": `SIP/2.0 200 = 2**3 ${utf8("просто")}` }),
    verdict: (message) => {
      assert.ok(message.kind === "response");
      assert.equal(message.reasonPhrase, `= 2**3 ${utf8("просто")}`);
    },
  },
  {
    name: "separators with nothing between",
    clause: "RFC 4475 §3.1.2.1",
    text: inviteWith({ Via: "Via: SIP/2.0/UDP 192.0.2.15;;,;,," }),
    verdict: "via-malformed",
  },
  {
    name: "a length beyond the datagram",
    clause: "RFC 4475 §3.1.2.2",
    text: inviteWith({ "Content-Length": "l: 9999" }),
    verdict: "content-length-wrong",
  },
  {
    name: "a negative length",
    clause: "RFC 4475 §3.1.2.3",
    text: inviteWith({ "Content-Length": "l: -999" }),
    verdict: "content-length-wrong",
  },
  {
    name: "a sequence number of 20 digits",
    clause: "RFC 4475 §3.1.2.4",
    text: inviteWith({ CSeq: "CSeq: 36893488147419103232 INVITE" }),
    verdict: "cseq-malformed",
  },
  {
    name: "the same in a response",
    clause: "RFC 4475 §3.1.2.5",
    text: okWith({ CSeq: "CSeq: 9292394834772304023312 INVITE" }),
    verdict: "cseq-malformed",
  },
  {
    name: "quotes that never close",
    clause: "RFC 4475 §3.1.2.6",
    text: inviteWith({ To: 'To: "Mr. B <sip:b@x.org>' }),
    verdict: "header-malformed",
  },
  {
    name: "a Request-URI in brackets",
    clause: "RFC 4475 §3.1.2.7",
    text: inviteWith({ "": "INVITE <sip:b@x.org> SIP/2.0" }),
    verdict: "request-uri-malformed",
  },
  {
    name: "white space in a Request-URI",
    clause: "RFC 4475 §3.1.2.8",
    text: inviteWith({ "": "INVITE sip:b@x.org; lr SIP/2.0" }),
    verdict: "request-uri-malformed",
  },
  {
    name: "two spaces in the request line",
    clause: "RFC 4475 §3.1.2.9",
    text: inviteWith({ "": "INVITE  sip:b@x.org  SIP/2.0" }),
    verdict: "request-uri-malformed",
  },
  {
    name: "spaces at its end",
    clause: "RFC 4475 §3.1.2.10",
    text: inviteWith({ "": "INVITE sip:b@x.org SIP/2.0  " }),
    verdict: "start-line-malformed",
  },
  {
    name: "a Request-URI with headers, which is left to the proxy",
    clause: "RFC 4475 §3.1.2.11",
    text: inviteWith({ "": "INVITE sip:b@x.org?Route=%3Csip:y.org%3E SIP/2.0" }),
    verdict: accepted,
  },
  {
    name: "a Date in a zone of its own, which nobody needs",
    clause: "RFC 4475 §3.1.2.12",
    text: inviteWith({ Date: "Date: Fri, 01 Jan 2010 16:00:00 EST" }),
    verdict: accepted,
  },
  {
    name: "spaces inside the brackets",
    clause: "RFC 4475 §3.1.2.14",
    text: inviteWith({ To: 'To: "W, T" < sip:b@x.org >' }),
    verdict: "header-malformed",
  },
  {
    name: "a comma in an unquoted display name",
    clause: "RFC 4475 §3.1.2.15",
    text: inviteWith({ From: "From: Bell, A <sip:a@x.org>;tag=1" }),
    verdict: "header-malformed",
  },
  {
    name: "a version of the future",
    clause: "RFC 4475 §3.1.2.16",
    text: inviteWith({ "": "INVITE sip:b@x.org SIP/7.0", Via: "Via: SIP/7.0/UDP c.org" }),
    verdict: "version-unsupported",
  },
  {
    name: "two methods",
    clause: "RFC 4475 §3.1.2.17",
    text: inviteWith({ CSeq: "CSeq: 8 BYE" }),
    verdict: "cseq-malformed",
  },
  {
    name: "two methods, one unknown",
    clause: "RFC 4475 §3.1.2.18",
    text: inviteWith({ "": "NEWMETHOD sip:b@x.org SIP/2.0" }),
    verdict: "cseq-malformed",
  },
  {
    name: "a status code of ten digits",
    clause: "RFC 4475 §3.1.2.19",
    text: okWith({ "": "SIP/2.0 4294967301 no" }),
    verdict: "start-line-malformed",
  },
  {
    name: "a branch that is the cookie alone, which is left to matching",
    clause: "RFC 4475 §3.2.1",
    text: inviteWith({ Via: "Via: SIP/2.0/UDP x.org;branch=z9hG4bK" }),
    verdict: (message) => assert.equal(message.topVia.branchId, "z9hG4bK"),
  },
  {
    name: "mandatory fields missing",
    clause: "RFC 4475 §3.3.1",
    text: inviteWith({ "Call-ID": undefined, From: undefined, To: undefined }),
    verdict: "header-missing",
  },
  {
    name: "a scheme that nobody knows",
    clause: "RFC 4475 §3.3.2",
    text: inviteWith({ "": "INVITE whoKnows:opaque SIP/2.0" }),
    verdict: (message) =>
      assert.ok(message.kind === "request" && message.requestUri.kind === "other"),
  },
  {
    name: "a known scheme that is not ours",
    clause: "RFC 4475 §3.3.3",
    text: inviteWith({ "": "INVITE soap.beep://192.0.2.3:3002 SIP/2.0" }),
    verdict: accepted,
  },
  {
    name: "unknown schemes in To, From and Contact",
    clause: "RFC 4475 §3.3.4",
    text: inviteWith({
      To: "To: isbn:2983792873",
      From: "From: <http://www.example.org>;tag=1",
      Contact: "Contact: <name:J_S>",
    }),
    verdict: (message) => assert.equal(message.to.uri.kind, "other"),
  },
  {
    name: "single fields that come twice",
    clause: "RFC 4475 §3.3.8",
    text: inviteWith({ C: "CSeq: 59 INVITE", To2: "To: sip:o@x.org" }),
    verdict: "cseq-malformed",
  },
  {
    name: "two lengths",
    clause: "RFC 4475 §3.3.9",
    text: inviteWith({ L: "Content-Length: 5" }),
    verdict: "content-length-wrong",
  },
  {
    name: "a response that came by way of the broadcast address, which is left to the proxy",
    clause: "RFC 4475 §3.3.10",
    text: okWith({
      Via: "Via: SIP/2.0/UDP 192.0.2.9;branch=b\r\nVia: SIP/2.0/UDP 255.255.255.255;branch=c",
    }),
    verdict: accepted,
  },
  {
    name: "no hops left, which is left to the proxy",
    clause: "RFC 4475 §3.3.11",
    text: inviteWith({ "Max-Forwards": "Max-Forwards: 0" }),
    verdict: (message) => assert.ok(message.kind === "request" && message.maxForwards === 0),
  },
  {
    name: "a Contact's parameter outside brackets is the header field's, inside the URI's",
    clause: "RFC 4475 §3.3.12, §3.3.13",
    text: inviteWith({ Contact: "Contact: sip:+1@x.org;out, <sip:+1@x.org;in>" }),
    verdict: (message) => {
      const contacts = message.nameAddrs(Header.Contact);
      assert.ok(!isMalformed(contacts));
      assert.deepEqual(
        contacts.map((contact) => contact.uri.text),
        ["sip:+1@x.org", "sip:+1@x.org;in"],
      );
      assert.deepEqual(
        contacts.map((contact) => contact.parameters.length),
        [1, 0],
      );
    },
  },
  {
    name: "headers in a Contact's URI stay with it",
    clause: "RFC 4475 §3.3.14",
    text: inviteWith({ Contact: "M: <sip:u@x.org?Route=%3Csip:y.org%3E>" }),
    verdict: (message) => {
      const contacts = message.nameAddrs(Header.Contact);
      assert.ok(!isMalformed(contacts) && contacts[0]?.uri.kind === "sip");
      assert.equal(contacts[0].uri.headers, "Route=%3Csip:y.org%3E");
    },
  },
  {
    name: "a request of RFC 2543",
    clause: "RFC 4475 §3.4.1",
    text: inviteWith(
      { Via: "Via: SIP/2.0/UDP x.org", "Max-Forwards": undefined, "Content-Length": undefined },
      "body",
    ),
    verdict: (message) => assert.equal(message.bodyEnd - message.bodyOffset, 4),
  },
  {
    name: "IPv6 references",
    clause: "RFC 5118 §4.1",
    text: inviteWith({
      "": "INVITE sip:[2001:db8::10] SIP/2.0",
      Via: "Via: SIP/2.0/UDP [2001:db8::9:1]:6050;branch=b",
    }),
    verdict: (message) =>
      assert.deepEqual([message.topVia.host, message.topVia.port], ["[2001:db8::9:1]", 6050]),
  },
  {
    name: "an IPv6 address without brackets",
    clause: "RFC 5118 §4.2",
    text: inviteWith({ "": "INVITE sip:2001:db8::10 SIP/2.0" }),
    verdict: "request-uri-malformed",
  },
  {
    name: "a port that is one more group",
    clause: "RFC 5118 §4.3",
    text: inviteWith({ "": "INVITE sip:[2001:db8::10:5070] SIP/2.0" }),
    verdict: (message) =>
      assert.ok(
        message.kind === "request" &&
          message.requestUri.kind === "sip" &&
          message.requestUri.port === undefined,
      ),
  },
  {
    name: "a port behind the brackets",
    clause: "RFC 5118 §4.4",
    text: inviteWith({ "": "INVITE sip:[2001:db8::10]:5070 SIP/2.0" }),
    verdict: (message) =>
      assert.ok(
        message.kind === "request" &&
          message.requestUri.kind === "sip" &&
          message.requestUri.port === 5070,
      ),
  },
  {
    name: "received with brackets",
    clause: "RFC 5118 §4.5",
    text: inviteWith({ Via: "Via: SIP/2.0/UDP [::1];received=[2001:db8::9:255];branch=b" }),
    verdict: (message) => assert.equal(message.topVia.received, "2001:db8::9:255"),
  },
  {
    name: "an IPv4-mapped address",
    clause: "RFC 5118 §4.9",
    text: inviteWith({ Via: "Via: SIP/2.0/UDP [::ffff:192.0.2.10]:19823;branch=b" }),
    verdict: (message) => assert.equal(message.topVia.host, "[::ffff:192.0.2.10]"),
  },
  {
    name: "the third colon of a grammar's slip",
    clause: "RFC 5118 §4.10",
    text: inviteWith({ "": "INVITE sip:u@[2001:db8:::192.0.2.1] SIP/2.0" }),
    verdict: (message) =>
      assert.ok(
        message.kind === "request" &&
          message.requestUri.kind === "sip" &&
          message.requestUri.host === "[2001:db8::192.0.2.1]",
      ),
  },
];

for (const { name, clause, text, verdict } of vectors) {
  test(`${name}: ${typeof verdict === "string" ? verdict : "read"} (${clause})`, () => {
    const result = parseMessage(text);
    if (typeof verdict === "string") {
      assert.ok(isMalformed(result), "it was accepted");
      assert.equal(result.causeId, verdict);
    } else {
      assert.ok(!isMalformed(result), JSON.stringify(result));
      verdict(result);
    }
  });
}

const originals = new URL("../../../shared/torture/", import.meta.url);

for (const rfc of ["rfc4475", "rfc5118"]) {
  test(`the original messages of ${rfc} get the verdicts of its prose`, (t) => {
    const folder = new URL(`${rfc}/`, originals);
    if (!existsSync(folder)) {
      t.diagnostic(
        `not checked: the original messages are not beside the repository (${folder.pathname})`,
      );
      return;
    }
    const { cases } = JSON.parse(readFileSync(new URL("expected.json", folder), "utf8")) as {
      readonly cases: Readonly<Record<string, { readonly parser: "accept" | "reject" | "either" }>>;
    };
    for (const [file, { parser }] of Object.entries(cases)) {
      const result = parseMessage(readFileSync(new URL(file, folder), "latin1"));
      if (parser === "accept")
        assert.ok(!isMalformed(result), `${file}: ${JSON.stringify(result)}`);
      if (parser === "reject") assert.ok(isMalformed(result), file);
    }
  });
}
