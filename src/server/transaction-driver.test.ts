import assert from "node:assert/strict";
import { test } from "node:test";
import { formatEndpoint, type Endpoint, type TransportName } from "../base/endpoint.ts";
import { seededRandom } from "../base/random.ts";
import { ServerError } from "../causes/index.ts";
import type { SipRequest } from "../message/index.ts";
import type { Destination, Flow, TransportLayer } from "../transport/index.ts";
import { requestOf } from "../../test/support/proxy.ts";
import { NameZone } from "../testing/index.ts";
import { ResponseReturns } from "./response-returns.ts";
import { TransactionDriver, type TransactionUser } from "./transaction-driver.ts";

const local: Endpoint = { transport: "tcp", address: "192.0.2.100", port: 5060 };

function flow(transport: TransportName, remoteAddress: string, remotePort: number): Flow {
  return { transport, isReliable: transport === "tcp", local, remoteAddress, remotePort };
}

/** Says where each text went, and opens what it is asked to open. */
class Wire implements TransportLayer {
  readonly sent: string[] = [];
  readonly dialled: string[] = [];
  isUnreachable = false;
  lastToken = 0;

  flowTo({ transport, address, port }: Destination): Flow | ServerError {
    if (this.isUnreachable) return new ServerError("next-hop-unreachable", "no route");
    this.dialled.push(formatEndpoint(transport, address, port));
    return flow(transport, address, port);
  }

  send({ transport, remoteAddress, remotePort }: Flow, text: string, token: number): void {
    this.lastToken = token;
    this.sent.push(`${text} to ${formatEndpoint(transport, remoteAddress, remotePort)}`);
  }

  open(): Promise<readonly Endpoint[]> {
    return Promise.resolve([]);
  }
  connectionFrom(): undefined {}
  flowBeside(of: Flow): Flow {
    return of;
  }
  watch(): void {}
  localAddressTowards(): Endpoint {
    return local;
  }
  counters(): Readonly<Record<string, number>> {
    return {};
  }
  close(): Promise<void> {
    return Promise.resolve();
  }
}

const zone = new NameZone({
  "A phone.example.net": ["203.0.113.1", "203.0.113.2"],
  "A crowd.example": [1, 2, 3, 4, 5, 6].map((last) => `203.0.113.${last}`),
  "SRV _sip._tcp.example.net": ["1 0 5070 phone.example.net"],
});

const nobody: TransactionUser = {
  received: () => undefined,
  failed: () => undefined,
  provisionalDue: () => undefined,
  ackPassedUp: () => undefined,
  dropped: () => undefined,
  retransmitted: () => undefined,
};

function setUp(): { readonly wire: Wire; readonly driver: TransactionDriver } {
  const wire = new Wire();
  const returns = new ResponseReturns(wire, zone, seededRandom(1));
  return { wire, driver: new TransactionDriver(wire, returns, nobody, seededRandom(1)) };
}

function invite(sentBy: string): SipRequest {
  return requestOf({ vias: [`SIP/2.0/TCP ${sentBy};branch=z9hG4bK1`] });
}

test("a response goes by the connection of its request while that is open (RFC 3261 §18.2.2)", () => {
  const { wire, driver } = setUp();
  const came = flow("tcp", "198.51.100.1", 49_152);
  const entry = driver.openServer("k", invite("198.51.100.1:5062"), came, 0);
  driver.respond(entry, 180, "180", 10);
  driver.respond(entry, 200, "200", 20);
  assert.deepEqual(wire.sent, ["180 to tcp:198.51.100.1:49152", "200 to tcp:198.51.100.1:49152"]);
  assert.deepEqual(wire.dialled, []);
});

test("when it is gone, the response goes by another to the sent-by port of where the request came from (RFC 3261 §18.2.2)", () => {
  const { wire, driver } = setUp();
  const came = flow("tcp", "198.51.100.1", 49_152);
  const entry = driver.openServer("k", invite("phone.lan:5062"), came, 0);
  driver.connectionClosed(came, 5);
  driver.respond(entry, 180, "180", 10);
  driver.respond(entry, 200, "200", 20);
  assert.deepEqual(wire.sent, ["180 to tcp:198.51.100.1:5062", "200 to tcp:198.51.100.1:5062"]);
  assert.deepEqual(wire.dialled, ["tcp:198.51.100.1:5062"], "once, not for each response");
});

test("a sent-by without a port means 5060, over IPv6 too (RFC 3261 §18.2.2)", () => {
  const { wire, driver } = setUp();
  const came = flow("tcp", "2001:db8::7", 49_152);
  const entry = driver.openServer("k", invite("[2001:db8::7]"), came, 0);
  driver.connectionClosed(came, 5);
  driver.respond(entry, 486, "486", 10);
  assert.deepEqual(wire.sent, ["486 to tcp:[2001:db8::7]:5060"]);
});

test("a connection that was opened in its place may end as well: a third is opened", () => {
  const { wire, driver } = setUp();
  const came = flow("tcp", "198.51.100.1", 49_152);
  const entry = driver.openServer("k", invite("phone.lan:5062"), came, 0);
  driver.connectionClosed(came, 5);
  driver.respond(entry, 180, "180", 10);
  driver.connectionClosed(entry.flow, 15);
  driver.respond(entry, 200, "200", 20);
  assert.equal(wire.dialled.length, 2);
  assert.equal(wire.sent.at(-1), "200 to tcp:198.51.100.1:5062");
});

test("where no connection can be opened the response is dropped, and the transaction goes on (RFC 3261 §16.9)", () => {
  const { wire, driver } = setUp();
  const came = flow("tcp", "198.51.100.1", 49_152);
  const entry = driver.openServer("k", invite("phone.lan"), came, 0);
  driver.connectionClosed(came, 5);
  wire.isUnreachable = true;
  driver.respond(entry, 180, "180", 10);
  assert.deepEqual(wire.sent, []);
  wire.isUnreachable = false;
  driver.respond(entry, 200, "200", 20);
  assert.deepEqual(wire.sent, ["200 to tcp:198.51.100.1:5060"]);
});

test("a client that sends its request again over a new connection is answered there (RFC 3261 §18.2.2)", () => {
  const { wire, driver } = setUp();
  const came = flow("tcp", "198.51.100.1", 49_152);
  const again = flow("tcp", "198.51.100.1", 49_153);
  const entry = driver.openServer("k", invite("phone.lan"), came, 0);
  driver.respond(entry, 180, "180", 10);
  driver.connectionClosed(came, 20);
  driver.receiveRetransmission(entry, again, 30);
  driver.respond(entry, 200, "200", 40);
  assert.deepEqual(wire.sent, [
    "180 to tcp:198.51.100.1:49152",
    "180 to tcp:198.51.100.1:49153",
    "200 to tcp:198.51.100.1:49153",
  ]);
  assert.deepEqual(wire.dialled, []);
});

test("while the first connection is open, a request that comes again over another changes nothing (RFC 3261 §18.2.2)", () => {
  const { wire, driver } = setUp();
  const came = flow("tcp", "198.51.100.1", 49_152);
  const entry = driver.openServer("k", invite("phone.lan"), came, 0);
  driver.receiveRetransmission(entry, flow("tcp", "198.51.100.1", 49_153), 30);
  driver.respond(entry, 200, "200", 40);
  assert.deepEqual(wire.sent, ["200 to tcp:198.51.100.1:49152"]);
});

/** A response to that sent-by when neither the connection nor any place is there: where it was tried. */
function triedAt(sentBy: string): readonly string[] {
  const { wire, driver } = setUp();
  const came = flow("tcp", "198.51.100.1", 49_152);
  const entry = driver.openServer("k", invite(sentBy), came, 0);
  driver.connectionClosed(came, 5);
  driver.respond(entry, 486, "486", 10);
  for (let tries = 0; wire.lastToken !== 0 && tries < 9; tries += 1) {
    const token = wire.lastToken;
    wire.lastToken = 0;
    driver.sendFailed(entry.flow, token, "refused", 20);
  }
  return wire.dialled;
}

test("when that fails as well, the response goes to the sent-by, whatever it names, to each place in turn (RFC 3263 §5)", () => {
  const first = "tcp:198.51.100.1";
  assert.deepEqual(triedAt("192.0.2.55:5062"), [`${first}:5062`, "tcp:192.0.2.55:5062"]);
  assert.deepEqual(triedAt("198.51.100.1:5062"), [`${first}:5062`]);
  assert.deepEqual(triedAt("Phone.example.net:5062"), [
    `${first}:5062`,
    "tcp:203.0.113.1:5062",
    "tcp:203.0.113.2:5062",
  ]);
  assert.deepEqual(triedAt("example.net"), [
    `${first}:5060`,
    "tcp:203.0.113.1:5070",
    "tcp:203.0.113.2:5070",
  ]);
  assert.deepEqual(triedAt("nowhere.example"), [`${first}:5060`]);
  assert.equal(
    triedAt("crowd.example:5062").length,
    4,
    "one request opens no crowd of connections",
  );
});
