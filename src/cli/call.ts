import { type Command, InvalidArgumentError, Option } from "commander";
import { formatEndpoint } from "../base/endpoint.ts";
import { ServerError } from "../causes/index.ts";
import { loadCauseContent, loadReference, type CodeLanguage } from "../codes/index.ts";
import { checkConfig } from "../config/index.ts";
import { parseTypedAddress } from "../directory/index.ts";
import { createResolver } from "../dns/index.ts";
import { formatHost } from "../message/index.ts";
import { systemClock, systemRandom, UserAgentDriver } from "../server/index.ts";
import { createSocketLayer, type TransportName } from "../transport/index.ts";
import { UserAgent } from "../user-agent/index.ts";
import { meaningOf } from "./call-meaning.ts";
import { callTargetOf, uriOfDestination, UsageProblem } from "./call-target.ts";
import { exitCodes, type ExitCode } from "./exit-codes.ts";
import { languageFor, languageOption, tellFallback } from "./reference-options.ts";
import { RunningCall } from "./running-call.ts";
import { processTerminal } from "./terminal.ts";

interface CallOptions {
  readonly from?: string;
  readonly password?: string;
  readonly via?: string;
  readonly transport?: TransportName;
  readonly duration?: number;
  readonly json?: true;
  readonly lang?: CodeLanguage;
}

/** The ACK of a refusal is on its way: the socket stays open for it. */
const LAST_WORDS_MS = 100;
/** We take part in no media; RTP that comes is dropped by the kernel (RFC 863). */
const DISCARD_PORT = 9;
/** The user part of a caller who gave no name; who sits at this machine is nobody's business elsewhere. */
const USER_NAME = "nexthop";

/** Registers `nexthop call`. */
export function callCommand(program: Command): void {
  program
    .command("call")
    .description("place a test call: the ladder as it grows, and what its end means")
    .argument("<uri>", "whom to call; sip: may be left out")
    .option("--from <aor>", "who calls: user@domain")
    .option("--password <password>", "the caller's, for a challenge")
    .option("--via <where>", "send it to HOST:PORT instead of the URI's host")
    .addOption(
      new Option("--transport <name>", "instead of what the URI says").choices(["udp", "tcp"]),
    )
    .option(
      "--duration <seconds>",
      "hang up so long after the answer (default: at Ctrl-C; 3 without a terminal)",
      secondsOf,
    )
    .addOption(languageOption())
    .option("--json", "one object a line")
    .addHelpText("after", EXAMPLES)
    .action(async (uri: string, options: CallOptions) => {
      process.exitCode = await call(uri, options);
    });
}

const EXAMPLES = `
Ctrl-C cancels a call that is not answered yet, and hangs up one that is.
Ends with 0 when somebody answered, with 1 when not.

Examples:
  nexthop call bob@example.org
  nexthop call bob@example.org --via 127.0.0.1:5060
  nexthop call bob@example.org --from alice@example.org --password secret
  nexthop call sip:carol@192.0.2.7:5070 --transport tcp --duration 10`;

async function call(typed: string, options: CallOptions): Promise<ExitCode> {
  try {
    return (await place(typed, options)) ? exitCodes.done : exitCodes.failed;
  } catch (error) {
    if (!(error instanceof UsageProblem)) throw error;
    process.stderr.write(`nexthop call: ${error.message}\n`);
    return exitCodes.usage;
  }
}

/**
 * @returns whether the call was answered
 * @throws ServerError when no socket leads there, or the name cannot be resolved
 */
async function place(typed: string, options: CallOptions): Promise<boolean> {
  const caller = options.from === undefined ? undefined : aorOf(options.from);
  const clock = systemClock();
  const resolver = createResolver({
    cacheEntries: 16,
    nowMs: () => clock.nowMs(),
  });
  const { uri, destination } = await callTargetOf(typed, options.via, options.transport, resolver);
  const isIpv6 = destination.address.includes(":");
  const anyPort = [
    { transport: destination.transport, address: isIpv6 ? "::" : "0.0.0.0", port: 0 },
  ] as const;
  const { limits } = checkConfig("call", {}, { listen: anyPort });
  const transport = createSocketLayer({ listen: anyPort, limits });
  let driver: UserAgentDriver | undefined;
  const terminal = processTerminal();
  const language = languageFor(options, terminal);
  const [reference, content] = await Promise.all([
    loadReference(language),
    loadCauseContent(language),
  ]);
  if (options.json !== true) tellFallback({ language }, content.language, terminal);
  // Via and Contact carry the address that the kernel uses towards the next hop, so the sockets come first.
  await transport.open({
    datagram: (text, flow) => driver?.datagram(text, flow),
    message: (text, flow) => driver?.message(text, flow),
    unframable: () => driver?.unframable(),
    sendFailed: (flow, token) => driver?.sendFailed(flow, token),
    closed: () => driver?.closed(),
  });
  try {
    const flow = transport.flowTo(destination);
    if (flow instanceof ServerError) throw flow;
    const local = transport.localAddressTowards(flow);
    const aor = caller ?? `sip:${USER_NAME}@${formatHost(local.address)}`;
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
    return await new Promise<boolean>((resolve) => {
      const running = new RunningCall({
        uri,
        aor,
        nextHop: formatEndpoint(destination.transport, destination.address, destination.port),
        content,
        meaningOf: (statusCode) => meaningOf(statusCode, reference),
        hasPassword: options.password !== undefined,
        durationSeconds: options.duration,
        isJson: options.json === true,
        ended: resolve,
      });
      driver = new UserAgentDriver(userAgent, {
        transport,
        clock,
        resolver,
        random: systemRandom(),
        tell: (news) => running.hear(news),
      });
      running.start(driver, clock.nowMs());
    });
  } finally {
    await new Promise((resolve) => {
      setTimeout(resolve, LAST_WORDS_MS);
    });
    await transport.close();
    resolver.close();
    // Ended transactions linger for 32 s: a booking replaces theirs, and the process may end.
    clock.wakeAt(clock.nowMs(), () => undefined);
  }
}

function aorOf(from: string): string {
  const aor = parseTypedAddress(from);
  if (aor === undefined) throw new UsageProblem(`--from ${from}: user@domain is expected`);
  return aor;
}

function secondsOf(text: string): number {
  const seconds = Number(text);
  if (text.trim() !== "" && Number.isFinite(seconds) && seconds >= 0) return seconds;
  throw new InvalidArgumentError("accepted: a number of seconds, 0 or more");
}
