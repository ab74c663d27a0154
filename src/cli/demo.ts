import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Command } from "commander";
import { columnsOf, wrapped } from "../base/text-wrap.ts";
import { layoutLadder } from "../capture/index.ts";
import { loadCauseContent, type CauseContent } from "../codes/index.ts";
import { checkConfig } from "../config/index.ts";
import { renderExplanation, type Explanation } from "../explain/index.ts";
import {
  NO_NAMES,
  openServer,
  settingsOf,
  socketOptionsOf,
  type OpenServer,
} from "../server/index.ts";
import { told } from "./cli-words.ts";
import { ANSWERS, DemoPhone } from "./demo-phone.ts";
import {
  languageFor,
  languageOption,
  tellFallback,
  type ReferenceOptions,
} from "./reference-options.ts";
import { processTerminal } from "./terminal.ts";

const DOMAIN = "example.org";
const WIDTH = 80;
/** How long the fourth call hangs before the server is asked about it, and before the caller gives up. */
const HANGS_MS = 1_500;
const TALKS_MS = 700;
/** Anything here that takes longer has gone wrong. */
const STEP_LIMIT_MS = 8_000;

const terminal = processTerminal();
const writeLine = (line: string): void => terminal.out(line);
const writeText = (text: string): void => {
  for (const line of wrapped(text, WIDTH)) writeLine(line);
};

/** One of the four calls: what is told about it, and how it must end. */
interface DemoCall {
  /** `demo-<id>` is its title, `demo-<id>-tells` what happens in it. */
  readonly id: "connects" | "unknown" | "no-device" | "hangs";
  readonly to: string;
  readonly wanted: { readonly statusCode: number; readonly causeId: string | undefined };
  readonly before?: (demo: Demo) => void;
  readonly place: (demo: Demo, callId: string) => Promise<void>;
}

interface Demo {
  readonly server: OpenServer;
  readonly alice: DemoPhone;
  readonly bob: DemoPhone;
  readonly content: CauseContent;
}

const calls: readonly DemoCall[] = [
  {
    id: "connects",
    to: "bob",
    wanted: { statusCode: 200, causeId: undefined },
    place: async ({ alice }, callId) => {
      await alice.until(callId, "established", STEP_LIMIT_MS);
      await wait(TALKS_MS);
      alice.hangUp(callId);
      await alice.until(callId, "ended", STEP_LIMIT_MS);
    },
  },
  {
    id: "unknown",
    to: "bbo",
    wanted: { statusCode: 404, causeId: "user-unknown" },
    place: ({ alice }, callId) => alice.until(callId, "ended", STEP_LIMIT_MS),
  },
  {
    id: "no-device",
    to: "carol",
    wanted: { statusCode: 480, causeId: "user-not-registered" },
    place: ({ alice }, callId) => alice.until(callId, "ended", STEP_LIMIT_MS),
  },
  {
    id: "hangs",
    to: "bob",
    wanted: { statusCode: 487, causeId: "caller-cancelled" },
    before: ({ bob }) => bob.answer({ kind: "silent-after-100" }),
    place: async ({ alice, server, content }, callId) => {
      await wait(HANGS_MS);
      await showWhy(server, { pending: true, language: content.language });
      writeLine("");
      writeText(told(content, "demo-gives-up"));
      writeLine("");
      alice.hangUp(callId);
      await alice.until(callId, "ended", STEP_LIMIT_MS);
    },
  },
];

/** `nexthop demo`: a server and two user agents on loopback, four calls, each explained. */
export function demoCommand(program: Command): void {
  program
    .command("demo")
    .description("a server and two phones on loopback: four calls, each explained")
    .addOption(languageOption())
    .option("--exit", "end after the fourth call; exit code 0 when each ended as told")
    .action(async (options: DemoOptions) => {
      process.exitCode = await demo(options);
    });
}

interface DemoOptions extends Pick<ReferenceOptions, "lang"> {
  readonly exit?: boolean;
}

async function demo(options: DemoOptions): Promise<number> {
  const language = languageFor(options, terminal);
  const content = await loadCauseContent(language);
  tellFallback({ language }, content.language, terminal);
  const folder = mkdtempSync(join(tmpdir(), "nexthop-demo-"));
  const config = checkConfig(
    "demo",
    {},
    {
      domains: [DOMAIN],
      listen: [
        { transport: "udp", address: "127.0.0.1", port: 0 },
        { transport: "tcp", address: "127.0.0.1", port: 0 },
      ],
    },
  );
  const server = await openServer({
    settings: settingsOf(config),
    sockets: socketOptionsOf(config),
    dataFolder: folder,
    resolver: NO_NAMES,
    fault: (where, error) => process.stderr.write(`${where}: ${String(error)}\n`),
  });
  const phones: DemoPhone[] = [];
  const close = async (): Promise<void> => {
    await Promise.all(phones.map((one) => one.close()));
    await server.close({ drainMs: 0 });
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const isAsTold = await play(server, phones, content);
    if (options.exit === true) {
      await close();
      return isAsTold ? 0 : 1;
    }
    howToGoOn(server, folder, content);
    await interrupted();
    await close();
    return isAsTold ? 0 : 1;
  } catch (error) {
    await close();
    throw error;
  }
}

async function play(
  server: OpenServer,
  phones: DemoPhone[],
  content: CauseContent,
): Promise<boolean> {
  const port = server.sip.endpoints[0]?.port ?? 0;
  writeText(told(content, "demo-listens", { address: `127.0.0.1:${port}`, domain: DOMAIN }));
  for (const user of ["alice", "bob", "carol"]) {
    // oxlint-disable-next-line no-await-in-loop
    await run(server, "user add", { aor: `${user}@${DOMAIN}`, password: `${user}-secret` });
  }
  const alice = await phone("alice", port, phones);
  const bob = await phone("bob", port, phones);
  writeText(told(content, "demo-registered"));
  let isAsTold = true;
  for (const [index, call] of calls.entries()) {
    writeLine("");
    writeLine(rule(`${index + 1}. ${told(content, `demo-${call.id}`)}`));
    writeText(told(content, `demo-${call.id}-tells`));
    writeLine("");
    call.before?.({ server, alice, bob, content });
    const callId = alice.call(`sip:${call.to}@${DOMAIN}`);
    // oxlint-disable-next-line no-await-in-loop
    await call.place({ server, alice, bob, content }, callId);
    // oxlint-disable-next-line no-await-in-loop
    const explanation = await showWhy(server, { callId, language: content.language });
    const { statusCode } = explanation.headline;
    const { wanted } = call;
    if (statusCode === wanted.statusCode && explanation.causeId === wanted.causeId) continue;
    isAsTold = false;
    writeLine(`NOT AS TOLD: ${wanted.statusCode} ${wanted.causeId ?? ""} was to be seen here.`);
  }
  // Whoever goes on by hand finds a phone that answers.
  bob.answer(ANSWERS);
  return isAsTold;
}

async function phone(user: string, port: number, phones: DemoPhone[]): Promise<DemoPhone> {
  const made = await DemoPhone.open({
    aor: `sip:${user}@${DOMAIN}`,
    password: `${user}-secret`,
    outboundProxy: `sip:127.0.0.1:${port}`,
  });
  phones.push(made);
  await made.register(STEP_LIMIT_MS);
  return made;
}

/** Asks the running server, as `nexthop why` does, and shows ladder and explanation. */
async function showWhy(
  server: OpenServer,
  question: Readonly<Record<string, unknown>>,
): Promise<Explanation> {
  const rows = await run(server, "why", question);
  const explanation = rows[0] as Explanation | undefined;
  if (explanation === undefined) throw new Error("the server kept no case of that call");
  writeLine(layoutLadder(explanation.ladder, { width: WIDTH }).join("\n"));
  writeLine("");
  const colour = process.stdout.isTTY && process.env["NO_COLOR"] === undefined;
  writeLine(renderExplanation(explanation, { width: WIDTH, colour }));
  return explanation;
}

async function run(
  server: OpenServer,
  name: string,
  args: Readonly<Record<string, unknown>>,
): Promise<readonly unknown[]> {
  const rows: unknown[] = [];
  for await (const output of server.runCommand(name, args)) {
    if (output.kind === "row") rows.push(output.value);
    if (output.kind === "failed") throw new Error(output.text);
  }
  return rows;
}

/** A line across the terminal with a title in it. */
function rule(title: string): string {
  const start = `── ${title} `;
  return start + "─".repeat(Math.max(0, WIDTH - columnsOf(start)));
}

function howToGoOn(server: OpenServer, folder: string, content: CauseContent): void {
  const port = server.sip.endpoints[0]?.port ?? 0;
  writeLine("");
  writeLine(rule(told(content, "demo-stays-up")));
  writeLine(told(content, "demo-other-terminal"));
  writeLine("");
  writeLine(`  export NEXTHOP_DATA=${folder}`);
  writeLine("  npx nexthop why --last");
  writeLine("  npx nexthop registrations");
  writeLine(`  npx nexthop call sip:bob@${DOMAIN} --via 127.0.0.1:${port} \\`);
  writeLine(`      --from alice@${DOMAIN} --password alice-secret`);
  writeLine("");
  writeText(told(content, "demo-ends"));
}

function interrupted(): Promise<void> {
  return new Promise((resolve) => {
    process.once("SIGINT", resolve);
    process.once("SIGTERM", resolve);
  });
}

function wait(durationMs: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, durationMs);
  });
}
