import assert from "node:assert/strict";
import { connect, createServer, type AddressInfo, type Socket } from "node:net";
import { test } from "node:test";
import { limits, Recorder } from "../../test/support/transport-recorder.ts";
import { ServerError } from "../causes/index.ts";
import { createSocketLayer } from "./socket-layer.ts";
import type { Endpoint, Flow } from "./types.ts";

const BODY = "v=0\r\n";
const REQUEST =
  "OPTIONS sip:a@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/TCP 127.0.0.1;branch=z9hG4bK1\r\n" +
  `Content-Length: ${BODY.length}\r\n\r\n${BODY}`;

async function openLayer(options: {
  readonly listen: readonly string[];
  readonly limits?: Partial<typeof limits>;
  readonly advertise?: { readonly host: string; readonly port?: number };
}) {
  const recorder = new Recorder();
  const layer = createSocketLayer({
    listen: options.listen.map((text): Endpoint => {
      const [transport, address = ""] = text.split(" ");
      return { transport: transport === "udp" ? "udp" : "tcp", address, port: 0 };
    }),
    limits: { ...limits, ...options.limits },
    advertise: options.advertise,
  });
  const endpoints = await layer.open(recorder);
  return { layer, recorder, endpoints, port: endpoints[0]!.port };
}

function dial(port: number, address = "127.0.0.1"): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, address, () => resolve(socket));
    socket.once("error", reject);
    socket.on("error", () => undefined);
  });
}

function textFrom(socket: Socket, length: number): Promise<string> {
  return new Promise((resolve) => {
    let text = "";
    socket.on("data", (chunk: Buffer) => {
      text += chunk.toString("latin1");
      if (text.length >= length) resolve(text);
    });
  });
}

function closed(socket: Socket): Promise<void> {
  socket.resume();
  return new Promise((resolve) => {
    if (socket.destroyed) resolve();
    else socket.once("close", () => resolve());
  });
}

function isFlow(flow: Flow | ServerError): asserts flow is Flow {
  assert.ok(!(flow instanceof ServerError));
}

for (const address of ["127.0.0.1", "::1"]) {
  test(`a stream gives its messages and takes their answers, over ${address} (RFC 3261 §18.2.2)`, async () => {
    const { layer, recorder, port } = await openLayer({ listen: [`tcp ${address}`] });
    const peer = await dial(port, address);
    peer.write(REQUEST + REQUEST.slice(0, 30));
    const { text, flow } = await recorder.next("message");
    assert.equal(text, REQUEST);
    assert.deepEqual(flow.local, { transport: "tcp", address, port });
    peer.write(REQUEST.slice(30));
    assert.equal((await recorder.next("message")).flow, flow);
    layer.send(flow, "SIP/2.0 200 \u00fc\r\n\r\n", 0);
    assert.equal(await textFrom(peer, 17), "SIP/2.0 200 \u00fc\r\n\r\n");
    assert.equal(layer.connectionFrom("tcp", address, flow.remotePort), flow);
    peer.destroy();
    assert.equal((await recorder.next("closed")).flow, flow);
    assert.equal(layer.connectionFrom("tcp", address, flow.remotePort), undefined);
    await layer.close();
  });
}

test("a request to a peer that is not connected dials, and the next one uses the same connection (RFC 3261 §18.1.1)", async () => {
  const { layer, recorder } = await openLayer({ listen: ["tcp 127.0.0.1"] });
  const peers: Socket[] = [];
  const server = createServer((socket) => peers.push(socket.setEncoding("latin1")));
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const destination = {
    transport: "tcp",
    address: "127.0.0.1",
    port: (server.address() as AddressInfo).port,
  } as const;
  const flow = layer.flowTo(destination);
  isFlow(flow);
  layer.send(flow, REQUEST, 1);
  assert.equal(layer.flowTo(destination), flow);
  layer.send(flow, REQUEST, 2);
  await new Promise<void>((resolve) => {
    server.once("connection", (socket: Socket) => {
      let text = "";
      socket.on("data", (chunk: string) => {
        text += chunk;
        if (text === REQUEST + REQUEST) resolve();
      });
    });
  });
  peers[0]!.write(REQUEST);
  assert.equal((await recorder.next("message")).flow, flow);
  assert.equal(peers.length, 1);
  await layer.close();
  server.close();
});

test("a refused dial fails every message that waited for it, and only then the flow is closed", async () => {
  const { layer, recorder } = await openLayer({ listen: ["tcp 127.0.0.1"] });
  const flow = layer.flowTo({ transport: "tcp", address: "127.0.0.1", port: 1 });
  isFlow(flow);
  layer.send(flow, REQUEST, 11);
  layer.send(flow, REQUEST, 12);
  assert.equal(recorder.count, 0, "not from inside send");
  for (const token of [11, 12]) {
    // oxlint-disable-next-line no-await-in-loop
    const failed = await recorder.next("sendFailed");
    assert.equal(failed.token, token);
    assert.equal(failed.detail, "ECONNREFUSED: no program listens there");
  }
  await recorder.next("closed");
  layer.send(flow, REQUEST, 13);
  assert.equal((await recorder.next("sendFailed")).token, 13);
  assert.equal(layer.counters()["dialsFailed"], 1);
  await layer.close();
});

test("a ping is answered with a pong and reaches nobody (RFC 5626 §4.4.1)", async () => {
  const { layer, recorder, port } = await openLayer({ listen: ["tcp 127.0.0.1"] });
  const peer = await dial(port);
  peer.write("\r\n\r\n");
  assert.equal(await textFrom(peer, 2), "\r\n");
  assert.equal(recorder.count, 0);
  assert.equal(layer.counters()["pings"], 1);
  await layer.close();
});

test("a stream that cannot be framed is answered, then closed (RFC 3261 §18.3)", async () => {
  const { layer, recorder, port } = await openLayer({ listen: ["tcp 127.0.0.1"] });
  const peer = await dial(port);
  peer.write(REQUEST.replace(`Content-Length: ${BODY.length}`, "Content-Length: -5"));
  const answer = textFrom(peer, 4);
  const { flow } = await recorder.next("unframable");
  layer.send(flow, "SIP/2.0 400 Bad Request\r\n\r\n", 0);
  assert.equal(await answer, "SIP/2.0 400 Bad Request\r\n\r\n");
  await closed(peer);
  await recorder.next("closed");
  await layer.close();
});

test("noise that never ends a line is cut off at the message size", async () => {
  const { layer, recorder, port } = await openLayer({ listen: ["tcp 127.0.0.1"] });
  const peer = await dial(port);
  peer.write(Buffer.alloc(200_000, 0x81));
  await closed(peer);
  await recorder.next("closed");
  assert.equal(layer.counters()["streamMessagesReceived"], 0);
  await layer.close();
});

test("a stream cut in the middle of a message gives no message", async () => {
  const { layer, recorder, port } = await openLayer({ listen: ["tcp 127.0.0.1"] });
  const peer = await dial(port);
  peer.end(REQUEST.slice(0, -2));
  await recorder.next("closed");
  assert.equal(recorder.count, 0);
  await layer.close();
});

test("a peer that reads nothing is closed when its queue is full, and the message is told to have failed", async () => {
  const { layer, recorder, port } = await openLayer({ listen: ["tcp 127.0.0.1"] });
  const peer = await dial(port);
  peer.pause();
  peer.write(REQUEST);
  const { flow } = await recorder.next("message");
  const big = "x".repeat(60_000);
  // Kernel buffers of loopback take some megabytes; the queue limit is behind them.
  for (let sent = 0; sent < 400 && layer.counters()["stalledClosed"] === 0; sent += 1) {
    layer.send(flow, big, 5);
  }
  assert.equal(layer.counters()["stalledClosed"], 1);
  const { token, detail } = await recorder.next("sendFailed");
  assert.equal(token, 5);
  assert.match(detail, /bytes wait to be read and none are taken/);
  await recorder.next("closed");
  peer.destroy();
  await layer.close();
});

test("half-open connections push out one another, and never one that has spoken", async () => {
  const { layer, recorder, port } = await openLayer({ listen: ["tcp 127.0.0.1"] });
  const speaker = await dial(port);
  speaker.write(REQUEST);
  const { flow } = await recorder.next("message");
  const silent: Socket[] = [];
  for (let at = 0; at < 3 * limits.connectionsPerAddress; at += 1) {
    // oxlint-disable-next-line no-await-in-loop
    silent.push(await dial(port));
  }
  speaker.write(REQUEST);
  assert.equal((await recorder.next("message")).flow, flow);
  const newcomer = await dial(port);
  newcomer.write(REQUEST);
  await recorder.next("message");
  const counters = layer.counters();
  assert.ok(counters["connectionsOpen"]! <= limits.connectionsPerAddress);
  assert.equal(counters["connectionsRefused"], 0);
  assert.ok(counters["halfOpenClosed"]! >= 2 * limits.connectionsPerAddress);
  for (const socket of [speaker, newcomer, ...silent]) socket.destroy();
  await layer.close();
});

test("a full house in which everyone has spoken refuses the next", async () => {
  const { layer, recorder, port } = await openLayer({
    listen: ["tcp 127.0.0.1"],
    limits: { connectionsPerAddress: 2 },
  });
  const speakers = [await dial(port), await dial(port)];
  for (const speaker of speakers) {
    speaker.write(REQUEST);
    // oxlint-disable-next-line no-await-in-loop
    await recorder.next("message");
  }
  const refused = await dial(port);
  await closed(refused);
  assert.equal(layer.counters()["connectionsRefused"], 1);
  assert.equal(layer.counters()["connectionsOpen"], 2);
  for (const speaker of speakers) speaker.destroy();
  await layer.close();
});

test("what cannot be bound is told for all listeners at once, and none stays bound", async () => {
  const { layer, port } = await openLayer({ listen: ["tcp 127.0.0.1", "udp 127.0.0.1"] });
  const second = createSocketLayer({
    limits,
    listen: [
      { transport: "tcp", address: "127.0.0.1", port: 0 },
      { transport: "tcp", address: "127.0.0.1", port },
      { transport: "udp", address: "203.0.113.9", port: 0 },
    ],
  });
  await assert.rejects(second.open(new Recorder()), (error) => {
    assert.ok(error instanceof ServerError);
    assert.equal(error.causeId, "listener-refused");
    assert.match(error.message, new RegExp(`tcp:127.0.0.1:${port}: EADDRINUSE`));
    assert.match(error.message, /udp:203\.0\.113\.9:0: EADDRNOTAVAIL/);
    return true;
  });
  await layer.close();
});

test("listening on the wildcard, peers are told the address that the kernel would use towards them (RFC 3261 §18.1.1)", async () => {
  const { layer, port } = await openLayer({ listen: ["udp 0.0.0.0", "udp ::", "tcp 0.0.0.0"] });
  const towards = (transport: "udp" | "tcp", address: string): Endpoint => {
    const flow = layer.flowTo({ transport, address, port: 9 });
    isFlow(flow);
    return layer.localAddressTowards(flow);
  };
  assert.deepEqual(towards("udp", "127.0.0.1"), { transport: "udp", address: "127.0.0.1", port });
  assert.equal(towards("udp", "::1").address, "::1");
  assert.equal(towards("tcp", "127.0.0.9").address, "127.0.0.1");
  await layer.close();
});

test("`advertise` is told to everybody of its family but to peers on loopback", async () => {
  const { layer, port } = await openLayer({
    listen: ["udp 0.0.0.0", "udp ::"],
    advertise: { host: "198.51.100.7", port: 5060 },
  });
  const towards = (address: string): Endpoint => {
    const flow = layer.flowTo({ transport: "udp", address, port: 9 });
    isFlow(flow);
    return layer.localAddressTowards(flow);
  };
  assert.deepEqual(towards("203.0.113.1"), {
    transport: "udp",
    address: "198.51.100.7",
    port: 5060,
  });
  assert.equal(towards("127.0.0.1").port, port);
  assert.notEqual(towards("2001:db8::1").address, "198.51.100.7");
  await layer.close();
});

test("one destination has one flow however its IPv6 address is spelt, and a host name has none", async () => {
  const { layer } = await openLayer({ listen: ["udp ::1"] });
  const flow = layer.flowTo({ transport: "udp", address: "2001:db8:0:0::1", port: 5060 });
  isFlow(flow);
  assert.equal(layer.flowTo({ transport: "udp", address: "2001:DB8::1", port: 5060 }), flow);
  for (const address of ["example.org", "192.0.2.1"]) {
    const refused = layer.flowTo({ transport: "udp", address, port: 5060 });
    assert.ok(refused instanceof ServerError);
    assert.equal(refused.causeId, "next-hop-unreachable");
  }
  await layer.close();
});
