import { globSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { inviteWith, message, okWith } from "../support/messages.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

const OFFER = [
  "v=0",
  "o=- 1 1 IN IP4 192.0.2.10",
  "s=-",
  "c=IN IP4 192.0.2.10",
  "t=0 0",
  "m=audio 40000 RTP/AVP 0 8 101",
  "a=rtpmap:0 PCMU/8000",
  "a=rtpmap:101 telephone-event/8000",
  "a=sendrecv",
  "",
].join("\r\n");

/** Fields that the examples have little of, for the mutations to take apart. */
const rich = [
  inviteWith(
    {
      "": "INVITE sips:bob%40home;x=y:pw@[2001:db8::1]:5061;transport=tcp;lr?Subject=a&Priority=b SIP/2.0",
      Via: "v: SIP / 2.0 / TCP [2001:db8::9]:5060 ;branch=z9hG4bKq;rport;received=192.0.2.9,\r\n SIP/2.0/UDP a.example.org;branch=z9hG4bKr;ttl=16;maddr=224.2.0.1",
      From: 'f: "A \\"x\\", B" <sip:a@example.org;user=phone>;tag=1;p="q;r"',
      To: "t: sip:b@example.org;tag=2",
      Contact: "m: <sip:a@192.0.2.10;transport=tcp>;q=0.5;expires=60, <tel:+1-201-555-0123;ext=1>",
      Route: "Route: <sip:192.0.2.100;lr>, <sip:p.example.net;lr>",
      "Record-Route": 'Record-Route: "R, S" <sip:r.example.net;lr;dt=ab>',
      Authorization:
        'Authorization: Digest username="a", realm="example.org", nonce="n", uri="sip:b", response="0123456789abcdef0123456789abcdef", algorithm=SHA-256, qop=auth, nc=00000001, cnonce="c", opaque="\\"o"',
      Require: "Require: path, 100rel",
      "Session-Expires": "x: 1800;refresher=uac",
      "Content-Type": "c: application/sdp",
      "Content-Length": `l: ${OFFER.length}`,
    },
    OFFER,
  ),
  inviteWith({ "Content-Length": `Content-Length: ${OFFER.length}` }, OFFER),
  okWith({
    "WWW-Authenticate":
      'WWW-Authenticate: Digest realm="example.org", nonce="n", algorithm=MD5, qop="auth,auth-int", stale=TRUE, domain="sip:a sip:b"',
    "Retry-After": "Retry-After: 18000 (in a meeting);duration=3600",
    Warning: "Warning: 307 isi.edu \"Session parameter 'foo' not understood\"",
    Reason: 'Reason: SIP;cause=487;text="a, b", Q.850;cause=16',
  }),
  message([
    "REGISTER sip:example.org SIP/2.0",
    "Via: SIP/2.0/UDP 192.0.2.7:5060;rport;branch=z9hG4bKreg",
    "Max-Forwards: 70",
    "From: <sip:bob@example.org>;tag=fr",
    "To: <sip:bob@example.org>",
    "Call-ID: reg@192.0.2.7",
    "CSeq: 3 REGISTER",
    'Contact: <sip:bob@192.0.2.7;ob>;expires=120;+sip.instance="<urn:uuid:0>";reg-id=1, *',
    "Expires: 300",
    "Path: <sip:edge.example.net;lr;ob>",
    "Supported: path, outbound, gruu",
    "Content-Length: 0",
  ]),
];

/** Well-formed messages, one character a byte: what mutations start from. All are in this repository. */
export function vectors(): string[] {
  const files = globSync(
    ["content/codes/*/example.sip", "content/causes/*/example.sip", "test/vectors/**/*.sip"],
    { cwd: root },
  );
  const examples = files.toSorted().map((file) => readFileSync(`${root}/${file}`, "latin1"));
  return [inviteWith(), okWith(), ...rich, ...examples];
}
