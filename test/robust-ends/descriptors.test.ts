// A process that may open no more files: few from its start on, or suddenly fewer.
import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { test } from "node:test";
import { DOMAIN, hasPrlimit, ServeProcess } from "./serve-process.ts";
import { until } from "./until.ts";

const NEEDS_LINUX = hasPrlimit ? {} : { skip: "prlimit (util-linux) is not here" };
const OPEN_FILES = 200;
/** Less what is left for watched destinations (64) and all else (64). */
const CONNECTIONS = 72;
const OPTIONS =
  `OPTIONS sip:${DOMAIN} SIP/2.0\r\nVia: SIP/2.0/TCP 127.0.0.1;branch=z9hG4bKtcp\r\nMax-Forwards: 70\r\n` +
  `From: <sip:dora@elsewhere.test>;tag=1\r\nTo: <sip:${DOMAIN}>\r\nCall-ID: tcp\r\nCSeq: 1 OPTIONS\r\n` +
  "Content-Length: 0\r\n\r\n";

test(
  "where few files may be open, half-open connections push out one another and not a phone",
  NEEDS_LINUX,
  async () => {
    const server = await new ServeProcess().open(["alice"], { openFiles: OPEN_FILES });
    const flood: Socket[] = [];
    try {
      await until(() => server.said.includes(`${CONNECTIONS} connections at once`), "it is said");
      const phone = await dialled(server.tcpPort);
      assert.match(await answerOn(phone), /^SIP\/2\.0 200 /);
      flood.push(...(await floodOf(4 * CONNECTIONS, server.tcpPort)));
      assert.ok(server.descriptors < OPEN_FILES, `${server.descriptors} are open`);
      const newcomer = await dialled(server.tcpPort);
      assert.match(await answerOn(newcomer), /^SIP\/2\.0 200 /, "there is room for who speaks");
      assert.match(await answerOn(phone), /^SIP\/2\.0 200 /, "who has spoken keeps its connection");
      assert.equal(await server.register("alice", "sip:alice@127.0.0.1:9"), 200);
      phone.destroy();
      newcomer.destroy();
    } finally {
      for (const socket of flood) socket.destroy();
      await server.close();
    }
  },
);

test(
  "a server whose files run out answers on over UDP, and over TCP again when there are some (EMFILE)",
  NEEDS_LINUX,
  async () => {
    const server = await new ServeProcess().open(["alice"]);
    let flood: Socket[] = [];
    try {
      server.limit(`--nofile=${server.descriptors + 3}:`);
      flood = await floodOf(30, server.tcpPort);
      await until(() => flood.some((socket) => socket.destroyed), "the kernel's limit is met");
      const options = ["OPTIONS", `sip:${DOMAIN}`, "sip:dora@elsewhere.test"] as const;
      assert.equal(await server.ask(...options), 200);
      const { status, stderr } = server.tried("registrations");
      assert.equal(status, 3);
      assert.match(stderr, /server went away before it had answered/);
      for (const socket of flood) socket.destroy();
      await until(() => server.tried("registrations").status === 0, "commands are heard again");
      const phone = await dialled(server.tcpPort);
      assert.match(await answerOn(phone), /^SIP\/2\.0 200 /);
      assert.equal(await server.register("alice", "sip:alice@127.0.0.1:9"), 200);
      phone.destroy();
    } finally {
      for (const socket of flood) socket.destroy();
      await server.close();
    }
  },
);

async function dialled(port: number): Promise<Socket> {
  const socket = connect(port, "127.0.0.1");
  // Whoever is pushed out is reset, and that is what the test is about.
  socket.on("error", () => socket.destroy());
  await once(socket, "connect");
  return socket;
}

/** Connections that say nothing. */
async function floodOf(count: number, port: number): Promise<Socket[]> {
  const sockets = await Promise.all(Array.from({ length: count }, () => dialled(port)));
  for (const socket of sockets) socket.resume();
  return sockets;
}

async function answerOn(socket: Socket): Promise<string> {
  socket.write(OPTIONS);
  const [bytes] = (await once(socket, "data")) as [Buffer];
  return bytes.toString("latin1");
}
