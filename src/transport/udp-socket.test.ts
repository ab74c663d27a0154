import assert from "node:assert/strict";
import { createSocket, type Socket } from "node:dgram";
import { describe, test } from "node:test";
import { batchAddon, type BatchAddon } from "./batch-addon.ts";
import { TransportCounters } from "./counters.ts";
import { limits, Recorder } from "../../test/support/transport-recorder.ts";
import { UdpSocket } from "./udp-socket.ts";

const REQUEST = "OPTIONS sip:a@127.0.0.1 SIP/2.0\r\n\r\n";

function openPeer(address: string, port = 0): Promise<Socket> {
  const peer = createSocket(address.includes(":") ? "udp6" : "udp4");
  return new Promise((resolve) => {
    peer.bind(port, address, () => resolve(peer));
  });
}

const built = batchAddon();

test("the addon was built at installation, or node:dgram does its work", (context) => {
  if (built === undefined)
    context.diagnostic("no addon here: what follows runs over node:dgram only");
  assert.equal(built?.layout ?? 1, 1);
});

describe("by node:dgram", () => everyPromise(undefined));
if (built !== undefined) describe("by recvmmsg and sendmmsg", () => everyPromise(built));

function everyPromise(addon: BatchAddon | undefined): void {
  async function openUdp(address: string, port = 0) {
    const recorder = new Recorder();
    const counters = new TransportCounters();
    const endpoint = { transport: "udp", address, port } as const;
    const socket = await UdpSocket.open({ endpoint, limits, counters, events: recorder, addon });
    return { socket, recorder, counters };
  }

  for (const address of ["127.0.0.1", "::1"]) {
    test(`a datagram comes with its flow and the answer goes back on it, over ${address} (RFC 3261 §18.2.2)`, async () => {
      const { socket, recorder } = await openUdp(address);
      const peer = await openPeer(address);
      peer.send(REQUEST, socket.local.port, address);
      const { text, flow } = await recorder.next("datagram");
      assert.equal(text, REQUEST);
      assert.equal(flow.remotePort, peer.address().port);
      assert.equal(flow.isReliable, false);
      const answered = new Promise<string>((resolve) => {
        peer.once("message", (bytes) => resolve(bytes.toString("latin1")));
      });
      // One char is one byte: what is above 0x7f must not become two.
      socket.send(socket.flowOf(address, flow.remotePort), "SIP/2.0 200 \u00fc\u00ff\r\n\r\n", 0);
      assert.equal(await answered, "SIP/2.0 200 \u00fc\u00ff\r\n\r\n");
      peer.close();
      await socket.close();
    });
  }

  test("a hundred datagrams sent in one tick arrive as they were, though they share a buffer", async () => {
    const { socket } = await openUdp("127.0.0.1");
    const peer = await openPeer("127.0.0.1");
    const received: string[] = [];
    const all = new Promise<void>((resolve) => {
      peer.on("message", (bytes) => {
        received.push(bytes.toString("latin1"));
        if (received.length === 100) resolve();
      });
    });
    const flow = socket.flowOf("127.0.0.1", peer.address().port);
    const texts = Array.from({ length: 100 }, (_, at) => `${at} `.repeat(at + 1));
    for (const text of texts) socket.send(flow, text, 0);
    await all;
    assert.deepEqual(received, texts);
    peer.close();
    await socket.close();
  });

  test("five hundred datagrams sent in one tick leave in order, more than one call takes", async () => {
    const { socket } = await openUdp("127.0.0.1");
    const peer = await openPeer("127.0.0.1");
    peer.setRecvBufferSize(4_000_000);
    const received: string[] = [];
    const all = new Promise<void>((resolve) => {
      peer.on("message", (bytes) => {
        received.push(bytes.toString("latin1"));
        if (received.length === 500) resolve();
      });
    });
    const flow = socket.flowOf("127.0.0.1", peer.address().port);
    const texts = Array.from({ length: 500 }, (_, at) => `${at} `.padEnd(1_000, "x"));
    for (const text of texts) socket.send(flow, text, 0);
    await all;
    assert.deepEqual(received, texts);
    peer.close();
    await socket.close();
  });

  test("what was sent just before close still leaves", async () => {
    const { socket } = await openUdp("127.0.0.1");
    const peer = await openPeer("127.0.0.1");
    const arrived = new Promise((resolve) => {
      peer.once("message", resolve);
    });
    socket.send(socket.flowOf("127.0.0.1", peer.address().port), REQUEST, 0);
    await socket.close();
    await arrived;
    peer.close();
  });

  test("what is sent after close goes nowhere, and nothing breaks", async () => {
    const { socket } = await openUdp("127.0.0.1");
    const flow = socket.flowOf("127.0.0.1", 9);
    await socket.close();
    for (let count = 0; count < 300; count += 1) socket.send(flow, REQUEST, 0);
    await new Promise(setImmediate);
  });

  test("each of three peers on one address gets its own answer", async () => {
    const { socket, recorder } = await openUdp("127.0.0.1");
    const peers = await Promise.all([1, 2, 3].map(() => openPeer("127.0.0.1")));
    for (const peer of peers) {
      const answered = new Promise<string>((resolve) => {
        peer.once("message", (bytes) => resolve(bytes.toString("latin1")));
      });
      peer.send(REQUEST, socket.local.port, "127.0.0.1");
      const { flow } = await recorder.next("datagram");
      const back = socket.flowOf(flow.remoteAddress, flow.remotePort);
      socket.send(back, `to ${flow.remotePort}`, 0);
      assert.equal(await answered, `to ${peer.address().port}`);
    }
    for (const peer of peers) peer.close();
    await socket.close();
  });

  test("the second of two servers on one port is refused", async () => {
    const { socket } = await openUdp("127.0.0.1");
    await assert.rejects(openUdp("127.0.0.1", socket.local.port), { code: "EADDRINUSE" });
    await socket.close();
  });

  test("a closed port is noticed by the second copy once the destination is watched, and by none before (RFC 3261 §18.4)", async () => {
    const { socket, recorder, counters } = await openUdp("127.0.0.1");
    const peer = await openPeer("127.0.0.1");
    const { port } = peer.address();
    await new Promise<void>((resolve) => {
      peer.close(() => resolve());
    });
    const flow = socket.flowOf("127.0.0.1", port);
    socket.send(flow, REQUEST, 7);
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
    assert.equal(counters.datagramsFailed, 0);
    socket.watch(flow, 0);
    socket.send(flow, REQUEST, 7);
    const { token, detail } = await recorder.next("sendFailed");
    assert.equal(token, 7);
    assert.match(detail, /^ECONNREFUSED: ICMP port unreachable/);
    await socket.close();
  });

  test("a watched peer that is only slow gets copies from the port it knows, and is heard", async () => {
    const { socket, recorder } = await openUdp("0.0.0.0");
    const peer = await openPeer("127.0.0.1");
    const other = await openPeer("127.0.0.1");
    const flow = socket.flowOf("127.0.0.1", peer.address().port);
    socket.watch(flow, 0);
    const asked = new Promise<number>((resolve) => {
      peer.once("message", (_bytes, from) => resolve(from.port));
    });
    socket.send(flow, REQUEST, 7);
    assert.equal(await asked, socket.local.port);
    peer.send("from the watched", socket.local.port, "127.0.0.1");
    assert.equal((await recorder.next("datagram")).flow, flow);
    other.send("from another", socket.local.port, "127.0.0.1");
    const { text, flow: otherFlow } = await recorder.next("datagram");
    assert.equal(text, "from another");
    assert.equal(otherFlow.remotePort, other.address().port);
    peer.close();
    other.close();
    await socket.close();
  });

  test("a destination is let go when its time is over, and what is sent then leaves by the first socket", async () => {
    const { socket, counters } = await openUdp("127.0.0.1");
    const peer = await openPeer("127.0.0.1");
    const flow = socket.flowOf("127.0.0.1", peer.address().port);
    socket.watch(flow, 0);
    socket.sweep(limits.watchMs - 1);
    assert.equal(socket.watchedCount, 1);
    socket.sweep(limits.watchMs);
    assert.equal(socket.watchedCount, 0);
    const arrived = new Promise((resolve) => {
      peer.once("message", resolve);
    });
    socket.send(flow, REQUEST, 7);
    await arrived;
    assert.equal(counters.datagramsFailed, 0);
    peer.close();
    await socket.close();
  });

  test("of more silent destinations than may be watched, the first ones give way", async () => {
    const { socket } = await openUdp("127.0.0.1");
    for (let port = 20_000; port < 20_000 + limits.watchedDestinations + 3; port += 1) {
      socket.watch(socket.flowOf("127.0.0.1", port), 0);
    }
    assert.equal(socket.watchedCount, limits.watchedDestinations);
    await socket.close();
  });

  test("what does not fit into a datagram fails with its size, later and not from inside send", async () => {
    const { socket, recorder } = await openUdp("127.0.0.1");
    const flow = socket.flowOf("127.0.0.1", 9);
    socket.send(flow, "x".repeat(65_508), 3);
    assert.equal(recorder.count, 0);
    const { token, detail } = await recorder.next("sendFailed");
    assert.equal(token, 3);
    assert.equal(detail, "65508 bytes do not fit into a datagram");
    await socket.close();
  });

  test("the kernel's refusal to send is told with its code", async () => {
    const { socket, recorder } = await openUdp("127.0.0.1");
    // Bound to loopback, the kernel has no way to an address elsewhere.
    socket.send(socket.flowOf("192.0.2.200", 5060), REQUEST, 4);
    const { token, detail } = await recorder.next("sendFailed");
    assert.equal(token, 4);
    assert.match(detail, /^E[A-Z]+/);
    await socket.close();
  });

  test("what the kernel forbids is told as such: EACCES, a broadcast address", async () => {
    const { socket, recorder, counters } = await openUdp("0.0.0.0");
    socket.send(socket.flowOf("255.255.255.255", 5060), REQUEST, 5);
    const { token, detail } = await recorder.next("sendFailed");
    assert.equal(token, 5);
    assert.equal(detail, "EACCES: this machine's firewall or routes forbid it");
    assert.equal(counters.datagramsFailed, 1);
    await socket.close();
  });

  test("keep-alives are counted and go no further", async () => {
    const { socket, recorder, counters } = await openUdp("127.0.0.1");
    const peer = await openPeer("127.0.0.1");
    for (const text of ["", "\r\n\r\n", "\0\0\0\0", "12345"]) {
      peer.send(text, socket.local.port, "127.0.0.1");
    }
    assert.equal((await recorder.next("datagram")).text, "12345");
    assert.equal(counters.keepAlives, 3);
    peer.close();
    await socket.close();
  });

  test("one peer costs one flow, and flows of many peers are let go in time", async () => {
    const { socket } = await openUdp("127.0.0.1");
    const first = socket.flowOf("192.0.2.1", 5060);
    assert.equal(socket.flowOf("192.0.2.1", 5060), first);
    assert.notEqual(socket.flowOf("192.0.2.1", 5061), first);
    for (let port = 1; port <= limits.flowsKept; port += 1) socket.flowOf("192.0.2.2", port);
    assert.equal(socket.flowOf("192.0.2.1", 5060), first, "asked for again: kept");
    for (let port = 1; port <= 3 * limits.flowsKept; port += 1) socket.flowOf("192.0.2.3", port);
    assert.notEqual(socket.flowOf("192.0.2.1", 5060), first, "forgotten by now");
    await socket.close();
  });
}
