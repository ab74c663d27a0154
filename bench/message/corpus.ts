/** What the parser benches read: an INVITE of 600 bytes as phones send it, and a 180 of two hops. */
const sdp = [
  "v=0",
  "o=- 0 0 IN IP4 192.0.2.10",
  "s=-",
  "c=IN IP4 192.0.2.10",
  "t=0 0",
  "m=audio 4000 RTP/AVP 0 8 101",
  "a=rtpmap:0 PCMU/8000",
  "a=sendrecv",
  "",
].join("\r\n");

export const invite = [
  "INVITE sip:bob@example.org SIP/2.0",
  "Via: SIP/2.0/UDP 192.0.2.10:5060;rport;branch=z9hG4bKPj4a7b9c0d1e2f3a4b5c6d7e8f",
  "Max-Forwards: 70",
  'From: "Alice" <sip:alice@example.org>;tag=8f3a2b1c9d',
  "To: <sip:bob@example.org>",
  "Contact: <sip:alice@192.0.2.10:5060;ob>",
  "Call-ID: 7f3a09c1-4b2e-4d8a-9c01-e2b7aa10",
  "CSeq: 4711 INVITE",
  "Allow: INVITE, ACK, BYE, CANCEL, OPTIONS",
  "Supported: replaces, 100rel",
  "User-Agent: Bench/1.0",
  "Content-Type: application/sdp",
  `Content-Length: ${sdp.length}`,
  "",
  sdp,
].join("\r\n");

export const ringing = [
  "SIP/2.0 180 Ringing",
  "Via: SIP/2.0/UDP 198.51.100.1:5060;branch=z9hG4bK0f1e2d3c4b5a69788796a5b4c3d2e1f0",
  "Via: SIP/2.0/UDP 192.0.2.10:5060;rport=5060;received=192.0.2.10;branch=z9hG4bKPj4a7b9c0d1e2f",
  "Record-Route: <sip:198.51.100.1;lr>",
  'From: "Alice" <sip:alice@example.org>;tag=8f3a2b1c9d',
  "To: <sip:bob@example.org>;tag=77aa11bb22",
  "Contact: <sip:bob@192.0.2.20:5060;ob>",
  "Call-ID: 7f3a09c1-4b2e-4d8a-9c01-e2b7aa10",
  "CSeq: 4711 INVITE",
  "Content-Length: 0",
  "",
  "",
].join("\r\n");

/** The number in the middle, of what has been measured several times. */
export function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN;
}
