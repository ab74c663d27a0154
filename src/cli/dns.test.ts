import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { a, naptr, openNameServer, srv } from "../../test/support/name-server.ts";

const program = fileURLToPath(new URL("../../bin/nexthop.js", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "nexthop-dns-"));
after(() => rmSync(folder, { recursive: true, force: true }));

/** A command as a process of its own. */
async function nexthop(...words: readonly string[]) {
  const child = spawn(process.execPath, [program, ...words], { stdio: ["ignore", "pipe", "pipe"] });
  const written = { out: "", err: "" };
  child.stdout.on("data", (bytes: Buffer) => (written.out += bytes.toString()));
  child.stderr.on("data", (bytes: Buffer) => (written.err += bytes.toString()));
  const [exitCode] = (await once(child, "close")) as [number | null];
  return { exitCode, ...written };
}

test("a running server tells what it asked, what it knows, and in which order it would try", async (t) => {
  const zone = {
    "NAPTR example.net": [naptr(10, 1, "SIP+D2T", "_sip._tcp.example.net")],
    "SRV _sip._tcp.example.net": [
      srv(10, 0, 5080, "a.example.net", 300),
      srv(20, 0, 5090, "b.example.net", 300),
    ],
    "A a.example.net": [a("192.0.2.1", 300)],
    "A b.example.net": [a("192.0.2.2", 300)],
  };
  const names = await openNameServer(zone, 300);
  const config = join(folder, "sip.config.ts");
  writeFileSync(
    config,
    `export default {
      domains: ["example.org"],
      listen: ["udp:127.0.0.1:0"],
      dns: { servers: ["${names.address}"] },
    };`,
  );
  const data = join(folder, "data");
  const server = spawn(process.execPath, [program, "serve", config, "--data", data]);
  t.after(async () => {
    server.kill("SIGTERM");
    await once(server, "close");
    names.close();
  });
  await once(server.stdout, "data");

  const first = await nexthop("dns", "example.net", "--data", data);
  assert.equal(first.exitCode, 0, first.err);
  assert.equal(
    first.out.replaceAll(names.address, "SERVER"),
    `example.net, as the running server sees it

Asked, in this order:
  NAPTR example.net (from SERVER, for 60 s)
        10 1 "s" "SIP+D2T" "" _sip._tcp.example.net
  SRV _sip._tcp.example.net (from SERVER, for 5 min)
        10 0 5080 a.example.net
        20 0 5090 b.example.net
  A a.example.net (from SERVER, for 5 min)
        192.0.2.1
  AAAA a.example.net (from SERVER, for 5 min)
        the name has no AAAA record
  A b.example.net (from SERVER, for 5 min)
        192.0.2.2
  AAAA b.example.net (from SERVER, for 5 min)
        the name has no AAAA record

Tried in this order, until one answers:
  1  tcp:192.0.2.1:5080
  2  tcp:192.0.2.2:5090
`,
  );
  const asked = names.asked.length;
  const again = await nexthop("dns", "sip:example.net:5070", "--data", data, "--json");
  assert.equal(names.asked.length, asked + 2);
  const { destinations, detail } = JSON.parse(
    (await nexthop("dns", "example.net", "--data", data, "--json")).out,
  ) as { destinations: readonly unknown[]; detail: string };
  assert.deepEqual(destinations, [
    { destination: "tcp:192.0.2.1:5080" },
    { destination: "tcp:192.0.2.2:5090" },
  ]);
  assert.equal(detail, "");
  assert.equal(again.exitCode, 1, "example.net has no address of its own");
});

test("without a server the machine's own names are asked; nowhere is 1, nonsense is 2", async () => {
  const data = join(folder, "nobody");
  const here = await nexthop("dns", "localhost:5070", "--data", data);
  assert.equal(here.exitCode, 0);
  assert.match(here.out, /^localhost:5070, as this machine sees it\n[^]*udp:127\.0\.0\.1:5070\n/);
  const sips = await nexthop("dns", "sips:localhost", "--data", data);
  assert.equal(sips.exitCode, 1);
  assert.match(sips.err, /^sips:localhost leads nowhere: sips-not-available/);
  const nonsense = await nexthop("dns", "a b", "--data", data);
  assert.equal(nonsense.exitCode, 2);
  assert.equal(nonsense.err, '"a b" is neither a host name nor a SIP URI\n');
});
