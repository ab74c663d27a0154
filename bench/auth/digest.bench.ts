/** What checking one request's credentials costs, per algorithm. `node bench/auth/digest.bench.ts` */
import { answerChallenge, Authenticator, credentialOf } from "../../src/auth/index.ts";
import { digestAlgorithms } from "../../src/base/credential.ts";
import { seededRandom } from "../../src/base/random.ts";
import { parseMessage } from "../../src/message/index.ts";

const ROUNDS = 50_000;
const REALM = "example.org";
const NOW_MS = 1_700_000_000_000;
const account = { credential: credentialOf("alice", REALM, "secret") };

for (const algorithm of digestAlgorithms) {
  const server = new Authenticator({
    secret: "bench",
    nonceLifetimeMs: 300_000,
    algorithms: [algorithm],
    random: seededRandom(1),
  });
  const challenges = server.challenge(REALM, NOW_MS, { stale: false });
  const authorization = answerChallenge(challenges, {
    username: "alice",
    password: "secret",
    method: "REGISTER",
    uri: "sip:example.org",
    cnonce: "0a4f113b0a4f113b",
  });
  const text =
    "REGISTER sip:example.org SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1\r\n" +
    "From: <sip:alice@example.org>;tag=1\r\nTo: <sip:alice@example.org>\r\nCall-ID: c\r\n" +
    `CSeq: 1 REGISTER\r\nAuthorization: ${authorization}\r\n\r\n`;
  const verify = (rounds: number): number => {
    let accepted = 0;
    for (let round = 0; round < rounds; round += 1) {
      // Parsed anew: a message caches what was read of it. The parse alone is measured below and taken off.
      const request = parseMessage(text);
      if (request.kind !== "request") throw new Error("the request is well-formed");
      const claim = server.identify(request, REALM, 401);
      if (claim.kind === "refused") throw new Error(claim.cause.id);
      const verdict = server.verify(claim, account, NOW_MS, { countNonce: false });
      if (verdict.kind === "accepted") accepted += 1;
    }
    if (accepted !== rounds) throw new Error("every one is accepted");
    return accepted;
  };
  const parseOnly = (rounds: number): void => {
    for (let round = 0; round < rounds; round += 1) parseMessage(text);
  };
  const challenge = (rounds: number): void => {
    for (let round = 0; round < rounds; round += 1)
      server.challenge(REALM, NOW_MS, { stale: false });
  };
  const parseUs = microseconds(parseOnly);
  const line = `${algorithm}: identify + verify ${(microseconds(verify) - parseUs).toFixed(2)} µs`;
  console.log(`${line}, challenge ${microseconds(challenge).toFixed(2)} µs`);
}

/** CPU time, so that what else the machine does counts little. */
function microseconds(run: (rounds: number) => unknown): number {
  run(ROUNDS / 5);
  const start = process.cpuUsage();
  run(ROUNDS);
  const { user, system } = process.cpuUsage(start);
  return (user + system) / ROUNDS;
}
