import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { checkConfig } from "../config/index.ts";
import { NO_NAMES, systemClock, systemRandom, UserAgentDriver } from "../server/index.ts";
import { createSocketLayer, type TransportName } from "../transport/index.ts";
import { UserAgent, type AnswerScript } from "../user-agent/index.ts";

/** A device on loopback that plays that script, for as long as the test lasts. */
async function device(script: AnswerScript, transport: TransportName) {
  const listen = [{ transport, address: "127.0.0.1", port: 0 }];
  const { limits } = checkConfig("test", {}, { listen });
  const layer = createSocketLayer({ listen, limits });
  const clock = systemClock();
  let driver: UserAgentDriver | undefined;
  const [local] = await layer.open({
    datagram: (text, flow) => driver?.datagram(text, flow),
    message: (text, flow) => driver?.message(text, flow),
    unframable: () => undefined,
    sendFailed: () => undefined,
    closed: () => undefined,
  });
  assert.ok(local);
  const userAgent = new UserAgent(
    {
      aor: "sip:bob@example.org",
      local,
      random: systemRandom(),
      password: undefined,
      outboundProxy: undefined,
      mediaPort: 9,
    },
    script,
  );
  driver = new UserAgentDriver(userAgent, {
    transport: layer,
    clock,
    resolver: NO_NAMES,
    random: systemRandom(),
    tell: () => undefined,
  });
  const close = async (): Promise<void> => {
    await layer.close();
    clock.wakeAt(clock.nowMs(), () => undefined);
  };
  return { hostAndPort: `127.0.0.1:${local.port}`, close };
}

interface Ended {
  readonly exitCode: number | null;
  readonly out: string;
  readonly err: string;
}

const nexthop = fileURLToPath(new URL("../../bin/nexthop.js", import.meta.url));

/** Runs the command as a process of its own; `interruptOn` sends Ctrl-C once that was printed. */
function runs(args: readonly string[], interruptOn?: RegExp): Promise<Ended> {
  const child = spawn(process.execPath, [nexthop, "call", ...args], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let out = "";
  let err = "";
  let isInterrupted = false;
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    out += text;
    if (interruptOn?.test(out) === true && !isInterrupted) {
      isInterrupted = true;
      child.kill("SIGINT");
    }
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => (err += text));
  return new Promise((resolve) => {
    child.on("close", (exitCode) => resolve({ exitCode, out, err }));
  });
}

const quick: AnswerScript = { kind: "answer", ringAfterMs: 0, answerAfterMs: 20 };

for (const transport of ["udp", "tcp"] as const) {
  test(`a call over ${transport} that is answered and hung up ends with 0`, async () => {
    const bob = await device(quick, transport);
    const ended = await runs([
      "bob@example.org",
      "--via",
      bob.hostAndPort,
      "--transport",
      transport,
      "--duration",
      "0.05",
    ]);
    await bob.close();
    assert.equal(ended.err, "");
    assert.equal(ended.exitCode, 0);
    const seen = [
      "INVITE sip:bob@example.org",
      "100 Trying",
      "180 Ringing",
      "200 OK",
      "ACK",
      "BYE",
    ];
    let at = -1;
    for (const label of [...seen, "200 OK (BYE)", "Answered after", "nexthop why"]) {
      const next = ended.out.indexOf(label, at + 1);
      assert.ok(next > at, `${label} comes after what came before it\n${ended.out}`);
      at = next;
    }
    for (const line of ended.out.split("\n")) assert.ok(line.length <= 80, line);
  });
}

test("a refusal is explained, with who said it, and ends with 1", async () => {
  const bob = await device({ kind: "refuse", statusCode: 486, afterMs: 30 }, "udp");
  const ended = await runs([`sip:bob@${bob.hostAndPort}`, "--from", "alice@example.org"]);
  await bob.close();
  assert.equal(ended.exitCode, 1);
  assert.match(ended.out, /486 Busy Here, \d+ ms after the INVITE/);
  assert.match(ended.out, /means The callee is busy at this device/);
  assert.match(ended.out, /its software calls itself Nexthop user agent/);
  assert.match(ended.out, /nexthop why [0-9a-f]{32}@/);
});

test("Ctrl-C cancels a call that rings, and waits for its 487 (RFC 3261 §9.1)", async () => {
  const bob = await device({ kind: "ring-forever", ringAfterMs: 0 }, "udp");
  const ended = await runs([`bob@${bob.hostAndPort}`], /180 Ringing/);
  await bob.close();
  assert.equal(ended.exitCode, 1);
  assert.match(ended.out, /CANCEL[\s\S]*487 Request Terminated[\s\S]*ACK/);
  assert.match(ended.out, /Cancelled after .*; the last word was 180 Ringing/);
});

test("nobody listening is told at once, not after 32 s (RFC 3261 §17.1.4)", async () => {
  const bob = await device(quick, "udp");
  await bob.close();
  const ended = await runs([`bob@${bob.hostAndPort}`]);
  assert.equal(ended.exitCode, 1);
  assert.match(ended.out, /cannot be reached/);
});

test("programs get one object a line", async () => {
  const bob = await device({ kind: "decline" }, "udp");
  const ended = await runs([`bob@${bob.hostAndPort}`, "--json"]);
  await bob.close();
  const lines = ended.out
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  assert.deepEqual(
    lines.map((line) => line["label"] ?? line["how"]),
    [
      `INVITE sip:bob@${bob.hostAndPort}`,
      "100 Trying",
      "603 Decline",
      `ACK sip:bob@${bob.hostAndPort}`,
      "refused",
    ],
  );
  assert.equal(lines.at(-1)?.["statusCode"], 603);
});

for (const [args, problem] of [
  [["alice bob"], /is not a SIP URI/],
  [["bob@127.0.0.1", "--via", "::::"], /--via ::::: HOST:PORT is expected/],
  [["bob@127.0.0.1", "--transport", "pigeon"], /Allowed choices are udp, tcp/],
  [["bob@127.0.0.1", "--from", "@"], /--from @: user@domain is expected/],
  [["tel:+4930123456"], /add --via/],
  [["bob@127.0.0.1", "--duration", "soon"], /a number of seconds/],
] as const) {
  test(`wrong usage ends with 2 and says what is expected: ${args.join(" ")}`, async () => {
    const ended = await runs(args);
    assert.equal(ended.exitCode, 2);
    assert.match(ended.err, problem);
  });
}
