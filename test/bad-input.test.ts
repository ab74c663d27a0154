// A whole server on loopback sockets, and what a network can do to it. After each offence a good OPTIONS must be
// answered, so nothing else suffered; the counters say that it was seen.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { connect } from "node:net";
import { after, before, test } from "node:test";
import { checkConfig } from "../src/config/index.ts";
import {
  NO_NAMES,
  openServer,
  settingsOf,
  socketOptionsOf,
  type OpenServer,
} from "../src/server/index.ts";

const HALF_OPEN = 10_000;
const ANSWER_LIMIT_MS = 5_000;

/** In a process of its own, since each end of a connection takes a file descriptor. */
const HOLDER = `
  const { connect } = require("node:net");
  let open = 0;
  const more = (at) => {
    if (at >= ${HALF_OPEN}) return;
    // Each from another loopback address in turn: one address alone is limited.
    const localAddress = "127.0." + (1 + (at % 200)) + ".1";
    const socket = connect({ port: Number(process.argv[1]), host: "127.0.0.1", localAddress });
    socket.on("error", () => undefined);
    socket.on("connect", () => {
      open += 1;
      if (open === ${HALF_OPEN}) console.log(open + " open");
      more(at + 50);
    });
  };
  for (let at = 0; at < 50; at += 1) more(at);
`;

let server: OpenServer;
let client: Socket;
let number = 0;

before(async () => {
  const config = checkConfig(
    "test",
    { limits: { connectionsPerAddress: 20_000, connections: 12_000, firstMessageMs: 60_000 } },
    {
      domains: ["example.org"],
      auth: "none",
      listen: [
        { transport: "udp", address: "127.0.0.1", port: 0 },
        { transport: "tcp", address: "127.0.0.1", port: 0 },
      ],
    },
  );
  server = await openServer({
    settings: settingsOf(config),
    sockets: socketOptionsOf(config),
    dataFolder: undefined,
    resolver: NO_NAMES,
    fault: (where, error) => {
      throw new Error(where, { cause: error });
    },
  });
  client = createSocket("udp4");
  client.bind(0, "127.0.0.1");
  await once(client, "listening");
});

after(async () => {
  client.close();
  await server.close({ drainMs: 0 });
});

function portOf(transport: "udp" | "tcp"): number {
  return server.sip.endpoints.find((endpoint) => endpoint.transport === transport)?.port ?? 0;
}

function options(extra = ""): string {
  number += 1;
  return (
    `OPTIONS sip:example.org SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:${client.address().port};rport;branch=z9hG4bKok${number}\r\n` +
    `Max-Forwards: 70\r\nFrom: <sip:probe@elsewhere.net>;tag=1\r\nTo: <sip:example.org>\r\n` +
    `Call-ID: ok${number}\r\nCSeq: 1 OPTIONS\r\n${extra}Content-Length: 0\r\n\r\n`
  );
}

/** The first datagram that comes back and has this in it; "" when none does in time. */
async function answerTo(
  message: string | Buffer,
  marks: string,
  limitMs = ANSWER_LIMIT_MS,
): Promise<string> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => finish(""), limitMs);
    const finish = (text: string): void => {
      clearTimeout(timer);
      client.off("message", look);
      resolve(text);
    };
    const look = (bytes: Buffer): void => {
      const text = bytes.toString("latin1");
      if (text.includes(marks)) finish(text);
    };
    client.on("message", look);
    client.send(Buffer.from(message), portOf("udp"), "127.0.0.1");
  });
}

async function isAlive(): Promise<void> {
  const message = options();
  assert.match(await answerTo(message, `ok${number}`), /^SIP\/2\.0 200 /);
  assert.equal(server.sip.counters.faults, 0, "no bug of ours was met");
}

test("a datagram of noise is counted and not answered", async () => {
  const seen = server.sip.counters.malformed;
  const noise = Buffer.from(Array.from({ length: 400 }, (_, at) => 33 + ((at * 7919) % 200)));
  assert.equal(await answerTo(noise, "", 150), "");
  assert.equal(server.sip.counters.malformed, seen + 1);
  await isAlive();
});

test("a request without Via has nobody to be told, and is dropped (RFC 3261 §18.2.1)", async () => {
  const message = options().replace(/Via:[^\r]*\r\n/, "");
  assert.equal(await answerTo(message, `ok${number}`, 150), "");
  await isAlive();
});

test("a header field of 60 KB gets 400 or 513, and its sender a reason phrase", async () => {
  const message = options(`Subject: ${"x".repeat(60_000)}\r\n`);
  assert.match(await answerTo(message, `ok${number}`), /^SIP\/2\.0 (400|513) /);
  await isAlive();
});

test("a negative Content-Length gets 400 (RFC 3261 §20.14)", async () => {
  const message = options().replace("Content-Length: 0", "Content-Length: -5");
  assert.match(await answerTo(message, `ok${number}`), /^SIP\/2\.0 400 /);
  await isAlive();
});

test("a stream cut in the middle of a message leaves nothing behind", async () => {
  const socket = connect(portOf("tcp"), "127.0.0.1");
  await once(socket, "connect");
  socket.write(options().slice(0, 120));
  socket.destroy();
  await isAlive();
  assert.deepEqual(server.sip.pending(), []);
});

test("a request on a stream without Content-Length gets 400, and the stream ends (RFC 3261 §20.14)", async () => {
  const socket = connect(portOf("tcp"), "127.0.0.1");
  await once(socket, "connect");
  socket.write(
    options()
      .replace(/Content-Length: 0\r\n/, "")
      .replace("SIP/2.0/UDP", "SIP/2.0/TCP"),
  );
  const [bytes] = (await once(socket, "data")) as [Buffer];
  assert.match(bytes.toString("latin1"), /^SIP\/2\.0 400 /);
  await once(socket, "close");
  await isAlive();
});

test("a stream that is no SIP is closed", async () => {
  const socket = connect(portOf("tcp"), "127.0.0.1");
  await once(socket, "connect");
  socket.write("GET / HTTP/1.1\r\nHost: example.org\r\n\r\n");
  socket.resume();
  await once(socket, "close");
  await isAlive();
});

test(
  "ten thousand half-open connections keep nobody from being served",
  { timeout: 60_000 },
  async () => {
    const holder = spawn(process.execPath, ["-e", HOLDER, String(portOf("tcp"))], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    const [said] = (await once(holder.stdout, "data")) as [Buffer];
    assert.equal(said.toString().trim(), `${HALF_OPEN} open`);
    await isAlive();
    const message = options();
    const own = connect(portOf("tcp"), "127.0.0.1");
    own.write(message.replace("SIP/2.0/UDP", "SIP/2.0/TCP"));
    const [bytes] = (await once(own, "data")) as [Buffer];
    assert.match(bytes.toString("latin1"), /^SIP\/2\.0 200 /);
    own.destroy();
    holder.kill("SIGKILL");
    await isAlive();
  },
);
