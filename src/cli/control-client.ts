import { connect, type Socket } from "node:net";
import { createInterface } from "node:readline";
import { controlSocketPath } from "../config/index.ts";
import type { CommandOutput } from "../server/index.ts";

/** A running server that answers one command. */
export interface ControlConnection {
  /** Ends with `done` or `failed`, whatever happens to the server. Leaving the loop early hangs up. */
  run(command: string, args: Readonly<Record<string, unknown>>): AsyncIterable<CommandOutput>;
}

/**
 * The server that runs on that data folder, or undefined when none does: then the caller opens the store itself.
 *
 * @throws when a socket is there and may not be used (another user's server)
 */
export async function connectControl(folder: string): Promise<ControlConnection | undefined> {
  const path = controlSocketPath(folder);
  if (path === undefined) return undefined;
  const socket = await dial(path);
  return socket === undefined ? undefined : { run: (command, args) => ask(socket, command, args) };
}

const WENT_AWAY: CommandOutput = {
  kind: "failed",
  text: "the server went away before it had answered",
  exitCode: 3,
};

function dial(path: string): Promise<Socket | undefined> {
  return new Promise((resolve, reject) => {
    const socket = connect(path);
    socket.once("connect", () => {
      socket.removeAllListeners("error");
      socket.on("error", () => undefined); // seen by the reader as an early end
      resolve(socket);
    });
    socket.once("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT" || error.code === "ECONNREFUSED" || error.code === "ENOTDIR") {
        resolve(undefined);
      } else reject(error);
    });
  });
}

async function* ask(
  socket: Socket,
  command: string,
  args: Readonly<Record<string, unknown>>,
): AsyncGenerator<CommandOutput> {
  try {
    socket.write(`${JSON.stringify({ command, arguments: args })}\n`);
    for await (const line of createInterface({ input: socket, crlfDelay: Infinity })) {
      const output = JSON.parse(line) as CommandOutput;
      yield output;
      if (output.kind === "done" || output.kind === "failed") return;
    }
    yield WENT_AWAY;
  } catch (error) {
    // EPIPE, ECONNRESET: it took the connection and shut it, as one does that is out of file descriptors.
    if (!(error instanceof Error && "syscall" in error)) throw error;
    yield WENT_AWAY;
  } finally {
    socket.destroy();
  }
}
