import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import type { ToldGateway } from "../server/index.ts";

const program = fileURLToPath(new URL("../../bin/nexthop.js", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "nexthop-gateways-"));
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

/** Answers every request with 200. */
async function openGateway() {
  const socket = createSocket("udp4");
  socket.on("message", (bytes, { port, address }) => {
    const lines = bytes.toString("latin1").split("\r\n");
    const copied = lines.filter((line) => /^(?:Via|From|To|Call-ID|CSeq):/.test(line));
    const answer = ["SIP/2.0 200 OK", ...copied, "Content-Length: 0", "", ""].join("\r\n");
    socket.send(answer.replace(/^(To:.*)$/m, "$1;tag=g1"), port, address);
  });
  socket.bind(0, "127.0.0.1");
  await once(socket, "listening");
  return { port: socket.address().port, close: () => socket.close() };
}

test("gateways are told with their state, their last probe and their routes; changes are logged once", async (t) => {
  const gateway = await openGateway();
  const config = join(folder, "sip.config.ts");
  writeFileSync(
    config,
    `export default {
      domains: ["example.org"],
      listen: ["udp:127.0.0.1:0"],
      gateways: [
        { name: "berlin", uri: "sip:127.0.0.1:${gateway.port}", probe: { everyMs: 1000, timeoutMs: 900 } },
        { name: "backup", uri: "sip:127.0.0.2" },
      ],
      routes: [{ prefix: "+49", to: ["berlin", "backup"] }, { number: "112", to: "berlin" }],
    };`,
  );
  const data = join(folder, "data");
  const server = spawn(process.execPath, [program, "serve", config, "--data", data]);
  t.after(async () => {
    server.kill("SIGTERM");
    await once(server, "close");
    gateway.close();
  });
  let log = "";
  const isUp = new Promise<void>((resolve, reject) => {
    server.once("close", () => reject(new Error(`the server ended: ${log}`)));
    server.stderr.on("data", (bytes: Buffer) => {
      log += bytes.toString();
      if (log.includes("gateway berlin is up (OPTIONS: 200)")) resolve();
    });
  });
  await isUp;

  const told = await nexthop("gateways", "--data", data);
  assert.equal(told.exitCode, 0, told.err);
  assert.equal(
    told.out.replaceAll(/\d+ m?s/g, "N").replaceAll(String(gateway.port), "PORT"),
    `berlin  up for N
    sip:127.0.0.1:PORT
    last probe N ago: it answered OPTIONS with 200, N
    takes +49…, 112
backup  not probed
    sip:127.0.0.2
    takes +49…
`,
  );
  const json = await nexthop("gateways", "--data", data, "--json");
  const rows = json.out
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as ToldGateway);
  assert.deepEqual(
    rows.map(({ name, state, routes, trusted }) => ({ name, state, routes, trusted })),
    [
      { name: "berlin", state: "up", routes: ["+49…", "112"], trusted: false },
      { name: "backup", state: "not-probed", routes: ["+49…"], trusted: false },
    ],
  );
  assert.equal(log.split("gateway berlin").length, 2, "told once, not at each probe");
});

test("without a server there is nothing to tell: exit code 3", async () => {
  const { exitCode, err } = await nexthop("gateways", "--data", join(folder, "nothing"));
  assert.equal(exitCode, 3);
  assert.match(err, /no server runs on /);
});
