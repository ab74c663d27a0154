import type { Endpoint } from "../../src/base/endpoint.ts";
import type { ConfigInput } from "../../src/config/index.ts";
import type { AnswerScript } from "../../src/user-agent/index.ts";
import type { Agent } from "../simulation/agent.ts";
import { subscriber } from "../simulation/world.ts";
import { configured, TWO_GATEWAYS } from "../support/configured.ts";
import { at, flow, PASSWORD, type FlowOptions, type Stage } from "./stage.ts";

const FIRST: Endpoint = { transport: "udp", address: "203.0.113.1", port: 5060 };
const SECOND: Endpoint = { transport: "udp", address: "203.0.113.2", port: 5070 };

/** Alice of ours, and what the operator has configured. */
function alone(
  hops: Pick<ConfigInput, "nextHops" | "gateways" | "numbers" | "routes">,
  columns: readonly string[] = ["alice", "nexthop", "first", "second"],
): FlowOptions {
  return {
    columns,
    settings: { auth: "digest", ...configured(hops) },
    entries: [subscriber(at("alice"), PASSWORD)],
    fields: ["INVITE", "CANCEL"],
  };
}

function gateway(
  stage: Stage,
  name: string,
  local: Endpoint,
  script: AnswerScript,
): Promise<Agent> {
  return stage.world.addAgent({ name, aor: `sip:${name}@gateway.example`, local, script });
}

const SAYS_503: AnswerScript = { kind: "refuse", statusCode: 503, afterMs: 10 };
const RINGS: AnswerScript = { kind: "ring-forever", ringAfterMs: 10 };
const ANSWERS: AnswerScript = { kind: "answer", ringAfterMs: 10, answerAfterMs: 1_000 };
const SWITCHED_OFF: AnswerScript = { kind: "no-answer-at-all" };
const BUSY: AnswerScript = { kind: "busy" };
const NUMBER = "sip:030-1234567@example.org";

flow(
  "next-hop-static",
  "Requests for a partner's domain go to its next hop, the ACK and the BYE of the call too (RFC 3261 §16.6 step 6).",
  alone({ nextHops: { "partner.example": "sip:203.0.113.1" } }, ["alice", "nexthop", "first"]),
  async (stage) => {
    await gateway(stage, "first", FIRST, ANSWERS);
    const alice = await stage.agent("alice");
    stage.begin();
    const callId = alice.call("sip:far@partner.example");
    await stage.passes(3_000);
    alice.hangUp(callId);
  },
);

flow(
  "gateway-by-prefix",
  "A number that nobody has goes to the first gateway of its route, at whose address it is the Request-URI.",
  alone(TWO_GATEWAYS),
  async (stage) => {
    await gateway(stage, "first", FIRST, ANSWERS);
    await gateway(stage, "second", SECOND, ANSWERS);
    const alice = await stage.agent("alice");
    stage.begin();
    const callId = alice.call(NUMBER);
    await stage.passes(3_000);
    alice.hangUp(callId);
  },
);

flow(
  "gateway-503",
  "The first gateway says 503: the second gets the number at its own address (RFC 3263 §4.3).",
  alone(TWO_GATEWAYS),
  async (stage) => {
    await gateway(stage, "first", FIRST, SAYS_503);
    await gateway(stage, "second", SECOND, ANSWERS);
    const alice = await stage.agent("alice");
    stage.begin();
    const callId = alice.call(NUMBER);
    await stage.passes(3_000);
    alice.hangUp(callId);
  },
);

flow(
  "gateway-busy",
  "A busy callee is an answer, and the second gateway is not asked (RFC 3263 §4.3).",
  alone(TWO_GATEWAYS),
  async (stage) => {
    await gateway(stage, "first", FIRST, BUSY);
    await gateway(stage, "second", SECOND, ANSWERS);
    const alice = await stage.agent("alice");
    stage.begin();
    alice.call(NUMBER);
  },
);

flow(
  "gateway-silent",
  "The first gateway is silent for 64*T1, the second answers; the next call goes there first (RFC 3263 §4.3).",
  { ...alone(TWO_GATEWAYS), fields: [] },
  async (stage) => {
    await gateway(stage, "first", FIRST, SWITCHED_OFF);
    await gateway(stage, "second", SECOND, ANSWERS);
    const alice = await stage.agent("alice");
    stage.begin();
    const callId = alice.call(NUMBER);
    await stage.passes(35_000);
    alice.hangUp(callId);
    await stage.passes(1_000);
    const again = alice.call(NUMBER);
    await stage.passes(3_000);
    alice.hangUp(again);
  },
);

flow(
  "gateway-gone",
  "Nothing listens at the first gateway: at the second attempt the other is tried, and first by the next call (RFC 3263 §4.3).",
  { ...alone(TWO_GATEWAYS), fields: [] },
  async (stage) => {
    const first = await gateway(stage, "first", FIRST, BUSY);
    await gateway(stage, "second", SECOND, BUSY);
    const alice = await stage.agent("alice");
    first.die("closed");
    stage.begin();
    alice.call(NUMBER);
    await stage.passes(3_000);
    alice.call(NUMBER);
  },
);

flow(
  "next-hop-second",
  "A domain with two static next hops: when the first says 503 the second gets the same Request-URI (RFC 3263 §4.3).",
  alone({ nextHops: { "partner.example": ["sip:203.0.113.1", "sip:203.0.113.2:5070"] } }),
  async (stage) => {
    await gateway(stage, "first", FIRST, SAYS_503);
    await gateway(stage, "second", SECOND, BUSY);
    const alice = await stage.agent("alice");
    stage.begin();
    alice.call("sip:far@partner.example");
  },
);

flow(
  "gateway-all-dead",
  "No gateway answers: each is tried, and the caller gets 408 (RFC 3261 §16.8).",
  { ...alone(TWO_GATEWAYS), fields: [] },
  async (stage) => {
    await gateway(stage, "first", FIRST, SWITCHED_OFF);
    await gateway(stage, "second", SECOND, SWITCHED_OFF);
    const alice = await stage.agent("alice");
    stage.begin();
    alice.call(NUMBER);
  },
);

flow(
  "gateway-then-cancel",
  "The caller gives up while the second gateway rings: the CANCEL goes there alone (RFC 3261 §16.10).",
  alone(TWO_GATEWAYS),
  async (stage) => {
    await gateway(stage, "first", FIRST, SAYS_503);
    await gateway(stage, "second", SECOND, RINGS);
    const alice = await stage.agent("alice");
    stage.begin();
    const callId = alice.call(NUMBER);
    await stage.passes(2_000);
    alice.hangUp(callId);
  },
);

flow(
  "gateway-probe",
  "A gateway that does not answer OPTIONS is passed over; once it answers again calls go to it (RFC 3261 §11.1).",
  {
    ...alone({
      ...TWO_GATEWAYS,
      gateways: TWO_GATEWAYS.gateways.map((one) => ({
        ...one,
        probe: { everyMs: 600_000, downAfter: 1 },
      })),
    }),
    fields: ["OPTIONS"],
  },
  async (stage) => {
    const first = await gateway(stage, "first", FIRST, BUSY);
    await gateway(stage, "second", SECOND, BUSY);
    const alice = await stage.agent("alice");
    first.die("unplugged");
    stage.begin();
    await stage.passes(10_000);
    alice.call(NUMBER);
    await stage.passes(10_000);
    first.comeBack();
    await stage.passes(680_000);
    alice.call(NUMBER);
  },
);
