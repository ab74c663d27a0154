// A whole server on loopback sockets that asks a real name server: NAPTR, SRV and addresses, a first server that is
// not there, a second that is.
import assert from "node:assert/strict";
import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { test, type TestContext } from "node:test";
import { checkConfig } from "../src/config/index.ts";
import { memoryDirectory } from "../src/directory/index.ts";
import { createResolver } from "../src/dns/index.ts";
import { memoryLocationStore } from "../src/location/index.ts";
import { Header, parseMessage, type SipRequest } from "../src/message/index.ts";
import { openServer, settingsOf, socketOptionsOf, systemClock } from "../src/server/index.ts";
import { subscriber } from "./simulation/world.ts";
import { aor } from "./support/domain.ts";
import { a, naptr, openNameServer, srv } from "./support/name-server.ts";

async function udpSocket(t: TestContext): Promise<Socket & { readonly port: number }> {
  const socket = createSocket("udp4");
  socket.bind(0, "127.0.0.1");
  await once(socket, "listening");
  t.after(() => {
    socket.close();
  });
  return Object.assign(socket, { port: socket.address().port });
}

/** Says 486 to every INVITE, and keeps them. */
async function busyServer(t: TestContext) {
  const socket = await udpSocket(t);
  const invites: SipRequest[] = [];
  socket.on("message", (bytes, { port, address }) => {
    const request = parseMessage(bytes.toString("latin1"));
    if (request.kind !== "request" || request.method !== "INVITE") return;
    invites.push(request);
    const vias = request.values(Header.Via).map((via) => `Via: ${via}`);
    const lines = [
      "SIP/2.0 486 Busy Here",
      ...vias,
      `From: ${request.header(Header.From)}`,
      `To: ${request.header(Header.To)};tag=far`,
      `Call-ID: ${request.callId}`,
      "CSeq: 1 INVITE",
      "Content-Length: 0",
      "",
      "",
    ];
    socket.send(lines.join("\r\n"), port, address);
  });
  return { port: socket.port, invites };
}

/** A port that nobody listens on. */
async function closedPort(): Promise<number> {
  const socket = createSocket("udp4");
  socket.bind(0, "127.0.0.1");
  await once(socket, "listening");
  const { port } = socket.address();
  socket.close();
  return port;
}

test("a device bound under a name is found at the server that is there, and the next call goes straight to it (RFC 3263 §4.3)", async (t) => {
  const far = await busyServer(t);
  const deadPort = await closedPort();
  const names = await openNameServer({
    "NAPTR example.net": [naptr(10, 1, "SIP+D2U", "_sip._udp.example.net")],
    "SRV _sip._udp.example.net": [
      srv(10, 0, deadPort, "one.example.net"),
      srv(20, 0, far.port, "two.example.net"),
    ],
    "A one.example.net": [a("127.0.0.1")],
    "A two.example.net": [a("127.0.0.1")],
  });
  const clock = systemClock();
  const resolver = createResolver({
    cacheEntries: 100,
    servers: [names.address],
    nowMs: () => clock.nowMs(),
  });
  const location = memoryLocationStore();
  const config = checkConfig(
    "test",
    { auth: "none" },
    { domains: ["example.org"], listen: [{ transport: "udp", address: "127.0.0.1", port: 0 }] },
  );
  const server = await openServer({
    settings: settingsOf(config),
    sockets: socketOptionsOf(config),
    dataFolder: undefined,
    directory: memoryDirectory([subscriber("bob@example.org", undefined)]),
    location,
    resolver,
    fault: (where, error) => assert.fail(`${where}: ${String(error)}`),
  });
  t.after(async () => {
    await server.close({ drainMs: 0 });
    resolver.close();
    names.close();
  });
  const nowMs = clock.nowMs();
  await location.replace(
    aor("bob@example.org"),
    0,
    [
      {
        contactUri: "sip:far@example.net",
        callId: "r",
        cseq: 1,
        qMilli: 1_000,
        expiresAtMs: nowMs + 60_000,
        updatedAtMs: nowMs,
        path: [],
        source: "udp:127.0.0.1:9",
      },
    ],
    nowMs,
  );
  const [endpoint] = server.sip.endpoints;
  assert.ok(endpoint !== undefined);
  const alice = await udpSocket(t);
  const statusOf = async (callId: string): Promise<number> => {
    const invite = [
      "INVITE sip:bob@example.org SIP/2.0",
      `Via: SIP/2.0/UDP 127.0.0.1:${alice.port};branch=z9hG4bK${callId}`,
      "Max-Forwards: 70",
      "From: <sip:alice@example.org>;tag=a",
      "To: <sip:bob@example.org>",
      `Call-ID: ${callId}`,
      "CSeq: 1 INVITE",
      `Contact: <sip:alice@127.0.0.1:${alice.port}>`,
      "Content-Length: 0",
      "",
      "",
    ];
    alice.send(invite.join("\r\n"), endpoint.port, "127.0.0.1");
    for (;;) {
      // oxlint-disable-next-line no-await-in-loop -- one response after another
      const [bytes] = (await once(alice, "message")) as [Buffer];
      const response = parseMessage(bytes.toString("latin1"));
      if (response.kind === "response" && response.callId === callId && response.statusCode >= 200)
        return response.statusCode;
    }
  };

  assert.equal(await statusOf("first"), 486);
  assert.equal(far.invites.length, 1);
  const asked = names.asked.length;
  assert.deepEqual(
    names.asked.filter((key) => !key.startsWith("AAAA")),
    ["NAPTR example.net", "SRV _sip._udp.example.net", "A one.example.net", "A two.example.net"],
  );
  const startedMs = performance.now();
  assert.equal(await statusOf("second"), 486);
  assert.ok(performance.now() - startedMs < 450, "nobody waited for the dead server's Timer A");
  assert.equal(names.asked.filter((key) => !key.startsWith("AAAA")).length, asked - 2);
  const dead = { transport: "udp", address: "127.0.0.1", port: deadPort } as const;
  assert.equal(server.sip.avoided.find(dead, clock.nowMs())?.reason, "unreachable");
});
