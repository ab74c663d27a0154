import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { columnsOf } from "../base/text-wrap.ts";
import { because } from "../causes/index.ts";
import type { Explanation } from "../explain/index.ts";
import { parseAor } from "../message/index.ts";
import { createCaseStore, openLocalPort } from "../server/index.ts";
import { caseIdOf, Trace } from "../trace/index.ts";
import type { Terminal } from "./terminal.ts";
import { whyCommand } from "./why.ts";

interface Said {
  readonly out: readonly string[];
  readonly errors: readonly string[];
  readonly exitCode: number;
}

async function runWhy(folder: string, ...args: string[]): Promise<Said> {
  const out: string[] = [];
  const errors: string[] = [];
  let exitCode = 0;
  const terminal: Terminal = {
    out: (line) => out.push(...line.split("\n")),
    error: (line) => errors.push(line),
    progress: () => undefined,
    isInteractive: false,
    environment: { NEXTHOP_DATA: folder, NO_COLOR: "1" },
    exitCode: (code) => {
      exitCode = code;
    },
  };
  await whyCommand(terminal).parseAsync(args, { from: "user" });
  return { out, errors, exitCode };
}

/** A data folder as a server left it: one user, and one call to somebody who is not there. */
async function folderAfterACall(context: TestContext): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "nexthop-why-"));
  context.after(() => rmSync(folder, { recursive: true }));
  const port = openLocalPort(folder, { create: true });
  const bob = parseAor("bob@example.org");
  assert.ok(port !== undefined && bob !== undefined);
  await port.directory.put([{ kind: "subscriber", aor: bob, credential: undefined }]);
  const startedAtMs = Date.now() - 1000;
  const trace = new Trace(startedAtMs);
  const evidence = { aor: "sip:bbo@example.org", domain: "example.org" };
  trace.refuse(because("user-unknown", 404, evidence), startedAtMs + 3);
  const cases = createCaseStore({ folder, nowMs: Date.now });
  cases.keep({
    caseId: caseIdOf("call-1@192.0.2.1"),
    callId: "call-1@192.0.2.1",
    method: "INVITE",
    requestUri: "sip:bbo@example.org",
    from: "sip:alice@example.org",
    to: "sip:bbo@example.org",
    peer: "udp:192.0.2.1:5060",
    startedAtMs,
    endedAtMs: startedAtMs + 3,
    statusCode: 404,
    causeId: "user-unknown",
    values: trace.values,
    droppedCount: 0,
    messages: [],
    timers: [],
  });
  await cases.close();
  await port.close();
  return folder;
}

test("without a server, kept cases are read from the data folder and explained", async (context) => {
  const folder = await folderAfterACall(context);
  for (const args of [[], ["--last"], ["call-1@192.0.2.1"], ["--to", "bbo@example.org"]]) {
    const { out, errors, exitCode } = await runWhy(folder, ...args);
    assert.deepEqual([errors, exitCode], [[], 0], args.join(" "));
    assert.match(out.join("\n"), /404 Not Found → alice, 3 ms after INVITE/);
    assert.match(out.join("\n"), /near miss +bob@example\.org +one letter away/);
    for (const line of out) assert.ok(line.length <= 80, line);
  }
});

test("--json gives one object a line, with the cause id", async (context) => {
  const folder = await folderAfterACall(context);
  const { out } = await runWhy(folder, "--last", "--json");
  assert.equal(out.length, 1);
  const explanation = JSON.parse(out[0] ?? "") as { readonly causeId: string };
  assert.equal(explanation.causeId, "user-unknown");
});

test("--lang chooses the words; JSON keeps ids and evidence", async (context) => {
  const folder = await folderAfterACall(context);
  const { out, errors } = await runWhy(folder, "--last", "--lang", "ja");
  assert.deepEqual(errors, []);
  assert.match(out.join("\n"), /404 Not Found → alice、INVITE から 3 ms 後/);
  for (const line of out) assert.ok(columnsOf(line) <= 80, line);
  const [english = "", japanese = ""] = (
    await Promise.all([
      runWhy(folder, "--last", "--json", "--lang", "en"),
      runWhy(folder, "--last", "--json", "--lang", "ja"),
    ])
  ).map((said) => said.out[0]);
  const [one, other] = [JSON.parse(english), JSON.parse(japanese)] as [Explanation, Explanation];
  assert.deepEqual(
    [other.causeId, other.causeEvidence, other.headline],
    [one.causeId, one.causeEvidence, one.headline],
  );
  assert.notEqual(other.says, one.says);
  assert.deepEqual([one.language, other.language], ["en", "ja"]);
});

test("exit codes: 1 not found, 2 two questions at once, 3 no server and no store", async (context) => {
  const folder = await folderAfterACall(context);
  assert.equal((await runWhy(folder, "no-such-call@x")).exitCode, 1);
  assert.equal((await runWhy(folder, "--pending")).exitCode, 3);
  assert.equal((await runWhy(folder, "--last", "--pending")).exitCode, 2);
  const nothing = await runWhy(join(folder, "nothing-here"), "--last");
  assert.equal(nothing.exitCode, 3);
  assert.match(nothing.errors.join(" "), /no store in it/);
});
