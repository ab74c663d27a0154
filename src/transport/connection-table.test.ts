import assert from "node:assert/strict";
import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { test } from "node:test";
import { limits, Recorder } from "../../test/support/transport-recorder.ts";
import { ServerError } from "../causes/index.ts";
import { Connection } from "./connection.ts";
import { ConnectionTable } from "./connection-table.ts";
import { TransportCounters } from "./counters.ts";

const REQUEST = "OPTIONS sip:a@127.0.0.1 SIP/2.0\r\nContent-Length: 0\r\n\r\n";

/** A table on a clock of its own, and a server whose connections it takes in. */
async function openTable(changed: Partial<typeof limits> = {}) {
  let nowMs = 0;
  const recorder = new Recorder();
  const counters = new TransportCounters();
  const table = new ConnectionTable({
    limits: { ...limits, ...changed },
    counters,
    events: recorder,
    nowMs: () => nowMs,
  });
  const server = createServer();
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const { port } = server.address() as AddressInfo;
  const listener = { transport: "tcp", address: "127.0.0.1", port } as const;
  server.on("connection", (socket) => table.admit(socket, listener));
  /** As the layer does it: once a second until that time. */
  const sweepUntil = (untilMs: number): void => {
    while (nowMs < untilMs) {
      nowMs += 1_000;
      table.sweep(nowMs);
    }
  };
  return { table, recorder, counters, server, listener, sweepUntil };
}

async function peerOf(server: Server): Promise<Socket> {
  const { port } = server.address() as AddressInfo;
  const accepted = new Promise((resolve) => {
    server.once("connection", resolve);
  });
  const peer = connect(port, "127.0.0.1");
  peer.on("error", () => undefined);
  peer.resume();
  await accepted;
  return peer;
}

test("who has sent no whole message in `firstMessageMs` is closed, though bytes drip in", async () => {
  const { table, recorder, counters, server, sweepUntil } = await openTable();
  const peer = await peerOf(server);
  peer.write(REQUEST.slice(0, 20));
  sweepUntil(9_000);
  assert.equal(table.size, 1);
  sweepUntil(10_000);
  assert.equal(counters.halfOpenClosed, 1);
  const { flow } = await recorder.next("closed");
  assert.equal(flow.remotePort, peer.localPort ?? flow.remotePort);
  assert.equal(table.size, 0);
  server.close();
});

test("who has spoken stays until `idleMs` pass with nothing either way", async () => {
  const { table, recorder, counters, server, sweepUntil } = await openTable();
  const peer = await peerOf(server);
  peer.write(REQUEST);
  await recorder.next("message");
  sweepUntil(59_000);
  assert.equal(table.size, 1);
  sweepUntil(60_000);
  await recorder.next("closed");
  assert.equal(counters.idleClosed, 1);
  assert.equal(counters.halfOpenClosed, 0);
  server.close();
});

test("who has spoken and then drips a message in is closed after `messageMs`, however active it looks", async () => {
  const { table, recorder, counters, server, sweepUntil } = await openTable();
  const peer = await peerOf(server);
  peer.write(`${REQUEST}OPTI`);
  await recorder.next("message");
  sweepUntil(10_000);
  peer.write(`ONS${REQUEST.slice(7)}S`);
  await recorder.next("message");
  sweepUntil(20_000);
  assert.equal(table.size, 1, "the second message took 10 s, and the third has had as much");
  sweepUntil(25_000);
  const { flow } = await recorder.next("closed");
  assert.ok(flow instanceof Connection);
  assert.equal(flow.closeDetail, "a message that began was not whole after 15000 ms");
  assert.equal(counters.drippingClosed, 1);
  server.close();
});

test("the CRLF of a keep-alive is no message that has begun (RFC 5626 §4.4.1)", async () => {
  const { table, recorder, counters, server, sweepUntil } = await openTable();
  const peer = await peerOf(server);
  peer.write(`${REQUEST}\r\n`);
  await recorder.next("message");
  sweepUntil(45_000);
  assert.equal(table.size, 1);
  assert.equal(counters.drippingClosed, 0);
  peer.destroy();
  server.close();
});

test("a reader that takes nothing for `writeStallMs` is closed though its queue is short", async () => {
  const { recorder, counters, server, sweepUntil } = await openTable({
    writeQueueBytes: 64_000_000,
  });
  const peer = await peerOf(server);
  peer.pause();
  peer.write(REQUEST);
  const { flow } = await recorder.next("message");
  // More than loopback's buffers hold, so that something is left to wait.
  assert.ok(flow instanceof Connection);
  flow.send("x".repeat(32_000_000), 9);
  await new Promise((resolve) => {
    setTimeout(resolve, 50);
  });
  sweepUntil(5_000);
  assert.equal(counters.stalledClosed, 0, "seen for the first time at 5 s");
  sweepUntil(10_000);
  const failed = await recorder.next("sendFailed");
  assert.equal(failed.token, 9);
  assert.match(failed.detail, /the peer took nothing for 5000 ms/);
  assert.equal(counters.stalledClosed, 1);
  peer.destroy();
  server.close();
});

test("a dial that nobody answers ends after `connectTimeoutMs`, with that as its cause", async () => {
  const { table, recorder, counters, server } = await openTable({ connectTimeoutMs: 100 });
  const listener = { transport: "tcp", address: "0.0.0.0", port: 5060 } as const;
  const flow = table.dial("192.0.2.254", 5060, listener);
  assert.ok(!(flow instanceof ServerError));
  flow.send(REQUEST, 6);
  const failed = await recorder.next("sendFailed");
  assert.equal(failed.token, 6);
  assert.match(failed.detail, /no answer to the dial in 100 ms|EHOSTUNREACH|ENETUNREACH/);
  await recorder.next("closed");
  assert.equal(counters.dialsFailed, 1);
  server.close();
});

test("a dial may be given less time than `connectTimeoutMs`, and never more (RFC 3261 §18.1.1)", async () => {
  const { table, recorder, server } = await openTable({ connectTimeoutMs: 300 });
  const listener = { transport: "tcp", address: "0.0.0.0", port: 5060 } as const;
  const details: string[] = [];
  for (const [last, connectMs] of [
    [253, 100],
    [254, 10_000],
  ]) {
    const flow = table.dial(`192.0.2.${last}`, 5060, listener, connectMs);
    assert.ok(!(flow instanceof ServerError));
    flow.send(REQUEST, 6);
    // oxlint-disable-next-line no-await-in-loop -- one after the other
    details.push((await recorder.next("sendFailed")).detail);
  }
  assert.match(details[0] ?? "", /no answer to the dial in 100 ms|EHOSTUNREACH|ENETUNREACH/);
  assert.match(details[1] ?? "", /no answer to the dial in 300 ms|EHOSTUNREACH|ENETUNREACH/);
  server.close();
});

test("no dial is made beyond `connections` when all that are open have spoken", async () => {
  const { table, recorder, counters, server, listener } = await openTable({ connections: 1 });
  const peer = await peerOf(server);
  peer.write(REQUEST);
  await recorder.next("message");
  const refused = table.dial("127.0.0.1", 5060, listener);
  assert.ok(refused instanceof ServerError);
  assert.equal(refused.causeId, "overloaded");
  assert.equal(counters.connectionsRefused, 1);
  peer.destroy();
  server.close();
});
