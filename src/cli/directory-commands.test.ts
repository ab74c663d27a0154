import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import type { Command } from "commander";
import { openLocalPort } from "../server/index.ts";
import { aliasCommand } from "./alias.ts";
import { registrationsCommand } from "./registrations.ts";
import type { Terminal } from "./terminal.ts";
import { userCommand } from "./user.ts";

const root = mkdtempSync(join(tmpdir(), "nexthop-cli-"));
after(() => rmSync(root, { recursive: true, force: true }));
let count = 0;

/** A data folder, and what `nexthop …` on it writes and ends with. */
class Shell {
  readonly folder = join(root, String((count += 1)));
  out: string[] = [];
  errors: string[] = [];
  code = 0;

  async run(...words: readonly string[]): Promise<void> {
    this.out = [];
    this.errors = [];
    this.code = 0;
    const terminal: Terminal = {
      out: (line) => this.out.push(line),
      error: (line) => this.errors.push(line),
      progress: () => undefined,
      isInteractive: false,
      environment: {},
      exitCode: (code) => (this.code = code),
    };
    const [group = "", ...rest] = words;
    const made: Readonly<Record<string, (to: Terminal) => Command>> = {
      user: userCommand,
      alias: aliasCommand,
      registrations: registrationsCommand,
    };
    const command = made[group]?.(terminal);
    assert.ok(command, group);
    await command.parseAsync([...rest, "--data", this.folder], { from: "user" });
    const width = Math.max(
      ...[...this.out, ...this.errors].map((line) => Array.from(line).length),
      0,
    );
    if (!words.includes("--json"))
      assert.ok(width <= 80 || this.errors.length > 0, this.out.join());
  }

  file(name: string, content: string | Buffer): string {
    const path = join(root, `${count}-${name}`);
    writeFileSync(path, content);
    return path;
  }
}

test("a fresh machine: add, list, alias, change, remove", async () => {
  const shell = new Shell();
  await shell.run("user", "add", "alice@example.org", "--password", "s3cret");
  assert.deepEqual([shell.out, shell.errors, shell.code], [["Added alice@example.org."], [], 0]);
  await shell.run("alias", "add", "sales@example.org", "alice@example.org");
  assert.deepEqual(shell.out, ["Added sales@example.org → alice@example.org."]);
  await shell.run("user", "list");
  assert.match(shell.out[0] ?? "", /^alice@example.org {20,}not registered$/);
  assert.deepEqual(shell.out.slice(1), ["1 user"]);
  await shell.run("alias", "list", "--json");
  assert.deepEqual(shell.out, [
    '{"alias":"sip:sales@example.org","target":"sip:alice@example.org"}',
  ]);
  await shell.run("user", "password", "alice@example.org", "--password", "other");
  assert.deepEqual(shell.out, ["Changed the password of alice@example.org."]);
  await shell.run("registrations", "sales@example.org");
  assert.deepEqual(shell.out, [
    "alice@example.org",
    "  not registered: calls get 480 Temporarily Unavailable",
  ]);
  await shell.run("user", "remove", "alice@example.org");
  assert.deepEqual(shell.out, ["Removed alice@example.org."]);
  assert.match(shell.errors[0] ?? "", /^Warning: the alias sales@example.org still leads/);
  await shell.run("alias", "remove", "sales@example.org");
  assert.equal(shell.code, 0);
  await shell.run("user", "list");
  assert.deepEqual(shell.out, ["0 users"]);
});

test("without a password one is made, told once, and works (RFC 7616 §3.4.1)", async () => {
  const shell = new Shell();
  await shell.run("user", "add", "alice@example.org", "--json");
  const told = JSON.parse(shell.out[0] ?? "") as {
    readonly aor: string;
    readonly password: string;
  };
  assert.equal(told.aor, "sip:alice@example.org");
  assert.match(told.password, /^[a-z2-9]{16}$/);
  const port = openLocalPort(shell.folder, { create: false });
  assert.ok(port);
  const entry = [...(port.directory.entries() as Iterable<unknown>)][0] as {
    readonly credential: unknown;
  };
  assert.deepEqual(entry.credential, port.credentialOf("alice", "example.org", told.password));
  await port.close();
});

test("what fails says so on stderr, with 1 for the thing asked about and 2 for wrong usage", async () => {
  const shell = new Shell();
  await shell.run("user", "add", "alice@example.org", "--password", "p");
  await shell.run("user", "add", "alice@example.org", "--password", "p");
  assert.deepEqual([shell.out, shell.code], [[], 1]);
  assert.match(shell.errors.join(), /^alice@example.org exists already/);
  await shell.run("user", "add", "alice", "--password", "p");
  assert.deepEqual([shell.out, shell.code], [[], 2]);
  await shell.run("user", "remove", "bob@example.org");
  assert.equal(shell.code, 1);
});

test("where there is neither a server nor a store, 3, and nothing is made", async () => {
  const shell = new Shell();
  for (const words of [["user", "list"], ["alias", "list"], ["registrations"]]) {
    await shell.run(...words);
    assert.equal(shell.code, 3);
    assert.match(shell.errors.join("\n"), /no server running on .*, and no store in it/);
  }
  await shell.run("user", "import", shell.file("bad.csv", "nonsense"));
  assert.equal(shell.code, 1);
  assert.equal(openLocalPort(shell.folder, { create: false }), undefined);
});

test("user import takes a file, and the same file again", async () => {
  const shell = new Shell();
  const rows = Array.from({ length: 2_500 }, (_, at) => `u${at}@example.org,p${at}`);
  const path = shell.file("users.csv", `aor,password\n${rows.join("\n")}\n`);
  await shell.run("user", "import", path);
  assert.deepEqual(shell.out, ["Imported 2500 users: 2500 new, 0 changed."]);
  await shell.run("user", "import", path, "--json");
  assert.deepEqual(shell.out, ['{"added":0,"changed":2500}']);
  const port = openLocalPort(shell.folder, { create: false });
  assert.equal(port?.directory.size, 2_500);
  await port?.close();
});

test("user import names all bad rows, aliases among them, and imports nothing", async () => {
  const shell = new Shell();
  await shell.run("user", "import", shell.file("bad.csv", "a@x.org,p\nbob,p\nc@x.org\n"));
  assert.deepEqual(shell.errors, [
    'line 2: "bob" is not user@domain of at most 512 chars',
    "line 3: one field, and two are expected: aor,password",
    "2 bad rows, nothing imported.",
  ]);
  assert.equal(shell.code, 1);
  await shell.run("alias", "add", "sales@x.org", "tel:+49301234");
  await shell.run("user", "import", shell.file("alias.csv", "a@x.org,p\nsales@x.org,p\n"));
  assert.match(shell.errors[0] ?? "", /^line 2: sales@x.org is an alias; remove it first/);
  assert.equal(shell.code, 1);
  await shell.run("user", "list");
  assert.deepEqual(shell.out, ["0 users"]);
});

test("a file that is not there, or not in UTF-8, is told by name", async () => {
  const shell = new Shell();
  await shell.run("user", "import", join(root, "nowhere.csv"));
  assert.match(shell.errors.join(), /nowhere.csv: ENOENT/);
  assert.equal(shell.code, 1);
  await shell.run(
    "user",
    "import",
    shell.file("latin1.csv", Buffer.from("j\xfcrg@x.org,p", "latin1")),
  );
  assert.match(shell.errors.join(), /latin1.csv: the file is not in UTF-8/);
});

test("registrations shows where devices are, for how long, and what ended", async () => {
  const shell = new Shell();
  const port = openLocalPort(shell.folder, { create: true });
  assert.ok(port);
  await port.directory.put([
    { kind: "subscriber", aor: "sip:alice@example.org" as never, credential: undefined },
  ]);
  const nowMs = Date.now();
  const binding = {
    contactUri: "sip:alice@192.0.2.1:5060",
    callId: "c1",
    cseq: 1,
    qMilli: 500,
    expiresAtMs: nowMs + 3_600_000,
    updatedAtMs: nowMs,
    path: ["<sip:p.example.org;lr>"],
    source: "udp:192.0.2.1:5060",
  };
  const ended = { ...binding, contactUri: "sip:old@192.0.2.9", expiresAtMs: nowMs - 600_000 };
  await port.location.replace("sip:alice@example.org" as never, 0, [binding, ended], nowMs);
  await port.close();
  await shell.run("registrations");
  assert.deepEqual(shell.out, [
    "alice@example.org",
    "  sip:alice@192.0.2.1:5060",
    "    expires in 60 min, q 0.5, from udp:192.0.2.1:5060",
    "    through <sip:p.example.org;lr>",
    "1 user, 1 device",
  ]);
  await shell.run("registrations", "alice@example.org");
  assert.deepEqual(shell.out.slice(-1), ["  ended 10 min ago: sip:old@192.0.2.9"]);
  await shell.run("user", "list", "--json");
  assert.deepEqual(shell.out, ['{"aor":"sip:alice@example.org","hasPassword":false,"bindings":1}']);
});
