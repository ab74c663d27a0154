import { userInfo } from "node:os";
import { InvalidArgumentError, type Command } from "commander";
import { formatEndpoint } from "../base/endpoint.ts";
import { ServerError } from "../causes/index.ts";
import { parseTypedAddress } from "../directory/index.ts";
import { formatHost } from "../message/index.ts";
import { systemClock, systemRandom, UserAgentDriver } from "../server/index.ts";
import {
  createSocketLayer,
  type Flow,
  type TransportEvents,
  type TransportLimits,
} from "../transport/index.ts";
import { UserAgent } from "../user-agent/index.ts";
import { callTargetOf, uriOfDestination, UsageProblem } from "./call-target.ts";
import { systemResolver } from "./name-lookup.ts";
import { RunningCall } from "./running-call.ts";

interface CallOptions {
  readonly from?: string;
  readonly password?: string;
  readonly via?: string;
  readonly transport?: string;
  readonly duration?: number;
  readonly json?: true;
}

/** What one call needs of the transport; the server's own limits are another matter. */
export const transportLimits: TransportLimits = {
  messageSizeBytes: 65_535,
  headerSizeBytes: 32_768,
  connections: 16,
  connectionsPerAddress: 16,
  connectTimeoutMs: 10_000,
  firstMessageMs: 10_000,
  idleMs: 600_000,
  writeQueueBytes: 262_144,
  writeStallMs: 30_000,
  flowsKept: 16,
  datagramsQueued: 64,
  receiveBufferBytes: 65_536,
  watchedDestinations: 4,
  watchMs: 32_000,
};
/** The ACK of a refusal is on its way: the socket stays open for it. */
const LAST_WORDS_MS = 100;
/** We take part in no media; RTP that comes is dropped by the kernel (RFC 863). */
const DISCARD_PORT = 9;

/** Registers `nexthop call`. */
export function callCommand(program: Command): void {
  program
    .command("call")
    .description("place a test call; the ladder as it grows, and what its end means")
    .argument("<uri>", "whom to call; sip: may be left out")
    .option("--from <aor>", "who calls: user@domain")
    .option("--password <password>", "the caller's, for a challenge")
    .option("--via <host:port>", "send it there instead of to the URI's host")
    .option("--transport <name>", "udp or tcp")
    .option("--duration <seconds>", "hang up so long after the answer", secondsOf)
    .option("--json", "one object a line")
    .action(async (uri: string, options: CallOptions) => {
      process.exitCode = await call(uri, options);
    });
}

/** @returns the exit code: 0 when somebody answered, 1 when not, 2 when there was nothing to call */
async function call(typed: string, options: CallOptions): Promise<number> {
  try {
    return (await place(typed, options)) ? 0 : 1;
  } catch (error) {
    if (!(error instanceof UsageProblem || error instanceof ServerError)) throw error;
    process.stderr.write(`nexthop call: ${error.message}\n`);
    return error instanceof UsageProblem ? 2 : 1;
  }
}

/** @returns whether the call was answered */
async function place(typed: string, options: CallOptions): Promise<boolean> {
  const resolver = systemResolver();
  const { uri, destination } = await callTargetOf(typed, options.via, options.transport, resolver);
  const isIpv6 = destination.address.includes(":");
  const transport = createSocketLayer({
    listen: [{ transport: destination.transport, address: isIpv6 ? "::" : "0.0.0.0", port: 0 }],
    limits: transportLimits,
  });
  const listener = new LateListener();
  await transport.open(listener);
  try {
    const flow = transport.flowTo(destination);
    if (flow instanceof ServerError) throw flow;
    const local = transport.localAddressTowards(flow);
    const aor = aorOfCaller(options.from, local.address);
    const userAgent = new UserAgent(
      {
        aor,
        local,
        random: systemRandom(),
        password: options.password,
        outboundProxy: uriOfDestination(destination),
        mediaPort: DISCARD_PORT,
      },
      { kind: "busy" },
    );
    const clock = systemClock();
    const nextHop = formatEndpoint(destination.transport, destination.address, destination.port);
    return await new Promise<boolean>((resolve) => {
      const running = new RunningCall({
        uri,
        aor,
        nextHop,
        hasPassword: options.password !== undefined,
        durationSeconds: options.duration,
        isJson: options.json === true,
        ended: resolve,
      });
      const driver = new UserAgentDriver(userAgent, {
        transport,
        clock,
        resolver,
        tell: (news) => running.hear(news),
      });
      listener.driver = driver;
      running.start(driver, clock.nowMs());
    });
  } finally {
    await new Promise((resolve) => setTimeout(resolve, LAST_WORDS_MS));
    await transport.close();
  }
}

/** The sockets are opened before the user agent can know its own address; nothing arrives in between. */
class LateListener implements TransportEvents {
  driver: TransportEvents | undefined;

  datagram(bytes: Buffer, flow: Flow): void {
    this.driver?.datagram(bytes, flow);
  }

  message(text: string, flow: Flow): void {
    this.driver?.message(text, flow);
  }

  unframable(text: string, flow: Flow): void {
    this.driver?.unframable(text, flow);
  }

  sendFailed(flow: Flow, token: number, detail: string): void {
    this.driver?.sendFailed(flow, token, detail);
  }

  closed(flow: Flow): void {
    this.driver?.closed(flow);
  }
}

function aorOfCaller(from: string | undefined, address: string): string {
  if (from === undefined) {
    return `sip:${encodeURIComponent(userInfo().username)}@${formatHost(address)}`;
  }
  const aor = parseTypedAddress(from);
  if (aor === undefined) throw new UsageProblem(`--from ${from}: user@domain is expected`);
  return aor;
}

function secondsOf(text: string): number {
  const seconds = Number(text);
  if (Number.isFinite(seconds) && seconds >= 0) return seconds;
  throw new InvalidArgumentError("a number of seconds is expected.");
}
