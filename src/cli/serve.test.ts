import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";

const program = fileURLToPath(new URL("../../bin/nexthop.js", import.meta.url));
const root = mkdtempSync(join(tmpdir(), "nexthop-serve-"));
after(() => rmSync(root, { recursive: true, force: true }));
let folders = 0;

function freshFolder(): string {
  folders += 1;
  return join(root, String(folders));
}

/** `nexthop …` as a process of its own, with what it writes. */
function nexthop(...words: readonly string[]) {
  const child = spawn(process.execPath, [program, ...words], { stdio: ["ignore", "pipe", "pipe"] });
  const written = { out: "", err: "" };
  const ready = new Promise<string>((resolve) => {
    child.stdout.on("data", (bytes: Buffer) => {
      written.out += bytes.toString();
      if (/\bready\b.*\n/.test(written.out)) resolve(written.out);
    });
  });
  child.stderr.on("data", (bytes: Buffer) => {
    written.err += bytes.toString();
  });
  const ended = once(child, "close").then(([code]: unknown[]) => code);
  return { child, written, ready, ended };
}

const loopback = ["--listen", "udp:127.0.0.1:0", "--listen", "tcp:127.0.0.1:0"];

test("says ready when it answers, lets commands in, and ends with 0 at SIGTERM", async () => {
  const data = freshFolder();
  const server = nexthop("serve", "--domain", "example.org", "--data", data, ...loopback);
  const line = await server.ready;
  assert.match(line, /^ready: example\.org on udp:127\.0\.0\.1:\d+ tcp:127\.0\.0\.1:\d+, data in /);
  const port = Number(/udp:127\.0\.0\.1:(\d+)/.exec(line)?.[1]);

  const peer = createSocket("udp4");
  peer.send(
    "OPTIONS sip:nobody@elsewhere.test SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:9;branch=z9hG4bKa;rport\r\n" +
      "From: <sip:a@b.test>;tag=1\r\nTo: <sip:nobody@elsewhere.test>\r\nCall-ID: c\r\nCSeq: 1 OPTIONS\r\n" +
      "Max-Forwards: 70\r\nContent-Length: 0\r\n\r\n",
    port,
    "127.0.0.1",
  );
  const [answer] = (await once(peer, "message")) as [Buffer];
  assert.match(answer.toString(), /^SIP\/2\.0 404 /);
  peer.close();

  const [added, second] = [
    nexthop("user", "add", "alice@example.org", "--password", "s3cret", "--data", data),
    nexthop("serve", "--domain", "example.org", "--data", data, ...loopback),
  ];
  assert.equal(await added.ended, 0, added.written.err);
  assert.equal(await second.ended, 1);
  assert.equal(
    second.written.err,
    `nexthop: data-folder-in-use: ${data} is used by process ${server.child.pid}\n`,
  );

  const askedMs = performance.now();
  server.child.kill("SIGTERM");
  assert.equal(await server.ended, 0);
  assert.ok(performance.now() - askedMs < 2_000);
});

test("a listener that cannot be bound is told with its cause, and the end is 1", async () => {
  const other = createSocket("udp4");
  other.bind(0, "127.0.0.1");
  await once(other, "listening");
  const where = `udp:127.0.0.1:${other.address().port}`;
  const server = nexthop("serve", "--domain", "x.test", "--data", freshFolder(), "--listen", where);
  assert.equal(await server.ended, 1);
  assert.equal(
    server.written.err,
    `nexthop: listener-refused: ${where}: EADDRINUSE: another program listens there\n`,
  );
  assert.equal(server.written.out, "");
  other.close();
});

test("--http serves the reference beside the calls; one that cannot be bound ends it like any listener", async () => {
  const web = ["--http", "127.0.0.1:0"];
  const server = nexthop(
    "serve",
    "--domain",
    "x.test",
    "--data",
    freshFolder(),
    ...loopback,
    ...web,
  );
  const [url = ""] = /http:\/\/127\.0\.0\.1:\d+/.exec(await server.ready) ?? [];
  const answer = await fetch(`${url}/api/codes/404?lang=de`);
  assert.equal(((await answer.json()) as { readonly name: string }).name, "Not Found");

  const where = url.slice("http://".length);
  const words = ["--domain", "y.test", "--data", freshFolder(), ...loopback, "--http", where];
  const second = nexthop("serve", ...words);
  assert.equal(await second.ended, 1);
  assert.match(
    second.written.err,
    /^nexthop: listener-refused: http:127\.0\.0\.1:\d+: .*EADDRINUSE/,
  );
  assert.equal(second.written.out, "");

  // The connection of the question above is still open; nobody waits for it.
  const askedMs = performance.now();
  server.child.kill("SIGTERM");
  assert.equal(await server.ended, 0);
  assert.ok(performance.now() - askedMs < 2_000);
});

test("what is wrong with the words or the file is told at once, and the end is 2", async () => {
  const config = join(root, "three.config.ts");
  writeFileSync(
    config,
    'import { defineConfig } from "nexthop";\n' +
      "export default defineConfig({ domain: [], auth: 'maybe', listen: ['udp:5060'] } as never);\n",
  );
  const runs: readonly (readonly [words: readonly string[], told: RegExp])[] = [
    [
      ["serve", config],
      /3 problems\n {2}listen\[0\]: .*\n {2}auth: .*\n {2}domain: .*domains\?\n$/,
    ],
    [["serve", "--listen", "udp:5060"], /'udp:5060' is invalid\. accepted: udp:ADDRESS:PORT/],
    [["serve", "--http", "8080"], /'8080' is invalid\. accepted: "off", or ADDRESS:PORT/],
    [["serv"], /unknown command 'serv'\n\(Did you mean serve\?\)/],
  ];
  await Promise.all(
    runs.map(async ([words, told]) => {
      const run = nexthop(...words);
      assert.equal(await run.ended, 2, words.join(" "));
      assert.match(run.written.err, told);
      assert.equal(run.written.out, "");
    }),
  );
});

test("a config file sets what flags do not, and --log json writes one object an event", async () => {
  const config = join(root, "good.config.ts");
  const data = freshFolder();
  writeFileSync(
    config,
    'import { defineConfig } from "nexthop";\n' +
      `export default defineConfig({ domains: ["a.test"], auth: "none", data: ${JSON.stringify(data)},\n` +
      '  listen: [{ transport: "udp", address: "::1", port: 0 }] });\n',
  );
  const server = nexthop("serve", config, "--domain", "b.test", "--log", "json");
  assert.match(await server.ready, /^ready: b\.test on udp:\[::1\]:\d+, data in /);
  server.child.kill("SIGINT");
  assert.equal(await server.ended, 0);
  const events = server.written.err
    .trim()
    .split("\n")
    .map((line) => (JSON.parse(line) as { readonly event: string }).event);
  assert.ok(events.includes("auth-none"), server.written.err);
  assert.ok(events.includes("stopping"), server.written.err);
});

test("without a domain and without users the server does not start, and says what to do", async () => {
  const run = nexthop("serve", "--data", freshFolder(), ...loopback);
  assert.equal(await run.ended, 2);
  const [, causeId, text = ""] = /^nexthop: ([a-z-]+): (.*)/.exec(run.written.err) ?? [];
  assert.equal(causeId, "no-domain");
  assert.match(text, /--domain example\.org/);
});
