// `npm run test:interop`: SIPp against `nexthop serve`, each in a process of its own, on 127.0.0.1. Every scenario
// has its own users, so that none depends on what another left behind.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { startNexthop, type NexthopProcess } from "./nexthop-process.ts";
import { freePort } from "./ports.ts";
import { startLossyRelay } from "./relay.ts";
import { needSipp, sipp, startSipp, type RunningSipp } from "./sipp.ts";

type Transport = "udp" | "tcp";
const transports: readonly Transport[] = ["udp", "tcp"];

before(needSipp);

describe("without authentication", () => {
  let server: NexthopProcess;
  before(async () => {
    const names = ["alice", "busy", "cancel", "call", "lost-invite", "lost-answer", "none"];
    const users = names.flatMap((name) => [`${name}-udp`, `${name}-tcp`, name]);
    server = await startNexthop({ users, auth: "none" });
  });
  after(async () => {
    assert.equal(await server.stop(), 0);
  });

  /** Starts a callee and binds it; the caller may call it when this resolves. */
  async function callee(
    scenario: string,
    user: string,
    transport: Transport,
  ): Promise<RunningSipp> {
    const running = await startSipp({ scenario, user, serverPort: server.port, transport });
    const contact = `sip:${user}@127.0.0.1:${running.port};transport=${transport}`;
    await sipp({ scenario: "bind", user, serverPort: server.port, transport, contact });
    return running;
  }

  for (const transport of transports) {
    const common = (name: string) => ({
      user: `${name}-${transport}`,
      transport,
      serverPort: server.port,
    });

    test(`${transport}: a contact is bound, fetched, taken away and gone (RFC 3261 §10.2)`, async () => {
      const contact = `sip:alice@127.0.0.1:9;transport=${transport}`;
      await sipp({ scenario: "register", contact, ...common("alice") });
    });

    test(`${transport}: a call rings, is answered and ended by the caller (RFC 3261 §16.7)`, async () => {
      const { done } = await callee("uas-call", `call-${transport}`, transport);
      await sipp({ scenario: "uac-call", ...common("call") });
      await done;
    });

    test(`${transport}: nobody by that name is 404 (RFC 3261 §21.4.5)`, async () => {
      await sipp({ scenario: "uac-refused", status: 404, ...common("nobody") });
    });

    test(`${transport}: a user without a device is 480 (RFC 3261 §21.4.18)`, async () => {
      await sipp({ scenario: "uac-refused", status: 480, ...common("none") });
    });

    test(`${transport}: busy is passed on (RFC 3261 §16.7 step 5)`, async () => {
      const { done } = await callee("uas-busy", `busy-${transport}`, transport);
      await sipp({ scenario: "uac-refused-ringing", status: 486, ...common("busy") });
      await done;
    });

    test(`${transport}: CANCEL ends the ringing with 487 (RFC 3261 §16.10)`, async () => {
      const { done } = await callee("uas-cancel", `cancel-${transport}`, transport);
      await sipp({ scenario: "uac-cancel", ...common("cancel") });
      await done;
    });
  }

  test("a caller over UDP reaches a callee over TCP, and hangs up (RFC 5658 §4)", async () => {
    const { done } = await callee("uas-call", "call", "tcp");
    await sipp({ scenario: "uac-call", user: "call", serverPort: server.port });
    await done;
  });

  test("an INVITE that was lost on its way to the callee is repeated (RFC 3261 §17.1.1.2)", async () => {
    const user = "lost-invite";
    const { port, done } = await startSipp({ scenario: "uas-call", user, serverPort: server.port });
    const relay = await startLossyRelay(port, /^INVITE /, 2);
    const contact = `sip:${user}@127.0.0.1:${relay.port}`;
    await sipp({ scenario: "bind", user, serverPort: server.port, contact });
    await sipp({ scenario: "uac-call", user, serverPort: server.port });
    await done;
    assert.equal(relay.lostCount(), 2);
    relay.close();
  });

  test("a 200 that was lost is repeated by the callee and relayed (RFC 6026 §7.1)", async () => {
    const user = "lost-answer";
    const { port, done } = await startSipp({ scenario: "uas-call", user, serverPort: server.port });
    const relay = await startLossyRelay(port, /^SIP\/2\.0 200 [^]*CSeq: 1 INVITE/, 1);
    const contact = `sip:${user}@127.0.0.1:${relay.port}`;
    await sipp({ scenario: "bind", user, serverPort: server.port, contact });
    await sipp({ scenario: "uac-call", user, serverPort: server.port });
    await done;
    assert.equal(relay.lostCount(), 1);
    relay.close();
  });

  test("a 404 that was lost on its way back is repeated until its ACK (RFC 3261 §17.2.1)", async () => {
    const relay = await startLossyRelay(server.port, /^SIP\/2\.0 404 /, 2);
    const sendToPort = relay.port;
    await sipp({
      scenario: "uac-refused",
      user: "nobody",
      status: 404,
      serverPort: server.port,
      sendToPort,
    });
    assert.equal(relay.lostCount(), 2);
    relay.close();
  });

  test("SIPp's own caller and callee, who know no Route, have their call", async () => {
    const localPort = await freePort();
    const { done } = await startSipp({
      scenario: "builtin:uas",
      user: "service",
      serverPort: server.port,
      localPort,
    });
    const contact = `sip:service@127.0.0.1:${localPort}`;
    await sipp({ scenario: "bind-address", user: "service", serverPort: server.port, contact });
    await sipp({ scenario: "builtin:uac", user: "service", serverPort: server.port });
    await done;
  });
});

describe("with digest authentication", () => {
  let server: NexthopProcess;
  // SIPp 3.6 reads the first challenge and gives up when that is not MD5; its scenarios say who they are, and Nexthop
  // knows that of them (`digest.md5OnlyFor`).
  before(async () => {
    server = await startNexthop({ users: ["bob", "dora", "caller"], auth: "digest" });
  });
  after(async () => {
    assert.equal(await server.stop(), 0);
  });

  const bob = { username: "bob", password: "bob-secret", user: "bob" };

  test("a wrong password is challenged again, the right one binds (RFC 3261 §22.2)", async () => {
    const common = { serverPort: server.port, contact: "sip:bob@127.0.0.1:9", ...bob };
    await sipp({ scenario: "bind-digest-wrong", ...common });
    await sipp({ scenario: "bind-digest", ...common });
  });

  test("a caller of ours is asked who it is, and then has its call (RFC 3261 §22.3)", async () => {
    const { port, done } = await startSipp({
      scenario: "uas-call",
      user: "dora",
      serverPort: server.port,
    });
    const contact = `sip:dora@127.0.0.1:${port}`;
    const dora = { user: "dora", username: "dora", password: "dora-secret" };
    await sipp({ scenario: "bind-digest", contact, serverPort: server.port, ...dora });
    const caller = { username: "caller", password: "caller-secret" };
    await sipp({ scenario: "uac-call-digest", user: "dora", serverPort: server.port, ...caller });
    await done;
  });
});
