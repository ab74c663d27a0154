import assert from "node:assert/strict";
import { test } from "node:test";
import { buildAnswer, buildOffer, parseAudio } from "./sdp.ts";

const ours = { address: "192.0.2.7", port: 40_000, sessionId: "42" };

function offerOf(...lines: string[]): ReturnType<typeof parseAudio> {
  return parseAudio(["v=0", "o=- 1 1 IN IP4 192.0.2.1", "s=-", ...lines, ""].join("\r\n"));
}

test("an offer reads back as what was offered", () => {
  assert.deepEqual(parseAudio(buildOffer(ours)), {
    address: "192.0.2.7",
    port: 40_000,
    codecs: [
      { payloadType: 0, name: "PCMU" },
      { payloadType: 8, name: "PCMA" },
    ],
    direction: "sendrecv",
  });
});

test("an answer keeps what both know, in the order of the offer (RFC 3264 §6)", () => {
  const offer = offerOf(
    "c=IN IP4 192.0.2.1",
    "t=0 0",
    "m=audio 5004 RTP/AVP 111 8 0",
    "a=rtpmap:111 opus/48000/2",
    "a=sendonly",
  );
  assert.ok(offer);
  assert.equal(offer.codecs[0]?.name, "OPUS");
  const answer = parseAudio(buildAnswer(offer, ours));
  assert.deepEqual(
    answer?.codecs.map((codec) => codec.name),
    ["PCMA", "PCMU"],
  );
  assert.equal(answer?.direction, "recvonly");
  assert.equal(answer?.port, 40_000);
});

test("without a common codec the stream is refused with port 0 (RFC 3264 §6)", () => {
  const offer = offerOf("c=IN IP4 192.0.2.1", "t=0 0", "m=audio 5004 RTP/AVP 18");
  assert.ok(offer);
  const answer = parseAudio(buildAnswer(offer, ours));
  assert.equal(answer?.port, 0);
  assert.deepEqual(answer?.codecs, [{ payloadType: 18, name: "G729" }]);
});

test("the connection of the stream wins over that of the session (RFC 8866 §5.7)", () => {
  const offer = offerOf(
    "c=IN IP4 192.0.2.1",
    "t=0 0",
    "m=video 6000 RTP/AVP 31",
    "c=IN IP4 192.0.2.2",
    "m=audio 5004 RTP/AVP 0",
    "c=IN IP6 2001:db8::3",
  );
  assert.equal(offer?.address, "2001:db8::3");
});

test("no audio, no connection, or nonsense gives nothing", () => {
  assert.equal(offerOf("c=IN IP4 192.0.2.1", "m=video 6000 RTP/AVP 31"), undefined);
  assert.equal(offerOf("t=0 0", "m=audio 5004 RTP/AVP 0"), undefined);
  assert.equal(offerOf("c=IN IP4 192.0.2.1", "m=audio x RTP/AVP 0"), undefined);
  assert.equal(parseAudio("hello"), undefined);
});
