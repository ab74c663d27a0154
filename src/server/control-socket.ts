import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { ServerError } from "../causes/index.ts";
import { controlPathFile, controlSocketInside, controlSocketPath } from "../config/index.ts";
import type { CommandOutput } from "./commands/types.ts";

/** One request line. An import of 100,000 users is about 6 MB. */
const REQUEST_MAX_BYTES = 64 * 1024 * 1024;

/** Commands that run at once; more than that are told to come again. */
const CONNECTIONS_MAX = 64;

export interface ControlSocketOptions {
  /** The data folder, locked by us: a socket found there belongs to a server that is gone. */
  readonly folder: string;
  readonly run: (
    command: string,
    args: Readonly<Record<string, unknown>>,
  ) => AsyncIterable<CommandOutput>;
}

export interface ControlSocket {
  /** Where it listens: in the folder, or under the system's temporary folder when that path is too long. */
  readonly path: string;
  close(): Promise<void>;
}

/**
 * Lets this machine's commands ask the running server: a Unix socket, mode 0600. A client writes one line
 * `{"command", "arguments"}`, reads {@link CommandOutput} lines until the end, and may hang up before that.
 *
 * @throws ServerError `listener-refused`
 */
export async function openControlSocket(options: ControlSocketOptions): Promise<ControlSocket> {
  const { folder, run } = options;
  removeOld(folder);
  const path = controlSocketInside(folder) ?? shortPath(folder);
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    open.add(socket);
    socket.once("close", () => open.delete(socket));
    // Whoever hangs up in the middle is seen by the next write; there is nothing to tell.
    socket.on("error", () => undefined);
    void serveOne(socket, run);
  });
  server.maxConnections = CONNECTIONS_MAX;
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error) => {
      reject(
        new ServerError("listener-refused", `control socket ${path}: ${error.message}`, {
          cause: error,
        }),
      );
    });
    // `listen` binds at once, so the mask holds for the socket file and for nothing else.
    const mask = process.umask(0o177);
    try {
      server.listen(path, resolve);
    } finally {
      process.umask(mask);
    }
  });
  server.unref();
  return {
    path,
    close: () =>
      new Promise((resolve) => {
        for (const socket of open) socket.destroy();
        server.close(() => {
          removeOld(folder);
          resolve();
        });
      }),
  };
}

/** Reads the one line, writes what the command says as fast as it is read, and ends. Never rejects. */
async function serveOne(socket: Socket, run: ControlSocketOptions["run"]): Promise<void> {
  const request = await requestFrom(socket);
  if (request === undefined) {
    socket.destroy();
    return;
  }
  try {
    if (typeof request === "string") await write(socket, failed(request, 2));
    else {
      for await (const output of run(request.command, request.args)) {
        await write(socket, output);
        if (socket.destroyed) return;
      }
    }
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    const causeId = error instanceof ServerError ? error.causeId : "internal-fault";
    await write(socket, { ...failed(detail, 1), causeId });
  }
  socket.end();
}

interface Request {
  readonly command: string;
  readonly args: Readonly<Record<string, unknown>>;
}

/** The request, or what is wrong with it; undefined when the client went before it was whole. */
function requestFrom(socket: Socket): Promise<Request | string | undefined> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let sizeBytes = 0;
    socket.once("close", () => resolve(undefined));
    socket.on("data", (chunk: Buffer) => {
      const end = chunk.indexOf(10);
      sizeBytes += chunk.length;
      if (sizeBytes > REQUEST_MAX_BYTES) {
        resolve(`a request may have ${REQUEST_MAX_BYTES} bytes`);
        return;
      }
      chunks.push(end === -1 ? chunk : chunk.subarray(0, end));
      if (end !== -1) resolve(requestOf(Buffer.concat(chunks).toString("utf8")));
    });
  });
}

function requestOf(line: string): Request | string {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return 'a request is one line of JSON: {"command": "…", "arguments": {…}}';
  }
  if (typeof value !== "object" || value === null) return "a request is a JSON object";
  const { command, arguments: args = {} } = value as Record<string, unknown>;
  if (typeof command !== "string") return "`command` is the name of a command";
  if (typeof args !== "object" || args === null || Array.isArray(args)) {
    return "`arguments` is a JSON object";
  }
  return { command, args: args as Record<string, unknown> };
}

/** Waits while the client is slower than the command. */
function write(socket: Socket, output: CommandOutput): Promise<void> {
  return new Promise((resolve) => {
    if (socket.destroyed || socket.write(`${JSON.stringify(output)}\n`)) resolve();
    else {
      const go = (): void => {
        socket.off("drain", go);
        socket.off("close", go);
        resolve();
      };
      socket.once("drain", go);
      socket.once("close", go);
    }
  });
}

function failed(text: string, exitCode: 1 | 2): CommandOutput & { readonly kind: "failed" } {
  return { kind: "failed", text, exitCode };
}

/** A private folder with a short name, noted where clients look. */
function shortPath(folder: string): string {
  const path = join(mkdtempSync(join(tmpdir(), "nexthop-")), "control.sock");
  writeFileSync(controlPathFile(folder), `${path}\n`, { mode: 0o600 });
  return path;
}

/** What a server that was killed left behind. */
function removeOld(folder: string): void {
  const path = controlSocketPath(folder);
  if (path === undefined) return;
  rmSync(path, { force: true });
  if (path === controlSocketInside(folder)) return;
  rmSync(controlPathFile(folder), { force: true });
  const short = dirname(path);
  // Only what `shortPath` makes; the note might hold anything.
  if (short.startsWith(join(tmpdir(), "nexthop-"))) rmSync(short, { recursive: true, force: true });
}
