/**
 * A whole server in this process, with a transport that keeps nothing but the last texts: what is measured is our own
 * code, without a socket and without the kernel.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checkConfig } from "../../src/config/index.ts";
import { lmdbDirectory, memoryDirectory, type Directory } from "../../src/directory/index.ts";
import { lmdbLocationStore, memoryLocationStore } from "../../src/location/index.ts";
import { parseAor } from "../../src/message/index.ts";
import {
  createCaseStore,
  createServer,
  NO_NAMES,
  settingsOf,
  systemClock,
  systemRandom,
  type SipServer,
} from "../../src/server/index.ts";
import type { Flow, TransportEvents, TransportLayer } from "../../src/transport/index.ts";

export const CALLER = 15_001;
export const CALLEE = 15_002;
export const DOMAIN = "bench.test";

const local = { transport: "udp", address: "127.0.0.1", port: 5060 } as const;

export class NoTransport implements TransportLayer {
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

export interface InProcess {
  readonly server: SipServer;
  readonly transport: NoTransport;
  /** Hands a datagram to the server. */
  readonly deliver: (port: number, text: string) => void;
  /** The same, and its time is counted. */
  readonly timed: (port: number, text: string) => void;
  /** Nanoseconds inside the server since the last time asked, and nothing of the bench's own work. */
  readonly takeInsideNs: () => number;
  readonly close: () => Promise<void>;
}

/** `durable`: directory and location in LMDB, cases in files, all in a temporary folder. */
export async function openInProcess(options: {
  readonly users: readonly string[];
  readonly durable: boolean;
  readonly keepsCases: boolean;
}): Promise<InProcess> {
  const { users, durable, keepsCases } = options;
  const folder = durable ? mkdtempSync(join(tmpdir(), "bench-")) : undefined;
  const transport = new NoTransport();
  const directory = folder === undefined ? memoryDirectory() : lmdbDirectory({ folder });
  await putUsers(directory, users);
  const location = folder === undefined ? memoryLocationStore() : lmdbLocationStore({ folder });
  const clock = systemClock();
  const cases = createCaseStore({ folder, nowMs: () => clock.nowMs() });
  const config = checkConfig("bench", {}, { domains: [DOMAIN], auth: "none" });
  const server = await createServer(settingsOf(config), {
    clock,
    random: systemRandom(),
    transport,
    directory,
    location,
    resolver: NO_NAMES,
    cases: keepsCases ? cases : { keep: () => undefined },
    tokenSecret: "00112233445566778899aabbccddeeff",
    localAddresses: () => [],
    fault: (where, error) => {
      throw new Error(where, { cause: error });
    },
  });
  let insideNs = 0n;
  const deliver = (port: number, text: string): void => {
    transport.events?.datagram(text, transport.flow(port));
  };
  return {
    server,
    transport,
    deliver,
    timed: (port, text) => {
      const start = process.hrtime.bigint();
      deliver(port, text);
      insideNs += process.hrtime.bigint() - start;
    },
    takeInsideNs: () => {
      const taken = Number(insideNs);
      insideNs = 0n;
      return taken;
    },
    close: async () => {
      await location.close();
      await directory.close();
      await cases.close();
      if (folder !== undefined) rmSync(folder, { recursive: true });
    },
  };
}

async function putUsers(directory: Directory, users: readonly string[]): Promise<void> {
  await directory.put(
    users.map((user) => {
      const aor = parseAor(`sip:${user}@${DOMAIN}`);
      if (aor === undefined) throw new Error(`${user} is no user part`);
      return { kind: "subscriber", aor, credential: undefined };
    }),
  );
}

/** Rounds of `count` runs of `once`, with a pause between them for timers and files. @returns µs each, sorted */
export async function rounds(
  server: InProcess,
  options: { readonly rounds: number; readonly count: number },
  once: () => void,
): Promise<number[]> {
  const each: number[] = [];
  for (let round = 0; round < options.rounds; round += 1) {
    server.takeInsideNs();
    for (let at = 0; at < options.count; at += 1) once();
    each.push(server.takeInsideNs() / options.count / 1000);
    // oxlint-disable-next-line no-await-in-loop
    await new Promise((resolve) => {
      setTimeout(resolve, 20);
    });
  }
  return each.toSorted((one, other) => one - other);
}

/** The middle one, and the ends. */
export function spread(sorted: readonly number[]): string {
  const [middle = 0, first = 0, last = 0] = [sorted[sorted.length >> 1], sorted[0], sorted.at(-1)];
  return `${middle.toFixed(1)} µs in our code (${first.toFixed(1)} to ${last.toFixed(1)})`;
}

export function header(text: string, name: string): string {
  const at = text.indexOf(`\r\n${name}: `) + name.length + 4;
  return text.slice(at, text.indexOf("\r\n", at));
}
