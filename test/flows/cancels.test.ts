import { at, flow, PASSWORD } from "./stage.ts";
import { subscriber } from "../simulation/world.ts";

const TWO = { columns: ["alice", "nexthop", "bob"] };

flow(
  "cancel-while-ringing",
  "The caller gives up while it rings: CANCEL hop by hop, 487 all the way back (RFC 3261 §16.10).",
  TWO,
  async (stage) => {
    await stage.agent("bob", {
      registered: true,
      script: { kind: "ring-forever", ringAfterMs: 10 },
    });
    const alice = await stage.agent("alice");
    stage.begin();
    const callId = alice.call("sip:bob@example.org");
    await stage.passes(4_000);
    alice.hangUp(callId);
  },
);

flow(
  "cancel-before-any-answer",
  "No CANCEL goes to a device that has said nothing: it waits for a provisional (RFC 3261 §9.1).",
  TWO,
  async (stage) => {
    await stage.agent("bob", { registered: true, script: { kind: "no-answer-at-all" } });
    const alice = await stage.agent("alice");
    stage.begin();
    const callId = alice.call("sip:bob@example.org");
    await stage.passes(4_000);
    alice.hangUp(callId);
  },
);

flow(
  "cancel-loses-the-race",
  "CANCEL and 200 cross: the call stands, is acknowledged and hung up (RFC 3261 §9.1).",
  TWO,
  async (stage) => {
    await stage.agent("bob", { registered: true });
    const alice = await stage.agent("alice");
    stage.begin();
    const callId = alice.call("sip:bob@example.org");
    await stage.passes(2_002);
    alice.hangUp(callId);
  },
);

flow(
  "cancel-while-searching",
  "The caller cancels while the directory is asked: 487, and nobody is rung (RFC 3261 §16.10).",
  { columns: ["alice", "nexthop"], questionsTakeMs: 5_000 },
  async (stage) => {
    const alice = await stage.agent("alice");
    stage.begin();
    const callId = alice.call("sip:bob@example.org");
    await stage.passes(10);
    alice.hangUp(callId);
  },
);

flow(
  "cancel-unanswered",
  "The device answers neither CANCEL nor INVITE any more: given up after 64*T1 (RFC 3261 §9.1).",
  TWO,
  async (stage) => {
    const bob = await stage.agent("bob", {
      registered: true,
      script: { kind: "ring-forever", ringAfterMs: 10 },
    });
    const alice = await stage.agent("alice");
    stage.begin();
    const callId = alice.call("sip:bob@example.org");
    await stage.passes(1_000);
    bob.die("unplugged");
    alice.hangUp(callId);
  },
);

flow(
  "silent-after-100",
  "A device says 100 and nothing more: Timer C ends the wait (RFC 3261 §16.8).",
  TWO,
  async (stage) => {
    await stage.agent("bob", { registered: true, script: { kind: "silent-after-100" } });
    const alice = await stage.agent("alice");
    stage.begin();
    alice.call("sip:bob@example.org");
  },
);

flow(
  "no-answer-at-all",
  "A device that is switched off: seven INVITEs, then Timer B and 408 (RFC 3261 §16.9).",
  TWO,
  async (stage) => {
    const bob = await stage.agent("bob", { registered: true });
    const alice = await stage.agent("alice");
    bob.die("unplugged");
    stage.begin();
    alice.call("sip:bob@example.org");
  },
);

flow(
  "message-unanswered",
  "A MESSAGE that nobody answers: 100 when Timer E reaches T2, and no 408 (RFC 4320 §4.2).",
  TWO,
  async (stage) => {
    const bob = await stage.agent("bob", { registered: true });
    const alice = await stage.agent("alice");
    bob.die("unplugged");
    stage.begin();
    alice.ask("MESSAGE", "sip:bob@example.org");
  },
);

flow(
  "unreachable-port",
  "The device's port is closed: its host says so to the second INVITE (RFC 3261 §16.9).",
  TWO,
  async (stage) => {
    const bob = await stage.agent("bob", { registered: true });
    const alice = await stage.agent("alice");
    bob.die("closed");
    stage.begin();
    alice.call("sip:bob@example.org");
  },
);

flow(
  "unreachable-connection",
  "The device's connection is closed and so is its port: told at once (RFC 3261 §18.4).",
  TWO,
  async (stage) => {
    const bob = await stage.agent("bob", { registered: true, transport: "tcp" });
    const alice = await stage.agent("alice");
    bob.die("closed");
    await stage.passes(1_000);
    stage.begin();
    alice.call("sip:bob@example.org");
  },
);

flow(
  "lost-200",
  "The proxy does not repeat a 2xx; the callee does, until the ACK comes (RFC 6026 §7.1).",
  TWO,
  async (stage) => {
    await stage.agent("bob", { registered: true });
    const alice = await stage.agent("alice");
    stage.begin();
    let toLose = 2;
    stage.world.network.loses = (text, from) => {
      if (from !== "udp:192.0.2.100:5060" || !text.startsWith("SIP/2.0 200")) return false;
      toLose -= 1;
      return toLose >= 0;
    };
    const callId = alice.call("sip:bob@example.org");
    await stage.passes(10_000);
    alice.hangUp(callId);
  },
);

flow(
  "lost-486",
  "A refusal is repeated by Timer G until its ACK, and each is acknowledged (RFC 3261 §17.2.1).",
  TWO,
  async (stage) => {
    await stage.agent("bob", { registered: true, script: { kind: "busy" } });
    const alice = await stage.agent("alice");
    stage.begin();
    let toLose = 2;
    stage.world.network.loses = (text, from) => {
      const isAck = text.startsWith("ACK") && from === "udp:192.0.2.12:5060";
      if (!isAck && !(text.startsWith("SIP/2.0 486") && from === "udp:192.0.2.100:5060")) return false;
      toLose -= 1;
      return toLose >= 0;
    };
    alice.call("sip:bob@example.org");
  },
);

flow(
  "registration",
  "A binding is made, refreshed and removed; an interval too brief is lengthened (RFC 3261 §10.3).",
  { columns: ["bob", "nexthop"] },
  async (stage) => {
    const bob = await stage.agent("bob");
    stage.begin();
    bob.register(5);
    await stage.passes(1_000);
    bob.register(60);
    await stage.passes(1_000);
    bob.register(0);
  },
);

flow(
  "digest",
  "REGISTER is challenged with 401, INVITE with 407, BYE not: its Route is known (RFC 3261 §22).",
  { ...TWO, settings: { auth: "digest" } },
  async (stage) => {
    const bob = await stage.agent("bob");
    const alice = await stage.agent("alice");
    stage.begin();
    bob.register(60);
    await stage.passes(1_000);
    const callId = alice.call("sip:bob@example.org");
    await stage.passes(10_000);
    alice.hangUp(callId);
  },
);

flow(
  "digest-refused",
  "A wrong password and a user who does not exist see the same (RFC 3261 §22.4).",
  {
    columns: ["mallory", "nexthop", "nobody"],
    settings: { auth: "digest" },
    entries: [subscriber(at("mallory"), PASSWORD)],
  },
  async (stage) => {
    const mallory = await stage.agent("mallory", { password: "wrong" });
    const nobody = await stage.agent("nobody");
    stage.begin();
    mallory.register(60);
    await stage.passes(1_000);
    nobody.register(60);
    await stage.passes(1_000);
    mallory.call("sip:bob@example.org");
    await stage.passes(1_000);
    nobody.call("sip:bob@example.org");
  },
);
