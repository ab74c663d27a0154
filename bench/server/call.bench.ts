/**
 * What one relayed call costs in our own code: a whole server with a transport that keeps nothing but the last texts,
 * memory stores, and a case store in memory. No socket, no kernel: the rest of a call's cost is theirs.
 * `node bench/server/call.bench.ts [--profile-friendly]`
 */
import { memoryDirectory } from "../../src/directory/index.ts";
import { memoryLocationStore } from "../../src/location/index.ts";
import { parseAor } from "../../src/message/index.ts";
import { checkConfig } from "../../src/config/index.ts";
import {
  createCaseStore,
  createServer,
  NO_NAMES,
  settingsOf,
  systemClock,
  systemRandom,
} from "../../src/server/index.ts";
import type { Flow, TransportEvents, TransportLayer } from "../../src/transport/index.ts";

const ROUNDS = 9;
const CALLS_PER_ROUND = 5_000;
const local = { transport: "udp", address: "127.0.0.1", port: 5060 } as const;

class NoTransport implements TransportLayer {
  events: TransportEvents | undefined;
  /** The latest text towards each port. */
  readonly sent = new Map<number, string>();
  readonly #flows = new Map<number, Flow>();
  /** As a socket does: the text is written out into bytes. */
  readonly #buffer = Buffer.alloc(65_536);

  open(events: TransportEvents): Promise<readonly (typeof local)[]> {
    this.events = events;
    return Promise.resolve([local]);
  }

  flowTo(destination: { readonly port: number }): Flow {
    return this.flow(destination.port);
  }

  flow(port: number): Flow {
    let flow = this.#flows.get(port);
    if (flow === undefined) {
      flow = {
        transport: "udp",
        isReliable: false,
        local,
        remoteAddress: "127.0.0.1",
        remotePort: port,
      };
      this.#flows.set(port, flow);
    }
    return flow;
  }

  flowBeside(_flow: Flow, port: number): Flow {
    return this.flow(port);
  }

  connectionFrom(): undefined {
    return undefined;
  }

  send(flow: Flow, text: string): void {
    this.#buffer.write(text, 0, "latin1");
    this.sent.set(flow.remotePort, text);
  }

  watch(): void {
    // Nothing here fails to arrive.
  }

  localAddressTowards(): typeof local {
    return local;
  }

  counters(): Record<string, number> {
    return {};
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

const CALLER = 15_001;
const CALLEE = 15_002;
const config = checkConfig("bench", {}, { domains: ["bench.test"], auth: "none" });
const transport = new NoTransport();
const directory = memoryDirectory();
const aor = parseAor("sip:bob@bench.test");
if (aor === undefined) throw new Error("an address");
await directory.put([{ kind: "subscriber", aor, credential: undefined }]);
const clock = systemClock();
const keepsCases = !process.argv.includes("--no-cases");
const cases = createCaseStore({ folder: undefined, nowMs: () => clock.nowMs() });
const server = await createServer(settingsOf(config), {
  clock,
  random: systemRandom(),
  transport,
  directory,
  location: memoryLocationStore(),
  resolver: NO_NAMES,
  cases: keepsCases ? cases : { keep: () => undefined },
  tokenSecret: "00112233445566778899aabbccddeeff",
  localAddresses: () => [],
  fault: (where, error) => {
    throw new Error(where, { cause: error });
  },
});

function deliver(port: number, text: string): void {
  transport.events?.datagram(text, transport.flow(port));
}

function header(text: string, name: string): string {
  const at = text.indexOf(`\r\n${name}: `) + name.length + 4;
  return text.slice(at, text.indexOf("\r\n", at));
}

const sdp =
  "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n" +
  "m=audio 40000 RTP/AVP 0 8 101\r\na=rtpmap:101 telephone-event/8000\r\na=sendrecv\r\n";

function request(method: string, uri: string, number: number, extra: string, body: string): string {
  return (
    `${method} ${uri} SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:${CALLER};rport;branch=z9hG4bK${method}${number}x7f3a\r\n` +
    `Max-Forwards: 70\r\nFrom: <sip:alice@bench.test>;tag=a${number}\r\n` +
    `To: <sip:bob@bench.test>${extra === "" ? "" : ";tag=b1"}\r\nCall-ID: c${number}.51c2e7d0@127.0.0.1\r\n` +
    `CSeq: ${method === "BYE" ? 2 : 1} ${method}\r\n${extra}` +
    `Contact: <sip:alice@127.0.0.1:${CALLER}>\r\nUser-Agent: bench\r\n` +
    (body === "" ? "" : "Content-Type: application/sdp\r\n") +
    `Content-Length: ${body.length}\r\n\r\n${body}`
  );
}

/** A response to what the server sent to the callee last, as the callee makes it. */
function answer(forwarded: string, statusLine: string, body: string): string {
  const end = forwarded.indexOf("\r\n\r\n");
  let head = "";
  for (const line of forwarded.slice(0, end).split("\r\n").slice(1)) {
    if (/^(Via|From|Call-ID|CSeq|Record-Route):/.test(line)) head += `${line}\r\n`;
  }
  return (
    `SIP/2.0 ${statusLine}\r\n${head}To: <sip:bob@bench.test>;tag=b1\r\n` +
    `Contact: <sip:bob@127.0.0.1:${CALLEE}>\r\nContent-Length: ${body.length}\r\n\r\n${body}`
  );
}

deliver(
  CALLEE,
  "REGISTER sip:bench.test SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:15002;rport;branch=z9hG4bKr1\r\n" +
    "From: <sip:bob@bench.test>;tag=r\r\nTo: <sip:bob@bench.test>\r\nCall-ID: r1\r\nCSeq: 1 REGISTER\r\n" +
    `Contact: <sip:bob@127.0.0.1:${CALLEE}>\r\nMax-Forwards: 70\r\nContent-Length: 0\r\n\r\n`,
);
await new Promise((resolve) => {
  setTimeout(resolve, 50);
});

let number = 0;
/** Nanoseconds inside the server, and nothing of this file's own work. */
let insideNs = 0n;

function timed(port: number, text: string): void {
  const flow = transport.flow(port);
  const start = process.hrtime.bigint();
  transport.events?.datagram(text, flow);
  insideNs += process.hrtime.bigint() - start;
}

function call(): void {
  number += 1;
  timed(CALLER, request("INVITE", "sip:bob@bench.test", number, "", sdp));
  const invite = transport.sent.get(CALLEE) ?? "";
  timed(CALLEE, answer(invite, "180 Ringing", ""));
  timed(CALLEE, answer(invite, "200 OK", sdp));
  const route = `Route: ${header(invite, "Record-Route")}\r\n`;
  timed(CALLER, request("ACK", `sip:bob@127.0.0.1:${CALLEE}`, number, route, ""));
  timed(CALLER, request("BYE", `sip:bob@127.0.0.1:${CALLEE}`, number, route, ""));
  timed(CALLEE, answer(transport.sent.get(CALLEE) ?? "", "200 OK", ""));
  if (!transport.sent.get(CALLER)?.startsWith("SIP/2.0 200")) throw new Error("no 200 to the BYE");
}

const rounds: number[] = [];
for (let round = 0; round < ROUNDS; round += 1) {
  insideNs = 0n;
  for (let at = 0; at < CALLS_PER_ROUND; at += 1) call();
  rounds.push(Number(insideNs) / CALLS_PER_ROUND / 1000);
  // Timers and the case store get their turn, as they would.
  // oxlint-disable-next-line no-await-in-loop
  await new Promise((resolve) => {
    setTimeout(resolve, 20);
  });
}
const sorted = rounds.toSorted((one, other) => one - other);
process.stdout.write(
  `relayed call, 6 messages in, 7 out: ${sorted[ROUNDS >> 1]?.toFixed(1)} µs in our code` +
    ` (${sorted[0]?.toFixed(1)} to ${sorted.at(-1)?.toFixed(1)}), cases ${keepsCases ? "kept" : "off"}\n`,
);
process.exit(server.counters.faults === 0 ? 0 : 1);
