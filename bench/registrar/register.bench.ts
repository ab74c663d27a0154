/**
 * The pure part of a REGISTER that refreshes one binding of one AOR, from parsed request to response text; the store
 * is a variable. `node bench/registrar/register.bench.ts`
 */
import { answerChallenge, Authenticator, credentialOf } from "../../src/auth/index.ts";
import { seededRandom } from "../../src/base/random.ts";
import type { Held } from "../../src/location/index.ts";
import { parseAor, parseMessage } from "../../src/message/index.ts";
import {
  Registration,
  type RegistrarOptions,
  type RegistrationOutput,
} from "../../src/registrar/index.ts";
import { Trace } from "../../src/trace/index.ts";

const ROUNDS = 50_000;
const NOW_MS = 1_700_000_000_000;
const aor = parseAor("sip:alice@example.org");
if (aor === undefined) throw new Error("the address is well-formed");
const credential = credentialOf("alice", "example.org", "secret");
const entry = { kind: "subscriber", aor, credential } as const;
const authenticator = new Authenticator({
  secret: "bench",
  nonceLifetimeMs: 300_000,
  algorithms: ["MD5"],
  random: seededRandom(1),
});
const challenges = authenticator.challenge("example.org", NOW_MS, { stale: false });

function register(nonceCount: number): string {
  const authorization = answerChallenge(challenges, {
    username: "alice",
    password: "secret",
    method: "REGISTER",
    uri: "sip:example.org",
    cnonce: "0a4f113b0a4f113b",
    nonceCount,
  });
  return (
    "REGISTER sip:example.org SIP/2.0\r\n" +
    "Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK776asdhds;rport\r\nMax-Forwards: 70\r\n" +
    "From: <sip:alice@example.org>;tag=456248\r\nTo: <sip:alice@example.org>\r\n" +
    `Call-ID: 843817637684230@998sdasdh09\r\nCSeq: ${nonceCount + 1} REGISTER\r\n` +
    `Contact: <sip:alice@192.0.2.1:5060>\r\nExpires: 3600\r\nAuthorization: ${authorization}\r\n` +
    "Content-Length: 0\r\n\r\n"
  );
}

// Every datagram is another one, as on the wire: a nonce count is good once.
const datagrams = Array.from({ length: ROUNDS }, (_, at) =>
  Buffer.from(register(at + 1), "latin1"),
);
const source = { address: "192.0.2.1", port: 5060 };

for (const auth of ["none", authenticator] as const) {
  const options: RegistrarOptions = {
    auth,
    defaultExpiresSeconds: 3600,
    minExpiresSeconds: 60,
    maxExpiresSeconds: 7200,
    bindingsPerAor: 10,
  };
  microseconds(parse);
  const parseUs = microseconds(parse);
  let held: Held = { version: 0, bindings: [], lapsed: [] };
  const out: RegistrationOutput[] = [];
  const wholeUs = microseconds((text) => {
    const request = parse(text);
    const trace = new Trace(NOW_MS);
    const machine = new Registration(options, {
      request,
      domain: "example.org",
      toTag: "a1b2c3d4",
      source: "udp:192.0.2.1:5060",
      trace,
    });
    machine.start(NOW_MS, out);
    machine.found(entry, NOW_MS, out);
    machine.held(held, NOW_MS, out);
    const replace = out.at(-1);
    if (replace?.kind !== "replace") throw new Error("the binding is written");
    held = { version: replace.version + 1, bindings: replace.bindings, lapsed: [] };
    machine.replaced({ kind: "written", version: held.version }, NOW_MS, out);
    const respond = out.at(-1);
    if (respond?.kind !== "respond" || respond.statusCode !== 200) throw new Error("it is a 200");
    out.length = 0;
  });
  const name = auth === "none" ? "auth none" : "auth digest (MD5)";
  console.log(`${name}: ${(wholeUs - parseUs).toFixed(2)} µs, parse ${parseUs.toFixed(2)} µs`);
}

function parse(text: string): Extract<ReturnType<typeof parseMessage>, { kind: "request" }> {
  const request = parseMessage(text, source);
  if (request.kind !== "request") throw new Error("the request is well-formed");
  return request;
}

/** CPU time of the last four fifths: the first warm up. */
function microseconds(each: (text: string) => unknown): number {
  const warm = ROUNDS / 5;
  let start = process.cpuUsage();
  for (let at = 0; at < ROUNDS; at += 1) {
    if (at === warm) start = process.cpuUsage();
    each(datagrams[at]?.toString("latin1") ?? "");
  }
  const { user, system } = process.cpuUsage(start);
  return (user + system) / (ROUNDS - warm);
}
