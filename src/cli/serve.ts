import { type Command, InvalidArgumentError, Option } from "commander";
import { formatEndpoint, type Endpoint } from "../base/endpoint.ts";
import type { ServerError } from "../causes/index.ts";
import {
  checkConfig,
  dataFolderPath,
  HTTP_ACCEPTED,
  LISTEN_ACCEPTED,
  loadConfigFile,
  parseHttpSpec,
  parseListenSpec,
  type ConfigFlags,
  type ServerConfig,
} from "../config/index.ts";
import { createResolver } from "../dns/index.ts";
import {
  openServer,
  settingsOf,
  socketOptionsOf,
  systemClock,
  type OpenServer,
  keepYoungSpaceSmall,
} from "../server/index.ts";
import { operatorLog, type OperatorLog } from "../telemetry/index.ts";
import type { WebServer } from "../web/index.ts";
import { exitCodes, type ExitCode } from "./exit-codes.ts";

/** Without `--drain`, SIGTERM ends the process within that, whatever still hangs. */
const CLOSE_MS = 1_500;

interface ServeOptions {
  readonly domain?: readonly string[];
  readonly listen?: readonly Endpoint[];
  readonly data?: string;
  readonly auth?: "digest" | "none";
  readonly http?: string;
  readonly drain: number;
  readonly log: "people" | "json";
}

/** Registers `nexthop serve`. */
export function serveCommand(program: Command): void {
  program
    .command("serve")
    .description("run the server until SIGTERM or Ctrl-C")
    .argument("[config]", "a TypeScript config file; none is read unless named")
    .option("--domain <domain>", "a domain to serve; may be repeated", collected)
    .option(
      "--listen <where>",
      "udp:HOST:PORT or tcp:HOST:PORT, IPv6 in brackets; may be repeated " +
        "(default: udp and tcp 5060 on every address)",
      collectedListeners,
    )
    .option(
      "--data <dir>",
      "the data folder (default: $NEXTHOP_DATA, or nexthop in the state folder)",
    )
    .addOption(
      new Option(
        "--auth <how>",
        "ask for passwords, or take everybody at their word (lab)",
      ).choices(["digest", "none"]),
    )
    .option("--http <where>", "the reference as web pages: HOST:PORT (default: off)", httpSpecOf)
    .option("--drain <seconds>", "on SIGTERM wait so long for calls in progress", secondsOf, 0)
    .addOption(
      new Option("--log <form>", "what goes to standard error")
        .choices(["people", "json"])
        .default("people"),
    )
    .addHelpText("after", EXAMPLES)
    .action(async (file: string | undefined, options: ServeOptions) => {
      process.exitCode = await serve(file, options);
    });
}

const EXAMPLES = `
Prints one line with the word "ready" when all sockets are bound and the store is open.
While it runs, other commands on the same data folder (why, user, registrations…) ask it.

Examples:
  nexthop serve --domain example.org
  nexthop serve --domain example.org --listen udp:192.0.2.1:5060 --listen "udp:[2001:db8::1]:5060"
  nexthop serve sip.config.ts --drain 60 --log json
  nexthop serve --domain example.org --http 127.0.0.1:8080
  nexthop serve --domain lab.test --auth none --listen udp:127.0.0.1:5060`;

async function serve(file: string | undefined, options: ServeOptions): Promise<ExitCode> {
  keepYoungSpaceSmall();
  const log = operatorLog(options.log);
  const given = file === undefined ? {} : await loadConfigFile(file);
  const config = checkConfig(file ?? "the command line", given, flagsOf(options));
  const folder = dataFolderPath(options.data ?? config.data, process.env);
  const stopped = firstSignal();
  const clock = systemClock();
  const server = await openServer({
    settings: settingsOf(config),
    sockets: socketOptionsOf(config),
    dataFolder: folder,
    caseLimits: config.cases,
    resolver: createResolver({
      cacheEntries: config.limits.dnsCacheEntries,
      servers: config.dns.servers,
      nowMs: () => clock.nowMs(),
    }),
    fault: (where, error) => log.fault(where, error),
    gatewayChanged: ({ name }, { state, result }) => {
      const why = `OPTIONS: ${result}`;
      if (state === "down") log.warn("gateway-down", `gateway ${name} is down (${why})`);
      else log.info("gateway-up", `gateway ${name} is up (${why})`);
    },
  });
  const web = await openWeb(config, server, log);
  tellWarnings(server, config, log);
  process.stdout.write(`${readyLine(server, folder)}${web === undefined ? "" : `, ${web.url}`}\n`);
  const signal = await stopped;
  log.info("stopping", `${signal}: ${pendingText(server, options.drain)}`);
  await closed(server, web, options.drain * 1_000);
  return exitCodes.done;
}

/** The pages are loaded here and nowhere else: a server without them neither waits for them nor holds them. */
async function openWeb(
  { http }: ServerConfig,
  server: OpenServer,
  log: OperatorLog,
): Promise<WebServer | undefined> {
  if (http === "off") return undefined;
  try {
    const { openWebServer } = await import("../web/index.ts");
    return await openWebServer({ ...http, fault: (where, error) => log.fault(where, error) });
  } catch (error) {
    await server.close({ drainMs: 0 });
    throw error;
  }
}

function flagsOf({ domain, listen, auth, http }: ServeOptions): ConfigFlags {
  return {
    ...(domain === undefined ? {} : { domains: domain }),
    ...(listen === undefined ? {} : { listen }),
    ...(auth === undefined ? {} : { auth }),
    ...(http === undefined ? {} : { http }),
  };
}

function readyLine({ sip, domains }: OpenServer, folder: string): string {
  const where = sip.endpoints.map(({ transport, address, port }) =>
    formatEndpoint(transport, address, port),
  );
  return `ready: ${domains.join(", ")} on ${where.join(" ")}, data in ${folder}`;
}

function tellWarnings(server: OpenServer, config: ServerConfig, log: OperatorLog): void {
  for (const warning of server.warnings) {
    if (warning.kind === "udp-unbatched") {
      log.info(
        "udp-unbatched",
        "UDP goes by node:dgram, at about twice the CPU: native/udp-batch.c was not compiled at installation. " +
          "To fix it: install a C compiler, then run npm rebuild nexthop",
      );
      continue;
    }
    if (warning.kind === "open-files-few") {
      log.warn(
        "open-files-few",
        `${warning.given} connections at once instead of ${warning.asked}: this process may not open more files. ` +
          "To fix it: ulimit -n, or LimitNOFILE= of its systemd unit",
      );
      continue;
    }
    const { endpoint, askedBytes, givenBytes } = warning;
    const { transport, address, port } = endpoint;
    log.warn(
      "receive-buffer-small",
      `${formatEndpoint(transport, address, port)}: the kernel gives ${givenBytes} bytes of receive buffer instead ` +
        `of ${askedBytes}; bursts may be lost. To fix it: sysctl -w net.core.rmem_max=${askedBytes}`,
    );
  }
  if (config.auth === "none") {
    log.warn("auth-none", "everybody is taken at their word (--auth none): for a lab only");
  }
}

function pendingText(server: OpenServer, drainSeconds: number): string {
  const count = server.sip.pending().length;
  const calls = count === 1 ? "1 request in progress" : `${count} requests in progress`;
  if (count === 0 || drainSeconds === 0) return `closing, ${calls}`;
  return `${calls}; waiting ${drainSeconds} s at most, a second signal ends it now`;
}

/** Ends when the server has, when the time for it is over, or at the second signal. */
async function closed(
  server: OpenServer,
  web: WebServer | undefined,
  drainMs: number,
): Promise<void> {
  const timeIsOver = new Promise((resolve) => {
    setTimeout(resolve, drainMs + CLOSE_MS);
  });
  await Promise.race([server.close({ drainMs }), timeIsOver, firstSignal()]);
  await web?.close();
  // Whatever still holds the event loop (a socket that will not close, a name server that is slow) has had its time.
  setImmediate(() => process.exit(exitCodes.done));
}

function firstSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    const heard = (signal: NodeJS.Signals): void => {
      process.off("SIGTERM", heard);
      process.off("SIGINT", heard);
      resolve(signal);
    };
    process.on("SIGTERM", heard);
    process.on("SIGINT", heard);
  });
}

function collected(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}

function collectedListeners(value: string, before: readonly Endpoint[] = []): readonly Endpoint[] {
  const endpoint = parseListenSpec(value);
  if (endpoint === undefined) throw new InvalidArgumentError(`accepted: ${LISTEN_ACCEPTED}`);
  return [...before, endpoint];
}

/** Stays as it was written: the config is where it is read, from the file as from here. */
function httpSpecOf(text: string): string {
  if (parseHttpSpec(text) === undefined)
    throw new InvalidArgumentError(`accepted: ${HTTP_ACCEPTED}`);
  return text;
}

function secondsOf(text: string): number {
  const seconds = Number(text);
  if (text.trim() !== "" && Number.isFinite(seconds) && seconds >= 0) return seconds;
  throw new InvalidArgumentError("accepted: a number of seconds, 0 or more");
}

/** How a server that could not be opened ends the command. */
export function exitCodeOf(error: ServerError): ExitCode {
  return error.causeId === "no-domain" ? exitCodes.usage : exitCodes.failed;
}
