import { alias, subscriber } from "../simulation/world.ts";
import { at, flow, PASSWORD } from "./stage.ts";

const TWO = { columns: ["alice", "nexthop", "bob"] };

// What the registrar wrote the proxy reads (RFC 3261 §10.1), and sends in a client transaction (§16.6 step 10).
flow(
  "call-and-hang-up",
  "A call is tried, rings, is answered, acknowledged and hung up (RFC 3261 §4).",
  TWO,
  async (stage) => {
    await stage.agent("bob", { registered: true });
    const alice = await stage.agent("alice");
    stage.begin();
    const callId = alice.call("sip:bob@example.org");
    await stage.passes(10_000);
    alice.hangUp(callId);
  },
);

flow(
  "callee-hangs-up",
  "The callee hangs up: its BYE takes the way back by Record-Route (RFC 3261 §12.2).",
  TWO,
  async (stage) => {
    await stage.agent("bob", {
      registered: true,
      script: { kind: "answer", ringAfterMs: 10, answerAfterMs: 2_000, hangUpAfterMs: 3_000 },
    });
    const alice = await stage.agent("alice");
    stage.begin();
    alice.call("sip:bob@example.org");
  },
);

flow(
  "unknown-user",
  "Nobody by that name at our domain: 404, with authority (RFC 3261 §21.4.5).",
  { columns: ["alice", "nexthop"] },
  async (stage) => {
    const alice = await stage.agent("alice");
    stage.begin();
    alice.call("sip:bbo@example.org");
  },
);

flow(
  "user-not-registered",
  "The user exists and has no device: 480, never 404 (RFC 3261 §21.4.18).",
  { columns: ["alice", "nexthop"] },
  async (stage) => {
    const alice = await stage.agent("alice");
    stage.begin();
    alice.call("sip:bob@example.org");
  },
);

flow(
  "bindings-expired",
  "Bob's only binding ran out a minute ago: 480, and the case says so (RFC 3261 §10.3).",
  TWO,
  async (stage) => {
    const alice = await stage.agent("alice");
    const bob = await stage.agent("bob");
    stage.begin();
    bob.register(60);
    await stage.passes(59_000);
    const callId = alice.call("sip:bob@example.org");
    await stage.passes(500);
    alice.hangUp(callId);
    await stage.passes(60_000);
    alice.call("sip:bob@example.org");
  },
);

flow(
  "domain-not-served",
  "A caller from elsewhere asks for a domain that is not ours: 404 (RFC 3261 §21.4.5).",
  { columns: ["eve", "nexthop"] },
  async (stage) => {
    const eve = await stage.world.addAgent({
      name: "eve",
      aor: "sip:eve@elsewhere.example",
      local: { transport: "udp", address: "203.0.113.1", port: 5060 },
      script: { kind: "busy" },
    });
    stage.begin();
    eve.call("sip:bob@third.example");
  },
);

flow(
  "alias",
  "An alias of an alias leads to Bob, whose device is called (RFC 3261 §16.5).",
  {
    ...TWO,
    entries: [
      subscriber(at("bob"), PASSWORD),
      alias(at("sales"), "sip:office@example.org"),
      alias(at("office"), "sip:bob@example.org"),
    ],
  },
  async (stage) => {
    await stage.agent("bob", { registered: true, script: { kind: "busy" } });
    const alice = await stage.agent("alice");
    stage.begin();
    alice.call("sip:sales@example.org");
  },
);

flow(
  "busy",
  "A refusal goes hop by hop: each side acknowledges its own (RFC 3261 §17.1.1.3).",
  TWO,
  async (stage) => {
    await stage.agent("bob", { registered: true, script: { kind: "busy" } });
    const alice = await stage.agent("alice");
    stage.begin();
    alice.call("sip:bob@example.org");
  },
);

flow(
  "declined",
  "603 is final for the whole search and goes to the caller as it is (RFC 3261 §21.6.2).",
  TWO,
  async (stage) => {
    await stage.agent("bob", { registered: true, script: { kind: "decline" } });
    const alice = await stage.agent("alice");
    stage.begin();
    alice.call("sip:bob@example.org");
  },
);

flow(
  "redirected",
  "A 302 is passed on: the caller decides whether to follow it (RFC 3261 §16.7 step 4).",
  TWO,
  async (stage) => {
    const script = { kind: "redirect", contactUri: "sip:bob@198.51.100.7" } as const;
    await stage.agent("bob", { registered: true, script });
    const alice = await stage.agent("alice");
    stage.begin();
    alice.call("sip:bob@example.org");
  },
);

flow(
  "message-and-options",
  "Other requests get no 100 in time and one final response (RFC 4320 §4.1).",
  TWO,
  async (stage) => {
    await stage.agent("bob", { registered: true });
    const alice = await stage.agent("alice");
    stage.begin();
    alice.ask("OPTIONS", "sip:bob@example.org");
    await stage.passes(1_000);
    alice.ask("MESSAGE", "sip:bob@example.org");
    await stage.passes(1_000);
    alice.ask("OPTIONS", "sip:example.org");
  },
);
