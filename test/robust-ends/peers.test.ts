// TCP peers that take their time, take nothing, or only take up room; a whole server on loopback.
import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { after, before, test } from "node:test";
import { checkConfig } from "../../src/config/index.ts";
import { memoryDirectory } from "../../src/directory/index.ts";
import { parseAor, StreamFramer } from "../../src/message/index.ts";
import {
  NO_NAMES,
  openServer,
  settingsOf,
  socketOptionsOf,
  type OpenServer,
} from "../../src/server/index.ts";
import { until } from "./until.ts";

const DOMAIN = "robust.test";
const CONNECTIONS = 300;
const limits = {
  connections: CONNECTIONS,
  connectionsPerAddress: CONNECTIONS,
  firstMessageMs: 1_000,
  writeQueueBytes: 65_536,
};
const BODY_BYTES = 60_000;
/** More than the kernel holds for a reader that does not read. */
const MESSAGES = 200;

let server: OpenServer;
let number = 0;

before(async () => {
  const config = checkConfig(
    "test",
    { limits },
    {
      domains: [DOMAIN],
      auth: "none",
      listen: [{ transport: "tcp", address: "127.0.0.1", port: 0 }],
    },
  );
  const users = ["deaf", "slow"].flatMap((name) => parseAor(`sip:${name}@${DOMAIN}`) ?? []);
  server = await openServer({
    settings: settingsOf(config),
    sockets: socketOptionsOf(config),
    dataFolder: undefined,
    resolver: NO_NAMES,
    directory: memoryDirectory(
      users.map((aor) => ({ kind: "subscriber", aor, credential: undefined })),
    ),
    fault: (where, error) => {
      throw new Error(where, { cause: error });
    },
  });
});

after(() => server.close({ drainMs: 0 }));

/** A connection to the server that cuts what comes into messages. */
class Peer {
  readonly socket: Socket;
  readonly messages: string[] = [];
  readonly #framer = new StreamFramer({ headerSizeBytes: 49_152, messageSizeBytes: 65_535 });

  constructor(socket: Socket) {
    this.socket = socket;
    socket.on("error", () => socket.destroy());
    socket.on("data", (bytes) => {
      for (const output of this.#framer.push(bytes)) {
        if (output.kind === "message") this.messages.push(output.text);
      }
    });
  }

  static async open(localAddress = "127.0.0.1"): Promise<Peer> {
    const port = server.sip.endpoints[0]?.port ?? 0;
    const peer = new Peer(connect({ port, host: "127.0.0.1", localAddress }));
    await once(peer.socket, "connect");
    return peer;
  }

  get finals(): readonly number[] {
    return this.messages
      .map((text) => Number(/^SIP\/2\.0 (\d+)/.exec(text)?.[1] ?? 0))
      .filter((statusCode) => statusCode >= 200);
  }

  async answered(count = 1): Promise<void> {
    await until(() => this.finals.length >= count, `${count} answers`);
  }

  /** Binds the connection itself: requests for the user come on it. */
  async register(user: string): Promise<void> {
    const { localPort } = this.socket;
    const contact = `Contact: <sip:${user}@127.0.0.1:${localPort};transport=tcp>;expires=600`;
    this.socket.write(request("REGISTER", `sip:${DOMAIN}`, user, [contact]));
    await this.answered();
    assert.deepEqual(this.finals, [200]);
  }
}

function request(
  method: string,
  uri: string,
  user: string,
  fields: readonly string[] = [],
  body = "",
): string {
  number += 1;
  return [
    `${method} ${uri} SIP/2.0`,
    `Via: SIP/2.0/TCP 127.0.0.1;branch=z9hG4bKpeer${number}`,
    "Max-Forwards: 70",
    `From: <sip:${user}@${DOMAIN}>;tag=1`,
    `To: <sip:${user}@${DOMAIN}>`,
    `Call-ID: peer-${number}`,
    `CSeq: 1 ${method}`,
    ...fields,
    `Content-Length: ${body.length}`,
    "",
    body,
  ].join("\r\n");
}

test("a peer that never reads is cut off at writeQueueBytes, and who waits for it hears why", async () => {
  const deaf = await Peer.open();
  await deaf.register("deaf");
  deaf.socket.pause();
  const caller = await Peer.open();
  const body = "x".repeat(BODY_BYTES);
  for (let count = 0; count < MESSAGES; count += 1) {
    caller.socket.write(request("MESSAGE", `sip:deaf@${DOMAIN}`, "slow", [], body));
  }
  await caller.answered(MESSAGES);
  // Also those that the kernel had taken for it: their connection is gone (RFC 3261 §16.9), 503 becomes 500 (§16.7).
  assert.deepEqual(new Set(caller.finals), new Set([500]));
  const record = server.cases.find({ kind: "last" })[0]?.[0];
  assert.equal(record?.causeId, "next-hop-unreachable");
  assert.match(record.values.join(), /\d+ bytes wait to be read and none are taken/);
  assert.deepEqual(server.sip.pending(), []);
  assert.equal(server.sip.counters.faults, 0);
  deaf.socket.destroy();
  caller.socket.destroy();
});

test("a peer that sends a byte now and then is answered all the same (RFC 3261 §18.3)", async () => {
  const slow = await Peer.open();
  slow.socket.setNoDelay(true);
  for (const byte of request("OPTIONS", `sip:${DOMAIN}`, "slow")) {
    // Each its own segment, as far as loopback goes.
    // oxlint-disable-next-line no-await-in-loop
    await new Promise((resolve) => slow.socket.write(byte, resolve));
  }
  await slow.answered();
  assert.deepEqual(slow.finals, [200]);
  slow.socket.destroy();
});

test("a thousand half-open connections push out one another, then are reaped, and a phone stays", async () => {
  const phone = await Peer.open();
  await phone.register("slow");
  const flood: Peer[] = [];
  for (let count = 0; count < 1_000; count += 50) {
    const some = Array.from({ length: 50 }, (_, at) => Peer.open(`127.0.${1 + (at % 5)}.1`));
    // oxlint-disable-next-line no-await-in-loop
    flood.push(...(await Promise.all(some)));
  }
  const open = (): number => flood.filter(({ socket }) => !socket.destroyed).length;
  await until(() => open() < CONNECTIONS, "the oldest have given way");
  phone.socket.write(request("OPTIONS", `sip:${DOMAIN}`, "slow"));
  await phone.answered(2);
  await until(() => open() === 0, "no whole message came from the others in time");
  phone.socket.write(request("OPTIONS", `sip:${DOMAIN}`, "slow"));
  await phone.answered(3);
  assert.deepEqual(phone.finals, [200, 200, 200]);
  phone.socket.destroy();
});
