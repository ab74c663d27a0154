import { execFileSync, spawn, spawnSync, type ChildProcess } from "node:child_process";
import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const DOMAIN = "robust.test";
const ANSWER_LIMIT_MS = 8_000;
const program = fileURLToPath(new URL("../../bin/nexthop.js", import.meta.url));

/** The limits of a process can be changed while it runs. */
export const hasPrlimit = spawnSync("prlimit", ["--version"]).status === 0;

/** What the process may not go beyond from its start. */
interface ServeLimits {
  readonly openFiles?: number;
  /** False: without the addons. */
  readonly native?: boolean;
}

/** A `nexthop serve` of its own process with a data folder, and one socket that talks to it. */
export class ServeProcess {
  readonly #folder = mkdtempSync(join(tmpdir(), "nexthop-robust-"));
  readonly #socket: Socket = createSocket("udp4");
  #child: ChildProcess | undefined;
  #port = 0;
  #number = 0;
  #said = "";

  get data(): string {
    return join(this.#folder, "data");
  }

  get port(): number {
    return this.#port;
  }

  /** What it told its operator so far. */
  get said(): string {
    return this.#said;
  }

  async open(users: readonly string[], limits: ServeLimits = {}): Promise<this> {
    this.#socket.bind(0, "127.0.0.1");
    await once(this.#socket, "listening");
    const list = join(this.#folder, "users.csv");
    writeFileSync(list, users.map((user) => `${user}@${DOMAIN},secret\n`).join(""));
    this.command("user", "import", list);
    await this.start(limits);
    return this;
  }

  async start({ openFiles, native = true }: ServeLimits = {}): Promise<void> {
    const where = "--listen udp:127.0.0.1:0 --listen tcp:127.0.0.1:0 --auth none --http off";
    const options = `serve --domain ${DOMAIN} ${where} --data ${this.data}`;
    const before = openFiles === undefined ? "" : `ulimit -n ${openFiles}; `;
    // The shell becomes the server, so the process id is the server's.
    const shell = ["-c", `${before}exec "$0" "$@"`, process.execPath, program];
    const child = spawn("sh", [...shell, ...options.split(" ")], {
      stdio: ["ignore", "pipe", "pipe"],
      env: native ? process.env : { ...process.env, NEXTHOP_NATIVE: "off" },
    });
    this.#child = child;
    process.once("exit", () => child.kill("SIGKILL"));
    this.#said = "";
    const ready = await new Promise<string>((resolve, reject) => {
      const read = (bytes: Buffer): void => {
        this.#said += String(bytes);
        if (/\bready\b.*\n/.test(this.#said)) resolve(this.#said);
      };
      child.stdout.on("data", read);
      child.stderr.on("data", read);
      child.once("exit", () => reject(new Error(this.#said)));
    });
    this.#port = Number(/udp:127\.0\.0\.1:(\d+)/.exec(ready)?.[1]);
  }

  /** The TCP port. */
  get tcpPort(): number {
    return Number(/tcp:127\.0\.0\.1:(\d+)/.exec(this.#said)?.[1]);
  }

  get isRunning(): boolean {
    return this.#child?.exitCode === null && this.#child.signalCode === null;
  }

  command(...options: readonly string[]): string {
    const all = [program, ...options, "--data", this.data];
    return execFileSync(process.execPath, all, { encoding: "utf8" });
  }

  /** A command that may fail. */
  tried(...options: readonly string[]): {
    readonly status: number | null;
    readonly stderr: string;
  } {
    const all = [program, ...options, "--data", this.data];
    return spawnSync(process.execPath, all, { encoding: "utf8" });
  }

  /** How many file descriptors it holds now. */
  get descriptors(): number {
    return readdirSync(`/proc/${String(this.#child?.pid)}/fd`).length;
  }

  /** Sets one limit of the process that runs, as `prlimit` names it: `--fsize=0:unlimited`. */
  limit(option: string): void {
    execFileSync("prlimit", ["--pid", String(this.#child?.pid), option]);
  }

  /** Binds one contact. @returns the status code, 0 when nothing came */
  register(user: string, contact: string): Promise<number> {
    const field = `Contact: <${contact}>;expires=600`;
    return this.ask("REGISTER", `sip:${DOMAIN}`, `sip:${user}@${DOMAIN}`, [field]);
  }

  async ask(
    method: string,
    uri: string,
    identity: string,
    fields: readonly string[] = [],
  ): Promise<number> {
    this.#number += 1;
    const callId = `robust-${process.pid}-${this.#number}`;
    const { port } = this.#socket.address();
    const text = [
      `${method} ${uri} SIP/2.0`,
      `Via: SIP/2.0/UDP 127.0.0.1:${port};rport;branch=z9hG4bK${callId}`,
      "Max-Forwards: 70",
      `From: <${identity}>;tag=1`,
      `To: <${identity}>`,
      `Call-ID: ${callId}`,
      `CSeq: ${this.#number} ${method}`,
      ...fields,
      "Content-Length: 0",
      "",
      "",
    ].join("\r\n");
    const answer = this.#finalFor(callId);
    this.#socket.send(Buffer.from(text, "latin1"), this.#port, "127.0.0.1");
    return answer;
  }

  /** kill -9: what was acknowledged must be there when it starts again. */
  async kill(signal: "SIGKILL" | "SIGTERM"): Promise<number | null> {
    const child = this.#child;
    if (child === undefined || !this.isRunning) return child?.exitCode ?? null;
    const ended = once(child, "exit");
    child.kill(signal);
    await ended;
    return child.exitCode;
  }

  async close(): Promise<void> {
    await this.kill("SIGKILL");
    this.#socket.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #finalFor(callId: string): Promise<number> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => end(0), ANSWER_LIMIT_MS);
      const end = (statusCode: number): void => {
        clearTimeout(timer);
        this.#socket.off("message", look);
        resolve(statusCode);
      };
      const look = (bytes: Buffer): void => {
        const text = bytes.toString("latin1");
        const statusCode = Number(/^SIP\/2\.0 (\d+)/.exec(text)?.[1]);
        if (text.includes(callId) && statusCode >= 200) end(statusCode);
      };
      this.#socket.on("message", look);
    });
  }
}
