import assert from "node:assert/strict";
import { test } from "node:test";
import { credentialOf } from "../../auth/index.ts";
import { memoryDirectory, type Subscriber } from "../../directory/index.ts";
import { memoryLocationStore, type Binding } from "../../location/index.ts";
import type { Aor } from "../../message/index.ts";
import { directoryCommands, shown } from "./index.ts";
import type { CommandOutput, CommandPort } from "./types.ts";

const NOW_MS = 1_000_000;
const alice = "sip:alice@example.org" as Aor;
const bob = "sip:bob@example.org" as Aor;
const desk: Binding = {
  contactUri: "sip:alice@192.0.2.1:5060",
  callId: "c1",
  cseq: 3,
  qMilli: 500,
  expiresAtMs: NOW_MS + 90_000,
  updatedAtMs: NOW_MS - 1_000,
  path: ["<sip:p.example.org;lr>"],
  source: "udp:192.0.2.1:5060",
};

function newPort(): CommandPort {
  return {
    directory: memoryDirectory(),
    location: memoryLocationStore(),
    domains: ["example.org"],
    nowMs: () => NOW_MS,
    credentialOf,
  };
}

async function run(
  port: CommandPort,
  command: string,
  args: Readonly<Record<string, unknown>> = {},
): Promise<readonly CommandOutput[]> {
  const handler = directoryCommands[command];
  assert.ok(handler, command);
  const outputs: CommandOutput[] = [];
  for await (const output of handler(args, port)) outputs.push(output);
  // Each command ends once, and says nothing after that.
  const ends = outputs.filter(({ kind }) => kind === "done" || kind === "failed");
  assert.equal(ends.length, 1);
  assert.equal(outputs.at(-1), ends[0]);
  return outputs;
}

async function fails(
  port: CommandPort,
  command: string,
  args: Readonly<Record<string, unknown>>,
  text: RegExp,
  exitCode: number,
): Promise<void> {
  const end = (await run(port, command, args)).at(-1);
  assert.ok(end?.kind === "failed", JSON.stringify(end));
  assert.match(end.text, text);
  assert.equal(end.exitCode, exitCode);
}

const warningsOf = (outputs: readonly CommandOutput[]): string[] =>
  outputs.flatMap((output) => (output.kind === "warning" ? [output.text] : []));
const rowsOf = (outputs: readonly CommandOutput[]): unknown[] =>
  outputs.flatMap((output) => (output.kind === "row" ? [output.value] : []));

test("user add keeps hashes for the realm of the domain, and never the password", async () => {
  const port = newPort();
  const outputs = await run(port, "user add", { aor: "jürg@Example.org", password: "s3cret" });
  const aor = "sip:j%C3%BCrg@example.org" as Aor;
  assert.deepEqual(outputs, [{ kind: "done", value: { aor } }]);
  const entry = await port.directory.find(aor);
  assert.deepEqual(entry, {
    kind: "subscriber",
    aor,
    credential: credentialOf("jürg", "example.org", "s3cret"),
  });
  assert.ok(!JSON.stringify(entry).includes("s3cret"));
});

test("user add of a name that is taken says what to do instead, and changes nothing", async () => {
  const port = newPort();
  await run(port, "user add", { aor: "alice@example.org", password: "one" });
  const before = await port.directory.find(alice);
  const again = { aor: "sip:alice@example.org", password: "two" };
  await fails(port, "user add", again, /exists already.*nexthop user password alice@/, 1);
  assert.deepEqual(await port.directory.find(alice), before);
  await run(port, "alias add", { alias: "sales@example.org", target: "alice@example.org" });
  const taken = { aor: "sales@example.org", password: "p" };
  await fails(port, "user add", taken, /is an alias of alice@example.org.*alias remove/, 1);
});

test("wrong usage is told as such", async () => {
  const port = newPort();
  await fails(port, "user add", { aor: "alice", password: "p" }, /"alice" is not an address/, 2);
  await fails(port, "user add", { password: "p" }, /"aor" is missing/, 2);
  await fails(port, "user add", { aor: "a@example.org" }, /"password" is missing/, 2);
  await fails(port, "user add", { aor: "a@example.org", password: "" }, /no password/, 2);
  await fails(port, "user add", { aor: 7, password: "p" }, /"aor" is missing/, 2);
  await fails(port, "user import", { rows: "x" }, /"rows" is a list/, 2);
  await fails(port, "user import", { rows: [["a@example.org"]] }, /no password/, 2);
  await fails(port, "alias add", { alias: "a@b.org", target: "http://x" }, /neither/, 2);
  assert.equal(port.directory.size, 0);
});

test("a domain that is not served is a warning; where nobody can say, none", async () => {
  const port = newPort();
  const args = { aor: "alice@other.example", password: "p" };
  assert.match(
    warningsOf(await run(port, "user add", args))[0] ?? "",
    /other.example is not served/,
  );
  const unknown = { ...newPort(), domains: undefined };
  assert.deepEqual(warningsOf(await run(unknown, "user add", args)), []);
});

test("user password changes the hashes of who exists", async () => {
  const port = newPort();
  await fails(port, "user password", { aor: "alice@example.org", password: "p" }, /no user/, 1);
  await run(port, "user add", { aor: "alice@example.org", password: "one" });
  await run(port, "user password", { aor: "alice@example.org", password: "two" });
  const entry = await port.directory.find(alice);
  assert.deepEqual((entry as Subscriber).credential, credentialOf("alice", "example.org", "two"));
});

test("user remove unbinds the devices and tells of aliases that lead nowhere now", async () => {
  const port = newPort();
  await run(port, "user add", { aor: "alice@example.org", password: "p" });
  await run(port, "alias add", { alias: "sales@example.org", target: "alice@example.org" });
  await run(port, "alias add", { alias: "bob2@example.org", target: "tel:+49301234" });
  await port.location.replace(alice, 0, [desk], NOW_MS);
  const outputs = await run(port, "user remove", { aor: "alice@example.org" });
  assert.deepEqual(warningsOf(outputs), [
    "the alias sales@example.org still leads to alice@example.org, who is gone",
  ]);
  assert.deepEqual(outputs.at(-1), { kind: "done", value: { aor: alice, bindingsRemoved: 1 } });
  assert.equal(await port.directory.find(alice), undefined);
  assert.deepEqual((await port.location.lookup(alice, NOW_MS)).bindings, []);
  await fails(port, "user remove", { aor: "alice@example.org" }, /there is no user/, 1);
  await fails(port, "user remove", { aor: "sales@example.org" }, /is an alias/, 1);
});

test("user list names each user, with how many devices are bound", async () => {
  const port = newPort();
  await run(port, "user add", { aor: "alice@example.org", password: "p" });
  await port.directory.put([{ kind: "subscriber", aor: bob, credential: undefined }]);
  await run(port, "alias add", { alias: "sales@example.org", target: "alice@example.org" });
  await port.location.replace(alice, 0, [desk], NOW_MS);
  const outputs = await run(port, "user list");
  assert.deepEqual(rowsOf(outputs), [
    { aor: alice, hasPassword: true, bindings: 1 },
    { aor: bob, hasPassword: false, bindings: 0 },
  ]);
  assert.deepEqual(outputs.at(-1), { kind: "done", value: { users: 2 } });
});

test("user import adds who is new and gives who exists the new password", async () => {
  const port = newPort();
  await run(port, "user add", { aor: "alice@example.org", password: "old" });
  const rows = [
    ["alice@example.org", "new"],
    ["bob@example.org", "p"],
    ["carol@other.example", "p"],
  ];
  const outputs = await run(port, "user import", { rows });
  assert.deepEqual(outputs.at(-1), { kind: "done", value: { added: 2, changed: 1 } });
  assert.match(warningsOf(outputs).join(), /^other.example is not served/);
  const entry = await port.directory.find(alice);
  assert.deepEqual((entry as Subscriber).credential, credentialOf("alice", "example.org", "new"));
});

test("user import with one bad row, or a row that is an alias, imports none", async () => {
  const port = newPort();
  await run(port, "alias add", { alias: "sales@example.org", target: "tel:+49301234" });
  const good = ["alice@example.org", "p"];
  await fails(port, "user import", { rows: [good, ["bob", "p"]] }, /no address/, 2);
  const withAlias = { rows: [good, ["sales@example.org", "p"]] };
  await fails(port, "user import", withAlias, /sales@example.org is an alias/, 1);
  assert.equal(port.directory.size, 0);
});

test("alias add keeps a plain address in canonical form, and a URI that says more as it is", async () => {
  const port = newPort();
  for (const [target, kept] of [
    ["bob@Elsewhere.example", "sip:bob@elsewhere.example"],
    ["sip:bob@elsewhere.example", "sip:bob@elsewhere.example"],
    [
      "sip:Bob@Elsewhere.example:5070;transport=tcp",
      "sip:Bob@Elsewhere.example:5070;transport=tcp",
    ],
    ["tel:+49-30-1234", "tel:+49-30-1234"],
    ["sips:bob@elsewhere.example", "sips:bob@elsewhere.example"],
  ] as const) {
    await port.directory.remove("sip:x@example.org" as Aor);
    const outputs = await run(port, "alias add", { alias: "x@example.org", target });
    assert.deepEqual(outputs, [
      { kind: "done", value: { alias: "sip:x@example.org", target: kept } },
    ]);
  }
});

test("alias add warns of an end that does not exist here, and only of that", async () => {
  const port = newPort();
  const dangling = { alias: "x@example.org", target: "nobody@example.org" };
  assert.match(warningsOf(await run(port, "alias add", dangling)).join(), /no user nobody@/);
  await run(port, "user add", { aor: "alice@example.org", password: "p" });
  const good = { alias: "y@example.org", target: "alice@example.org" };
  assert.deepEqual(warningsOf(await run(port, "alias add", good)), []);
  const elsewhere = { alias: "z@unserved.example", target: "alice@elsewhere.example" };
  assert.match(
    warningsOf(await run(port, "alias add", elsewhere)).join(),
    /^unserved.example is not served here/,
  );
});

test("an alias needs a name of its own, and does not silently change its end", async () => {
  const port = newPort();
  await run(port, "user add", { aor: "alice@example.org", password: "p" });
  const onUser = { alias: "alice@example.org", target: "bob@example.org" };
  await fails(port, "alias add", onUser, /is a user/, 1);
  const sales = { alias: "sales@example.org", target: "alice@example.org" };
  await run(port, "alias add", sales);
  await run(port, "alias add", sales);
  const other = { ...sales, target: "bob@example.org" };
  await fails(port, "alias add", other, /already; remove it first/, 1);
});

const add = (from: number, to: number): Readonly<Record<string, unknown>> => ({
  alias: `a${from}@example.org`,
  target: `a${to}@example.org`,
});

test("aliases may not go in a circle, nor more than eight in a row", async () => {
  const port = newPort();
  await fails(port, "alias add", add(1, 1), /leads back/, 1);
  for (let from = 8; from >= 1; from -= 1) await run(port, "alias add", add(from, from + 1));
  await fails(port, "alias add", add(9, 1), /more than 8 aliases/, 1);
  await fails(port, "alias add", add(0, 1), /more than 8 aliases/, 1);
  await fails(port, "alias add", add(9, 5), /a5@example.org leads back to a9@example.org/, 1);
});

test("alias remove and alias list", async () => {
  const port = newPort();
  await run(port, "alias add", { alias: "a@example.org", target: "tel:+1" });
  await run(port, "alias add", { alias: "b@example.org", target: "a@example.org" });
  assert.deepEqual(rowsOf(await run(port, "alias list")), [
    { alias: "sip:a@example.org", target: "tel:+1" },
    { alias: "sip:b@example.org", target: "sip:a@example.org" },
  ]);
  const outputs = await run(port, "alias remove", { alias: "a@example.org" });
  assert.match(warningsOf(outputs).join(), /b@example.org still leads to a@example.org/);
  await fails(port, "alias remove", { alias: "a@example.org" }, /there is no alias/, 1);
});

test("registrations tells what is bound, until when and from where", async () => {
  const port = newPort();
  await port.location.replace(alice, 0, [desk], NOW_MS);
  const row = {
    aor: alice,
    bindings: [
      {
        contactUri: "sip:alice@192.0.2.1:5060",
        expiresInSeconds: 90,
        expiresAt: new Date(NOW_MS + 90_000).toISOString(),
        registeredAt: new Date(NOW_MS - 1_000).toISOString(),
        q: 0.5,
        source: "udp:192.0.2.1:5060",
        path: ["<sip:p.example.org;lr>"],
        callId: "c1",
        cseq: 3,
      },
    ],
    lapsed: [],
  };
  assert.deepEqual(await run(port, "registrations"), [
    { kind: "row", value: row },
    { kind: "done", value: { aors: 1, bindings: 1 } },
  ]);
  assert.deepEqual(rowsOf(await run(port, "registrations", { aor: "alice@example.org" })), [row]);
});

test("registrations of one: not registered is a row without bindings, unknown is a failure", async () => {
  const port = newPort();
  await run(port, "user add", { aor: "alice@example.org", password: "p" });
  const outputs = await run(port, "registrations", { aor: "alice@example.org" });
  assert.deepEqual(rowsOf(outputs), [{ aor: alice, bindings: [], lapsed: [] }]);
  await fails(port, "registrations", { aor: "bob@example.org" }, /there is no user bob@/, 1);
  await run(port, "alias add", { alias: "sales@example.org", target: "alice@example.org" });
  const byAlias = await run(port, "registrations", { aor: "sales@example.org" });
  assert.deepEqual(warningsOf(byAlias), ["sales@example.org is an alias of alice@example.org"]);
  assert.deepEqual(rowsOf(byAlias), [{ aor: alice, bindings: [], lapsed: [] }]);
});

test("addresses are shown as they were typed, where that can be read", () => {
  assert.equal(shown("sip:j%C3%BCrg@example.org"), "jürg@example.org");
  assert.equal(shown("sip:a%20b%FF@example.org"), "a%20b%FF@example.org");
  assert.equal(shown("tel:+49"), "tel:+49");
});
