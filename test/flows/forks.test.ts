import type { AnswerScript } from "../../src/user-agent/index.ts";
import { subscriber } from "../simulation/world.ts";
import { at, flow, PASSWORD, type Stage } from "./stage.ts";

const THREE = { columns: ["alice", "nexthop", "desk", "mobile"] };

/** Bob has a desk telephone and a mobile one: whoever calls him needs a proxy with state (RFC 3261 §16.1). */
async function bobHas(
  stage: Stage,
  devices: Readonly<Record<string, { readonly script: AnswerScript; readonly q?: number }>>,
) {
  for (const [name, { script, q }] of Object.entries(devices)) {
    // One after another: the order of registration decides between equals.
    // oxlint-disable-next-line no-await-in-loop
    await stage.agent(name, {
      user: "bob",
      registered: true,
      script,
      ...(q === undefined ? {} : { q }),
    });
  }
  const alice = await stage.agent("alice");
  stage.begin();
  return alice;
}

const rings: AnswerScript = { kind: "ring-forever", ringAfterMs: 10 };
const answers: AnswerScript = { kind: "answer", ringAfterMs: 20, answerAfterMs: 2_000 };

flow(
  "fork-parallel",
  "Both devices ring, one answers, the other is cancelled (RFC 3261 §16.7 step 10).",
  THREE,
  async (stage) => {
    const alice = await bobHas(stage, { desk: { script: rings }, mobile: { script: answers } });
    const callId = alice.call("sip:bob@example.org");
    await stage.passes(5_000);
    alice.hangUp(callId);
  },
);

flow(
  "fork-serial",
  "The desk comes first by its q; when it is busy the mobile is tried (RFC 3261 §16.6).",
  THREE,
  async (stage) => {
    const alice = await bobHas(stage, {
      desk: { script: { kind: "refuse", statusCode: 486, afterMs: 500 }, q: 1 },
      mobile: { script: answers, q: 0.5 },
    });
    const callId = alice.call("sip:bob@example.org");
    await stage.passes(5_000);
    alice.hangUp(callId);
  },
);

flow(
  "fork-declined",
  "One device declines with 603: the other is cancelled and nothing more is tried (RFC 3261 §16.7 step 5).",
  THREE,
  async (stage) => {
    const alice = await bobHas(stage, {
      desk: { script: rings },
      mobile: { script: { kind: "refuse", statusCode: 603, afterMs: 1_000 } },
    });
    alice.call("sip:bob@example.org");
  },
);

flow(
  "fork-every-branch-refused",
  "Of 486 and 480 one goes to the caller, when the last has answered (RFC 3261 §16.7 step 6).",
  THREE,
  async (stage) => {
    const alice = await bobHas(stage, {
      desk: { script: { kind: "refuse", statusCode: 480, afterMs: 100 } },
      mobile: { script: { kind: "refuse", statusCode: 486, afterMs: 1_000 } },
    });
    alice.call("sip:bob@example.org");
  },
);

flow(
  "fork-two-answers",
  "Both answer before the CANCEL arrives: both 2xx go to the caller, who hangs up one (RFC 3261 §13.2.2.4).",
  THREE,
  async (stage) => {
    const alice = await bobHas(stage, { desk: { script: answers }, mobile: { script: answers } });
    const callId = alice.call("sip:bob@example.org");
    await stage.passes(5_000);
    alice.hangUp(callId);
  },
);

flow(
  "fork-one-silent",
  "One device is switched off, the other busy: the caller gets the 486 when Timer B ends the wait.",
  THREE,
  async (stage) => {
    const alice = await bobHas(stage, {
      desk: { script: { kind: "no-answer-at-all" } },
      mobile: { script: { kind: "busy" } },
    });
    alice.call("sip:bob@example.org");
  },
);

flow(
  "service-unavailable-hidden",
  "A device's 503 is not ours: the caller gets 500 (RFC 3261 §16.7 step 6).",
  { columns: ["alice", "nexthop", "bob"] },
  async (stage) => {
    const script = { kind: "refuse", statusCode: 503, afterMs: 0 } as const;
    await stage.agent("bob", { registered: true, script });
    const alice = await stage.agent("alice");
    stage.begin();
    alice.call("sip:bob@example.org");
  },
);

for (const [name, sentence, alices, bobs] of [
  [
    "udp-to-tcp",
    "From UDP to TCP and back: two Record-Routes, each side sees its own (RFC 5658 §5).",
    { transport: "udp" },
    { transport: "tcp" },
  ],
  [
    "ipv6-to-ipv4",
    "From IPv6 to IPv4 and back: two Record-Routes, each side sees its own (RFC 5658 §5).",
    { ipv6: true },
    { ipv6: false },
  ],
] as const) {
  const options = {
    columns: ["alice", "nexthop", "bob"],
    fields: ["Route", "Record-Route", "Contact", "Via"],
  };
  flow(name, sentence, options, async (stage) => {
      await stage.agent("bob", {
        registered: true,
        script: { kind: "answer", ringAfterMs: 10, answerAfterMs: 100, hangUpAfterMs: 500 },
        ...bobs,
      });
      const alice = await stage.agent("alice", alices);
      stage.begin();
      alice.call("sip:bob@example.org");
      await stage.passes(2_000);
      const callId = alice.call("sip:bob@example.org");
      await stage.passes(300);
      alice.hangUp(callId);
    },
  );
}

flow(
  "relayed-elsewhere",
  "An authenticated user of ours calls another domain; the first address is dead (RFC 3263 §4.3).",
  {
    columns: ["alice", "nexthop", "udp:203.0.113.99:5060", "far"],
    settings: { auth: "digest" },
    entries: [subscriber(at("alice"), PASSWORD)],
    names: {
      "elsewhere.example": [
        { transport: "udp", address: "203.0.113.99", port: 5060 },
        { transport: "udp", address: "203.0.113.2", port: 5060 },
      ],
    },
    width: 120,
  },
  async (stage) => {
    await stage.world.addAgent({
      name: "far",
      aor: "sip:far@elsewhere.example",
      local: { transport: "udp", address: "203.0.113.2", port: 5060 },
      script: { kind: "answer", ringAfterMs: 10, answerAfterMs: 200 },
    });
    const alice = await stage.agent("alice");
    stage.begin();
    const callId = alice.call("sip:far@elsewhere.example");
    await stage.passes(3_000);
    alice.hangUp(callId);
  },
);

// Seed 164 of the simulation: the token of the branch that had failed was in use again, and word about its third
// INVITE ended the branch to the next address, which had just begun.
flow(
  "port-closed-twice",
  "Word that a port is closed comes twice: the second ends no branch to another address.",
  {
    columns: ["alice", "nexthop", "udp:203.0.113.99:5060", "far"],
    settings: { auth: "digest" },
    entries: [subscriber(at("alice"), PASSWORD)],
    names: {
      "elsewhere.example": [
        { transport: "udp", address: "203.0.113.99", port: 5060 },
        { transport: "udp", address: "203.0.113.2", port: 5060 },
      ],
    },
    faults: { lossRate: 0, repeatRate: 0, delayMinMs: 600, delayMaxMs: 600 },
  },
  async (stage) => {
    await stage.world.addAgent({
      name: "far",
      aor: "sip:far@elsewhere.example",
      local: { transport: "udp", address: "203.0.113.2", port: 5060 },
      script: { kind: "busy" },
    });
    const alice = await stage.agent("alice");
    stage.begin();
    alice.call("sip:far@elsewhere.example");
  },
);

// Seed 45 of the simulation: the second device's binding had run out while the first rang.
flow(
  "fork-serial-expired",
  "The mobile's binding runs out while the desk rings: it is not tried any more (RFC 3261 §10.3).",
  THREE,
  async (stage) => {
    const desk: AnswerScript = { kind: "refuse", statusCode: 486, afterMs: 90_000 };
    const alice = await bobHas(stage, { desk: { script: desk, q: 1 } });
    const mobile = await stage.agent("mobile", { user: "bob", q: 0.5 });
    mobile.register(60);
    await stage.passes(10);
    alice.call("sip:bob@example.org");
  },
);

// Seed 43 of the simulation: the case said 405 to a sender who had given up and got nothing.
flow(
  "message-too-late",
  "The first device uses up the time; what the second would say reaches nobody (RFC 4320 §4.2).",
  THREE,
  async (stage) => {
    const alice = await bobHas(stage, {
      desk: { script: { kind: "no-answer-at-all" }, q: 1 },
      mobile: { script: answers, q: 0.5 },
    });
    alice.ask("MESSAGE", "sip:bob@example.org");
  },
);
