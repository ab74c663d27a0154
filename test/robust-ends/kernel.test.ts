// What the kernel refuses: a port without the privilege for it, a destination that is forbidden.
import assert from "node:assert/strict";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { checkConfig } from "../../src/config/index.ts";
import { memoryDirectory } from "../../src/directory/index.ts";
import { memoryLocationStore } from "../../src/location/index.ts";
import { parseAor } from "../../src/message/index.ts";
import { NO_NAMES, openServer, settingsOf, socketOptionsOf } from "../../src/server/index.ts";

const NOBODY = 65_534;
const PRIVILEGED_PORT = 987;

function optionsFor(
  listen: readonly { readonly transport: "udp" | "tcp"; readonly port: number }[],
) {
  const config = checkConfig(
    "test",
    {},
    {
      domains: ["robust.test"],
      auth: "none",
      listen: listen.map((one) => ({ ...one, address: "0.0.0.0" })),
    },
  );
  return {
    settings: settingsOf(config),
    sockets: socketOptionsOf(config),
    dataFolder: undefined,
    resolver: NO_NAMES,
    fault: (where: string, error: unknown): void => {
      throw new Error(where, { cause: error });
    },
  };
}

/** Runs as somebody without privileges, where we have any to lay down. */
async function unprivileged<Result>(act: () => Promise<Result>): Promise<Result> {
  const isRoot = process.geteuid?.() === 0;
  if (isRoot) process.seteuid?.(NOBODY);
  try {
    return await act();
  } finally {
    if (isRoot) process.seteuid?.(0);
  }
}

test("a port below 1024 without the privilege is listener-refused, with what is missing", async (context) => {
  const startsAt = readFileSync("/proc/sys/net/ipv4/ip_unprivileged_port_start", "latin1");
  if (Number(startsAt) <= PRIVILEGED_PORT) {
    context.skip("this kernel gives every port to everybody");
    return;
  }
  for (const transport of ["udp", "tcp"] as const) {
    // oxlint-disable-next-line no-await-in-loop
    await unprivileged(() =>
      assert.rejects(openServer(optionsFor([{ transport, port: PRIVILEGED_PORT }])), {
        causeId: "listener-refused",
        message: new RegExp(
          `${transport}:0.0.0.0:${PRIVILEGED_PORT}: EACCES: .*CAP_NET_BIND_SERVICE`,
        ),
      }),
    );
  }
});

test("a binding where the kernel forbids to send fails at once with its code, and not by Timer F (RFC 3261 §16.9)", async () => {
  const aor = parseAor("sip:bob@robust.test");
  assert.ok(aor !== undefined);
  const location = memoryLocationStore();
  const nowMs = Date.now();
  const binding = {
    contactUri: "sip:bob@255.255.255.255",
    callId: "r",
    cseq: 1,
    qMilli: 1_000,
    expiresAtMs: nowMs + 600_000,
    updatedAtMs: nowMs,
    path: [],
    source: "udp:192.0.2.1:5060",
  };
  await location.replace(aor, 0, [binding], nowMs);
  const server = await openServer({
    ...optionsFor([{ transport: "udp", port: 0 }]),
    location,
    directory: memoryDirectory([{ kind: "subscriber", aor, credential: undefined }]),
  });
  const client = createSocket("udp4").bind(0, "127.0.0.1");
  await once(client, "listening");
  const message = [
    "MESSAGE sip:bob@robust.test SIP/2.0",
    `Via: SIP/2.0/UDP 127.0.0.1:${client.address().port};rport;branch=z9hG4bKk`,
    "Max-Forwards: 70",
    "From: <sip:dora@elsewhere.test>;tag=1",
    "To: <sip:bob@robust.test>",
    "Call-ID: kernel",
    "CSeq: 1 MESSAGE",
    "Content-Length: 0",
    "",
    "",
  ].join("\r\n");
  client.send(message, server.sip.endpoints[0]?.port ?? 0, "127.0.0.1");
  const [answer] = (await once(client, "message")) as [Buffer];
  assert.match(answer.toString("latin1"), /^SIP\/2\.0 500 /);
  const record = server.cases.find({ kind: "last" })[0]?.[0];
  assert.equal(record?.causeId, "next-hop-unreachable");
  assert.match(record.values.join(), /EACCES: this machine's firewall or routes forbid it/);
  client.close();
  await server.close({ drainMs: 0 });
});
