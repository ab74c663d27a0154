import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { connectControl } from "../cli/control-client.ts";
import type { CommandOutput } from "./commands/types.ts";
import { openControlSocket } from "./control-socket.ts";

function temporaryFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "nexthop-test-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

async function* echo(
  command: string,
  args: Readonly<Record<string, unknown>>,
): AsyncGenerator<CommandOutput> {
  yield { kind: "row", value: args };
  if (command === "throws") throw new Error("the store did not answer");
  yield { kind: "done", value: command };
}

async function* hangs(): AsyncGenerator<CommandOutput> {
  yield { kind: "progress", done: 0, total: 1 };
  await new Promise(() => undefined);
}

async function allOf(outputs: AsyncIterable<CommandOutput>): Promise<CommandOutput[]> {
  const all: CommandOutput[] = [];
  for await (const output of outputs) all.push(output);
  return all;
}

async function ask(folder: string, command: string, args = {}): Promise<CommandOutput[]> {
  const connection = await connectControl(folder);
  assert.ok(connection !== undefined, "a server runs");
  return allOf(connection.run(command, args));
}

/** Everything the server says to those bytes. */
function raw(path: string, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = "";
    const socket: Socket = connect(path, () => socket.write(text));
    socket.on("data", (chunk) => {
      said += chunk.toString();
    });
    socket.once("error", reject);
    socket.once("close", () => resolve(said));
  });
}

test("a command's outputs come as the command gives them, through a socket of mode 0600", async (t) => {
  const folder = temporaryFolder(t);
  const control = await openControlSocket({ folder, run: echo });
  assert.equal(control.path, join(folder, "control.sock"));
  assert.equal(statSync(control.path).mode & 0o777, 0o600);
  assert.deepEqual(await ask(folder, "why", { last: true, who: "José" }), [
    { kind: "row", value: { last: true, who: "José" } },
    { kind: "done", value: "why" },
  ]);
  await control.close();
  assert.equal(existsSync(control.path), false);
});

test("without a server there is no connection, and a socket left by a killed one is none either", async (t) => {
  const folder = temporaryFolder(t);
  assert.equal(await connectControl(folder), undefined);
  assert.equal(await connectControl(join(folder, "missing")), undefined);
  const first = await openControlSocket({ folder, run: echo });
  // What kill -9 leaves: a file that nobody listens on.
  rmSync(first.path);
  writeFileSync(first.path, "");
  assert.equal(await connectControl(folder), undefined);
  const second = await openControlSocket({ folder, run: echo });
  assert.equal((await ask(folder, "why")).length, 2);
  await second.close();
  await first.close();
});

test("a folder whose path is too long for a socket gets a short one in a private place", async (t) => {
  const folder = join(temporaryFolder(t), "x".repeat(100), "y".repeat(100));
  mkdirSync(folder, { recursive: true });
  const control = await openControlSocket({ folder, run: echo });
  assert.ok(control.path.startsWith(join(tmpdir(), "nexthop-")), control.path);
  assert.equal(statSync(join(control.path, "..")).mode & 0o777, 0o700);
  assert.equal((await ask(folder, "why")).length, 2);
  const after = await openControlSocket({ folder, run: echo });
  assert.equal(existsSync(control.path), false, "the one before is cleared away");
  assert.equal((await ask(folder, "why")).length, 2);
  await after.close();
  await control.close();
  assert.equal(await connectControl(folder), undefined);
});

test("a command that throws ends with `failed` and its reason", async (t) => {
  const folder = temporaryFolder(t);
  const control = await openControlSocket({ folder, run: echo });
  const outputs = await ask(folder, "throws");
  assert.deepEqual(outputs.at(-1), {
    kind: "failed",
    causeId: "internal-fault",
    text: "the store did not answer",
    exitCode: 1,
  });
  await control.close();
});

test("what is no request is answered with what a request is", async (t) => {
  const folder = temporaryFolder(t);
  const control = await openControlSocket({ folder, run: echo });
  for (const [line, wanted] of [
    ["GET / HTTP/1.1\r\n", /one line of JSON/],
    ["[]\n", /name of a command/],
    ['{"command":"why","arguments":[1]}\n', /`arguments` is a JSON object/],
  ] as const) {
    // oxlint-disable-next-line no-await-in-loop
    const said = JSON.parse(await raw(control.path, line)) as { kind: string; text: string };
    assert.equal(said.kind, "failed");
    assert.match(said.text, wanted);
  }
  await control.close();
});

test("a client that hangs up in the middle ends the command", async (t) => {
  const folder = temporaryFolder(t);
  const ended = Promise.withResolvers<void>();
  async function* endless(): AsyncGenerator<CommandOutput> {
    try {
      for (;;) yield { kind: "row", value: "x".repeat(10_000) };
    } finally {
      ended.resolve();
    }
  }
  const control = await openControlSocket({ folder, run: endless });
  const connection = await connectControl(folder);
  for await (const output of connection!.run("read", {})) {
    assert.equal(output.kind, "row");
    break;
  }
  await ended.promise;
  await control.close();
});

test("a server that goes away in the middle leaves the client with `failed` and exit code 3", async (t) => {
  const folder = temporaryFolder(t);
  const control = await openControlSocket({ folder, run: hangs });
  const connection = await connectControl(folder);
  const kinds: string[] = [];
  for await (const output of connection!.run("import", {})) {
    kinds.push(output.kind);
    if (output.kind === "progress") void control.close();
    if (output.kind === "failed") assert.equal(output.exitCode, 3);
  }
  assert.deepEqual(kinds, ["progress", "failed"]);
});
