import type { Endpoint, TransportName } from "../../src/base/endpoint.ts";
import type { AnswerScript } from "../../src/user-agent/index.ts";
import type { Agent } from "../simulation/agent.ts";
import { subscriber } from "../simulation/world.ts";
import { at, flow, PASSWORD, type FlowOptions, type Stage } from "./stage.ts";

const FIRST: Endpoint = { transport: "udp", address: "203.0.113.1", port: 5060 };
const SECOND: Endpoint = { transport: "udp", address: "203.0.113.2", port: 5060 };

/** Alice of ours calls a name elsewhere that leads to two servers. */
const TWO_SERVERS: FlowOptions = {
  columns: ["alice", "nexthop", "first", "second"],
  settings: { auth: "digest" },
  entries: [subscriber(at("alice"), PASSWORD)],
  names: { "elsewhere.example": [FIRST, SECOND] },
};

function server(
  stage: Stage,
  name: string,
  { address, port }: Endpoint,
  script: AnswerScript,
  transport: TransportName = "udp",
): Promise<Agent> {
  const local = { transport, address, port };
  return stage.world.addAgent({ name, aor: "sip:far@elsewhere.example", local, script });
}

const SAYS_503: AnswerScript = { kind: "refuse", statusCode: 503, afterMs: 10 };
const RINGS: AnswerScript = { kind: "ring-forever", ringAfterMs: 10 };
const ANSWERS: AnswerScript = { kind: "answer", ringAfterMs: 10, answerAfterMs: 1_000 };
const SWITCHED_OFF: AnswerScript = { kind: "no-answer-at-all" };

flow(
  "failover-first-silent",
  "The first server is silent for 64*T1, the second answers; the next call goes there first (RFC 3263 §4.3).",
  TWO_SERVERS,
  async (stage) => {
    await server(stage, "first", FIRST, SWITCHED_OFF);
    await server(stage, "second", SECOND, ANSWERS);
    const alice = await stage.agent("alice");
    stage.begin();
    const callId = alice.call("sip:far@elsewhere.example");
    await stage.passes(40_000);
    alice.hangUp(callId);
    await stage.passes(1_000);
    const again = alice.call("sip:far@elsewhere.example");
    await stage.passes(5_000);
    alice.hangUp(again);
  },
);

flow(
  "failover-503",
  "The first server says 503: acknowledged, and the second is tried in a new transaction (RFC 3263 §4.3).",
  TWO_SERVERS,
  async (stage) => {
    await server(stage, "first", FIRST, SAYS_503);
    await server(stage, "second", SECOND, { kind: "busy" });
    const alice = await stage.agent("alice");
    stage.begin();
    alice.call("sip:far@elsewhere.example");
  },
);

flow(
  "failover-all-503",
  "Both servers say 503: the caller gets 500 (RFC 3261 §16.7 step 6).",
  TWO_SERVERS,
  async (stage) => {
    await server(stage, "first", FIRST, SAYS_503);
    await server(stage, "second", SECOND, SAYS_503);
    const alice = await stage.agent("alice");
    stage.begin();
    alice.call("sip:far@elsewhere.example");
  },
);

flow(
  "failover-then-cancel",
  "The caller gives up while the second server rings: the CANCEL goes there alone (RFC 3263 §4).",
  TWO_SERVERS,
  async (stage) => {
    await server(stage, "first", FIRST, SAYS_503);
    await server(stage, "second", SECOND, RINGS);
    const alice = await stage.agent("alice");
    stage.begin();
    const callId = alice.call("sip:far@elsewhere.example");
    await stage.passes(2_000);
    alice.hangUp(callId);
  },
);

const LONG = `sip:${"far".repeat(80)}@elsewhere.example`;

flow(
  "too-large-for-udp",
  "An INVITE over 1300 bytes goes by TCP, its Via says so, and its CANCEL follows it (RFC 3261 §18.1.1).",
  { ...TWO_SERVERS, columns: ["alice", "nexthop", "first"], fields: ["Via"] },
  async (stage) => {
    await server(stage, "first", FIRST, RINGS, "tcp");
    const alice = await stage.agent("alice");
    stage.begin();
    const callId = alice.call(LONG);
    await stage.passes(2_000);
    alice.hangUp(callId);
  },
);

flow(
  "too-large-and-no-tcp",
  "Where no TCP is spoken an INVITE over 1300 bytes goes by UDP all the same (RFC 3261 §18.1.1).",
  { ...TWO_SERVERS, columns: ["alice", "nexthop", "first"] },
  async (stage) => {
    await server(stage, "first", FIRST, { kind: "busy" });
    const alice = await stage.agent("alice");
    stage.begin();
    alice.call(LONG);
    await stage.passes(5_000);
    alice.call(LONG);
  },
);

flow(
  "large-to-a-binding",
  "A device is called over the transport it registered with, whatever the size (deviation from RFC 3261 §18.1.1).",
  {
    columns: ["alice", "nexthop", "bob"],
    entries: [subscriber(at("alice"), PASSWORD), subscriber(at("far".repeat(80)), PASSWORD)],
  },
  async (stage) => {
    await stage.agent("bob", {
      user: "far".repeat(80),
      registered: true,
      script: { kind: "busy" },
    });
    const alice = await stage.agent("alice");
    stage.begin();
    alice.call(`sip:${"far".repeat(80)}@example.org`);
  },
);
