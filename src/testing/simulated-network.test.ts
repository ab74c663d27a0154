import assert from "node:assert/strict";
import { test } from "node:test";
import type { Endpoint, TransportName } from "../base/endpoint.ts";
import { seededRandom } from "../base/random.ts";
import { ServerError } from "../causes/index.ts";
import type { Flow, TransportEvents, TransportLayer } from "../transport/index.ts";
import { PERFECT, SimulatedNetwork, type NetworkFaults } from "./simulated-network.ts";
import { VirtualTime } from "./virtual-time.ts";

/** Somebody on the network who writes down what happens to it. */
class Peer implements TransportEvents {
  readonly heard: string[] = [];
  readonly layer: TransportLayer;
  readonly #time: VirtualTime;
  lastFlow: Flow | undefined = undefined;

  constructor(world: { network: SimulatedNetwork; time: VirtualTime }, listen: Endpoint) {
    this.layer = world.network.layer([listen]);
    this.#time = world.time;
  }

  flowTo(address: string, transport: TransportName = "udp"): Flow {
    const flow = this.layer.flowTo({ transport, address, port: 5060 });
    assert.ok(!(flow instanceof ServerError));
    return flow;
  }

  datagram(text: string, flow: Flow): void {
    this.message(text, flow);
  }

  message(text: string, flow: Flow): void {
    this.lastFlow = flow;
    this.#note(`${text} from ${flow.remoteAddress}`);
  }

  unframable(): void {
    assert.fail("whole messages are carried here");
  }

  sendFailed(_flow: Flow, token: number, detail: string): void {
    this.#note(`${token} failed: ${detail}`);
  }

  closed(): void {
    this.#note("closed");
  }

  #note(what: string): void {
    this.heard.push(`${Math.round(this.#time.nowMs)} ${what}`);
  }
}

async function twoPeers(transport: TransportName, faults: NetworkFaults = PERFECT, seed = 1) {
  const time = new VirtualTime(0);
  const network = new SimulatedNetwork(time, seededRandom(seed), faults);
  const world = { time, network };
  const one = new Peer(world, { transport, address: "192.0.2.1", port: 5060 });
  const other = new Peer(world, { transport, address: "192.0.2.2", port: 5060 });
  await one.layer.open(one);
  await other.layer.open(other);
  return { ...world, one, other };
}

test("a datagram takes its time, and the answer goes back by its flow", async () => {
  const { time, one, other } = await twoPeers("udp");
  one.layer.send(one.flowTo("192.0.2.2"), "hello", 0);
  await time.until(1);
  assert.deepEqual(other.heard, ["1 hello from 192.0.2.1"]);
  assert.ok(other.lastFlow);
  other.layer.send(other.lastFlow, "hello yourself", 0);
  await time.until(10);
  assert.deepEqual(one.heard, ["2 hello yourself from 192.0.2.2"]);
});

test("who watches a closed port is told of it, who does not is not", async () => {
  const { time, one } = await twoPeers("udp");
  const flow = one.flowTo("192.0.2.9");
  one.layer.send(flow, "first", 7);
  await time.until(100);
  assert.deepEqual(one.heard, []);
  one.layer.watch(flow);
  one.layer.send(flow, "second", 7);
  await time.until(200);
  assert.deepEqual(one.heard, ["102 7 failed: the port is closed"]);
});

test("what goes to a pulled cable vanishes without a word, on either transport", async () => {
  for (const transport of ["udp", "tcp"] as const) {
    const { time, network, one, other } = await twoPeers(transport);
    const flow = one.flowTo("192.0.2.2", transport);
    one.layer.send(flow, "before", 1);
    await time.until(10);
    network.unplug("192.0.2.2");
    one.layer.watch(flow);
    one.layer.send(flow, "after", 2);
    await time.until(60_000);
    assert.equal(other.heard.length, 1, transport);
    assert.deepEqual(one.heard, [], transport);
  }
});

test("a connection is dialled once, used both ways, and its end is heard at the other side", async () => {
  const { time, one, other } = await twoPeers("tcp");
  one.layer.send(one.flowTo("192.0.2.2", "tcp"), "a", 0);
  one.layer.send(one.flowTo("192.0.2.2", "tcp"), "b", 0);
  await time.until(10);
  assert.deepEqual(other.heard, ["3 a from 192.0.2.1", "3 b from 192.0.2.1"]);
  assert.ok(other.lastFlow);
  assert.notEqual(other.lastFlow.remotePort, 5060, "a dialled connection has a port of its own");
  const { remoteAddress, remotePort } = other.lastFlow;
  assert.equal(other.layer.connectionFrom("tcp", remoteAddress, remotePort), other.lastFlow);
  other.layer.send(other.lastFlow, "c", 0);
  await time.until(20);
  await one.layer.close();
  await time.until(30);
  assert.equal(other.heard.at(-1), "21 closed");
  assert.equal(other.layer.connectionFrom("tcp", remoteAddress, remotePort), undefined);
});

test("a dial that is refused fails what waited for it, and so does one that nobody answers", async () => {
  const { time, network, one } = await twoPeers("tcp");
  one.layer.send(one.flowTo("192.0.2.9", "tcp"), "a", 5);
  await time.until(10);
  assert.deepEqual(one.heard, ["2 5 failed: the port is closed", "2 closed"]);
  network.unplug("192.0.2.2");
  one.layer.send(one.flowTo("192.0.2.2", "tcp"), "b", 6);
  await time.until(10_000);
  assert.deepEqual(one.heard.slice(2), ["4010 6 failed: no answer to the dial", "4010 closed"]);
  const brief = one.layer.flowTo({ transport: "tcp", address: "192.0.2.2", port: 5060 }, 2_000);
  assert.ok(!(brief instanceof ServerError));
  one.layer.send(brief, "c", 7);
  await time.until(20_000);
  assert.equal(one.heard[4], "12000 7 failed: no answer to the dial");
});

test("faults lose, repeat and reorder datagrams, and spare streams", async () => {
  const faults = { lossRate: 0.2, repeatRate: 0.2, delayMinMs: 1, delayMaxMs: 100 };
  const sent = Array.from({ length: 200 }, (_, index) => String(index));
  const udp = await twoPeers("udp", faults);
  for (const text of sent) udp.one.layer.send(udp.one.flowTo("192.0.2.2"), text, 0);
  await udp.time.until(1_000);
  const heard = udp.other.heard.map((line) => line.split(" ")[1] ?? "");
  const arrived = new Set(heard);
  assert.ok(arrived.size > 120 && arrived.size < 190, `${arrived.size} of 200 arrived`);
  assert.ok(heard.length > arrived.size, "some came twice");
  assert.notDeepEqual(
    heard,
    heard.toSorted((a, b) => Number(a) - Number(b)),
    "some overtook",
  );
  const tcp = await twoPeers("tcp", faults);
  for (const text of sent) tcp.one.layer.send(tcp.one.flowTo("192.0.2.2", "tcp"), text, 0);
  await tcp.time.until(1_000);
  assert.deepEqual(
    tcp.other.heard.map((line) => line.split(" ")[1]),
    sent,
  );
});

test("a datagram becomes what somebody says: copies, later ones, damaged ones, or nothing", async () => {
  const { time, network, one, other } = await twoPeers("udp");
  network.becomes = (text, from) => {
    assert.equal(from, "udp:192.0.2.1:5060");
    if (text === "as it is") return undefined;
    if (text === "gone") return [];
    return [
      { text, afterMs: 0 },
      { text: "damaged", afterMs: 0 },
      { text, afterMs: 500 },
    ];
  };
  for (const text of ["as it is", "gone", "thrice"]) {
    one.layer.send(one.flowTo("192.0.2.2"), text, 0);
  }
  await time.until(1_000);
  assert.deepEqual(other.heard, [
    "1 as it is from 192.0.2.1",
    "1 thrice from 192.0.2.1",
    "1 damaged from 192.0.2.1",
    "501 thrice from 192.0.2.1",
  ]);
});

test("who is plugged in again is reached again, and has missed what came meanwhile", async () => {
  const { time, network, one, other } = await twoPeers("udp");
  const flow = one.flowTo("192.0.2.2");
  network.unplug("192.0.2.2");
  one.layer.send(flow, "missed", 0);
  await time.until(10);
  network.plug("192.0.2.2");
  one.layer.send(flow, "heard", 0);
  await time.until(20);
  assert.deepEqual(other.heard, ["11 heard from 192.0.2.1"]);
});

test("the same seed gives the same run, another seed another", async () => {
  const faults = { lossRate: 0.1, repeatRate: 0.1, delayMinMs: 1, delayMaxMs: 50 };
  const run = async (seed: number): Promise<readonly string[]> => {
    const { time, one, other } = await twoPeers("udp", faults, seed);
    for (let count = 0; count < 50; count += 1) {
      one.layer.send(one.flowTo("192.0.2.2"), String(count), 0);
    }
    await time.until(1_000);
    return other.heard;
  };
  assert.deepEqual(await run(1), await run(1));
  assert.notDeepEqual(await run(1), await run(2));
});

test("a taken port is refused", async () => {
  const { network, one, time } = await twoPeers("udp");
  const again = network.layer([{ transport: "udp", address: "192.0.2.1", port: 5060 }]);
  assert.throws(() => void again.open(one), { causeId: "listener-refused" });
  await one.layer.close();
  await again.open(one);
  assert.equal(time.pendingCount, 0);
});
