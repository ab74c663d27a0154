import { spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { endProgram, endWithUs, needProgram, untilSaid } from "./programs.ts";
import { freePort } from "./ports.ts";
import { DOMAIN } from "./sipp.ts";
import { until } from "./until.ts";

/** Who the phone is and how it reaches its server. */
export interface BaresipOptions {
  readonly user: string;
  readonly password?: string;
  /** Where it sends everything: its outbound proxy. */
  readonly proxyPort: number;
  readonly transport?: "udp" | "tcp";
  /** How many calls it takes at once; the next is told that it is busy. */
  readonly calls?: number;
}

/** What baresip tells about itself: `REGISTER_OK`, `CALL_INCOMING`, `CALL_ESTABLISHED`, `CALL_CLOSED`… */
export interface BaresipEvent {
  readonly type: string;
  readonly param: string;
}

/** One SIP message that the phone sent or received, as its own trace shows it. */
export interface TracedMessage {
  readonly isSent: boolean;
  readonly text: string;
}

const MODULES = "/usr/lib/baresip/modules";
/** One message as `-s` prints it, between a colour and the end of the colour. */
const TRACED = /\[36;1m#\n\w+ \S+ -> \S+:(\d+)\n([^]*?)\n.\[;m/g;

/** baresip is there, or is installed. @throws when it cannot be */
export function needBaresip(): void {
  needProgram("baresip", "baresip-core");
}

/** Starts a phone; it is registered when this resolves. */
export async function startBaresip(options: BaresipOptions): Promise<Baresip> {
  const folder = mkdtempSync(join(tmpdir(), "baresip-"));
  // It binds one port for SIP, and the next one for SIP over TLS.
  const port = await freePort(1);
  const controlPort = await freePort();
  writeFileSync(join(folder, "config"), configOf(options, folder, port, controlPort));
  writeFileSync(join(folder, "accounts"), accountOf(options));
  const child = spawn("baresip", ["-f", folder, "-s"], { stdio: ["ignore", "pipe", "pipe"] });
  endWithUs(child);
  const phone = new Baresip(child, folder, options.proxyPort);
  await untilSaid(child, /baresip is ready/);
  await phone.control(controlPort);
  return phone;
}

/** A baresip without sound card: it plays into a file, and its microphone hums. */
export class Baresip {
  readonly #child: ChildProcess;
  readonly #folder: string;
  readonly #proxyPort: number;
  readonly #events: BaresipEvent[] = [];
  #ladderFrom = 0;
  #output = "";
  #control: Socket | undefined;

  constructor(child: ChildProcess, folder: string, proxyPort: number) {
    this.#child = child;
    this.#folder = folder;
    this.#proxyPort = proxyPort;
    child.stdout?.setEncoding("latin1").on("data", (text: string) => (this.#output += text));
    child.stderr?.setEncoding("latin1").on("data", (text: string) => (this.#output += text));
  }

  /** Connects to its control port, from where commands are given and events come. */
  async control(port: number): Promise<void> {
    const socket = connect(port, "127.0.0.1").setEncoding("latin1");
    this.#control = socket;
    let rest = "";
    socket.on("data", (text: unknown) => {
      rest = this.#read(rest + String(text));
    });
    await new Promise((resolve, reject) => socket.once("connect", resolve).once("error", reject));
  }

  /** A command of its menu: `dial sip:bob@example.org`, `accept`, `hangup`. */
  command(name: string, params = ""): void {
    const text = JSON.stringify({ command: name, params });
    this.#control?.write(`${text.length}:${text},`);
  }

  /** The oldest event of that type that nobody has waited for yet. */
  event(type: string): Promise<BaresipEvent> {
    return until(
      () => {
        const at = this.#events.findIndex((event) => event.type === type);
        return at === -1 ? undefined : this.#events.splice(at, 1)[0];
      },
      () => `no ${type} came from baresip; it said:\n${this.#output.slice(-6_000)}`,
    );
  }

  /** All that it sent and received so far, in order. */
  messages(): readonly TracedMessage[] {
    return [...this.#output.matchAll(TRACED)].map(([, towards, text = ""]) => ({
      isSent: Number(towards) === this.#proxyPort,
      text,
    }));
  }

  /**
   * The next messages, so many, that it sent (`> INVITE`) and received (`< 180 INVITE`; responses with their CSeq
   * method), in order. What comes beyond them is at the front of the next ladder.
   */
  async ladder(count: number): Promise<readonly string[]> {
    const lines = (): string[] => this.messages().slice(this.#ladderFrom).map(inShort);
    const found = await until(
      () => (lines().length >= count ? lines().slice(0, count) : undefined),
      () => `not ${count} messages with baresip, but: ${lines().join(", ")}`,
    );
    this.#ladderFrom += count;
    return found;
  }

  /** It takes its binding away and ends. */
  async stop(): Promise<void> {
    this.#control?.destroy();
    await endProgram(this.#child);
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** Netstrings of JSON. @returns what is not whole yet */
  #read(text: string): string {
    let rest = text;
    for (;;) {
      const head = /^(\d+):/.exec(rest);
      const from = head?.[0].length ?? 0;
      const end = from + Number(head?.[1] ?? 0);
      if (head === null || rest.length <= end) return rest;
      const value: unknown = JSON.parse(rest.slice(from, end));
      if (isEvent(value)) this.#events.push({ type: value.type, param: value.param ?? "" });
      rest = rest.slice(end + 1);
    }
  }
}

function inShort({ isSent, text }: TracedMessage): string {
  const [, status] = /^SIP\/2\.0 (\d+)/.exec(text) ?? [];
  const what = status === undefined ? text.split(" ")[0] : `${status} ${methodOf(text)}`;
  return `${isSent ? ">" : "<"} ${what ?? ""}`;
}

function methodOf(text: string): string {
  return /^CSeq: \d+ (\w+)/m.exec(text)?.[1] ?? "";
}

function isEvent(value: unknown): value is { readonly type: string; readonly param?: string } {
  return typeof value === "object" && value !== null && "event" in value && "type" in value;
}

function configOf(
  { calls = 4 }: BaresipOptions,
  folder: string,
  port: number,
  controlPort: number,
): string {
  const modules = ["g711", "ausine", "aufile"].map((name) => `module ${name}.so`);
  return [
    `sip_listen 127.0.0.1:${port}`,
    "net_interface 127.0.0.1",
    `call_max_calls ${calls}`,
    `audio_player aufile,${folder}/heard.wav`,
    `audio_alert aufile,${folder}/ringing.wav`,
    "audio_source ausine,440",
    "ausrc_srate 48000",
    "auplay_srate 8000",
    "ausrc_channels 2",
    "auplay_channels 1",
    `module_path ${MODULES}`,
    ...modules,
    "module_tmp account.so",
    "module_app ctrl_tcp.so",
    "module_app menu.so",
    `ctrl_tcp_listen 127.0.0.1:${controlPort}`,
    "",
  ].join("\n");
}

function accountOf({ user, password, proxyPort, transport = "udp" }: BaresipOptions): string {
  const credentials = password === undefined ? "" : `;auth_user=${user};auth_pass=${password}`;
  const proxy = `;outbound="sip:127.0.0.1:${proxyPort};transport=${transport}"`;
  return `<sip:${user}@${DOMAIN};transport=${transport}>${credentials}${proxy};regint=600\n`;
}
