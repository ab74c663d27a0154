import type { TransportName } from "../../src/base/endpoint.ts";
import type { DirectoryEntry } from "../../src/directory/index.ts";
import type { ServerSettings } from "../../src/server/index.ts";
import { configured } from "../support/configured.ts";
import { PERFECT, type NetworkFaults } from "../../src/testing/index.ts";
import type { AnswerScript } from "../../src/user-agent/index.ts";
import type { AgentOptions } from "./agent.ts";
import { farAway } from "./addresses.ts";
import { Draw } from "./draw.ts";
import { limitsOf, misfortunes, tamperingOf, troublesOf } from "./misfortunes.ts";
import type { Trouble } from "./stores.ts";
import { ACTIVITY_MS, type Names, type Step } from "./steps.ts";
import type { Tampering } from "./tampering.ts";
import { alias, subscriber } from "./world.ts";

/** Everything one seed decides: the network, the server, who is there, and what they do when. */
export interface Scenario {
  readonly seed: number;
  readonly faults: NetworkFaults;
  readonly tampering: Tampering;
  readonly settings: Pick<
    ServerSettings,
    "auth" | "strangers" | "forceRport" | "limits" | "configured" | "gateways"
  >;
  readonly questionsTakeMs: number;
  readonly troubles: readonly Trouble[];
  readonly commitMaxMs: number;
  readonly entries: readonly DirectoryEntry[];
  readonly names: Names;
  readonly agents: readonly AgentOptions[];
  /** In order of time. */
  readonly steps: readonly Step[];
}

const USERS = ["alice", "bob", "carol", "dave", "erin", "frank"];
const PASSWORD = "secret";
const DOMAIN = "example.org";
const DEVICES_MAX = 8;
/** Names elsewhere and where they lead at first. Nobody is at 99 and 98. */
const NAMES: Names = {
  "elsewhere.example": [farAway(2)],
  "dead-first.example": [farAway(99), farAway(2)],
  "all-dead.example": [farAway(99), farAway(98)],
};

export function scenarioOf(seed: number): Scenario {
  const draw = new Draw(seed);
  // Apart from the rest, so that what is drawn here changes nothing that was drawn before there were gateways.
  const numbers = new Draw(seed + 2_000_003);
  const users = USERS.slice(0, draw.whole(2, 6));
  const devices = users.flatMap((user) => devicesOf(user, draw));
  const agents = [...numbered(devices, draw), ...strangers(draw)];
  const targets = targetsFor(users);
  const steps: Step[] = agents
    .filter(({ aor }) => aor.endsWith(DOMAIN))
    .flatMap(({ name }) => registrations(name, draw));
  for (let call = draw.whole(8, 20); call > 0; call -= 1) {
    steps.push(...callsOf(draw.oneOf(agents).name, targets, draw));
  }
  for (let ask = draw.whole(0, 5); ask > 0; ask -= 1) {
    const method = draw.oneOf(["OPTIONS", "MESSAGE"] as const);
    const action = { kind: "ask", method, uri: draw.oneOf(targets) } as const;
    steps.push({ atMs: draw.below(ACTIVITY_MS), agent: draw.oneOf(agents).name, action });
  }
  for (let change = draw.whole(0, 3); change > 0; change -= 1) {
    const action = { kind: "play", script: scriptOf(draw) } as const;
    steps.push({ atMs: draw.below(ACTIVITY_MS), agent: draw.oneOf(agents).name, action });
  }
  steps.push(...misfortunes(agents, NAMES, draw));
  return {
    seed,
    faults: faultsOf(draw),
    tampering: tamperingOf(agents, draw),
    settings: {
      auth: draw.oneOf(["digest", "none"] as const),
      strangers: draw.oneOf(["honest", "uniform"] as const),
      forceRport: draw.chance(0.5),
      limits: limitsOf(draw),
      ...gatewaysOf(numbers),
    },
    questionsTakeMs: draw.chance(0.3) ? draw.whole(1, 3_000) : 0,
    troubles: troublesOf(draw),
    commitMaxMs: draw.oneOf([0, 20, 1_000]),
    entries: entriesOf(users, draw),
    names: NAMES,
    agents,
    steps: steps
      .map((step) => dialled(step, numbers))
      .toSorted((one, other) => one.atMs - other.atMs),
  };
}

function faultsOf(draw: Draw): NetworkFaults {
  if (draw.chance(0.2)) return PERFECT;
  const delayMinMs = draw.whole(1, 20);
  const spreadMs = draw.chance(0.1) ? draw.below(4_000) : draw.below(380);
  return {
    lossRate: draw.below(0.15),
    repeatRate: draw.below(0.1),
    delayMinMs,
    delayMaxMs: delayMinMs + spreadMs,
  };
}

type Device = Omit<AgentOptions, "local"> & { readonly transport: TransportName };

function devicesOf(user: string, draw: Draw): Device[] {
  const devices: Device[] = [];
  const count = draw.chance(0.1) ? draw.whole(4, DEVICES_MAX) : draw.oneOf([0, 1, 2, 2, 3, 3]);
  for (let device = 1; device <= count; device += 1) {
    devices.push({
      name: `${user}${device}`,
      aor: `sip:${user}@${DOMAIN}`,
      transport: draw.chance(0.3) ? "tcp" : "udp",
      script: scriptOf(draw),
      password: draw.chance(0.95) ? PASSWORD : "wrong",
      q: draw.oneOf([undefined, 1, 0.7, 0.3]),
    });
  }
  return devices;
}

/** Gives each its address; one of them is on IPv6. */
function numbered(devices: readonly Device[], draw: Draw): AgentOptions[] {
  const onIpv6 = draw.whole(0, devices.length);
  return devices.map(({ transport, ...options }, index) => {
    const last = 10 + index;
    const address = index === onIpv6 ? `2001:db8::${last}` : `192.0.2.${last}`;
    return { ...options, local: { transport, address, port: 5060 } };
  });
}

function strangers(draw: Draw): AgentOptions[] {
  return [
    { name: "eve", aor: "sip:eve@other.example", local: farAway(1), script: scriptOf(draw) },
    { name: "far", aor: "sip:far@elsewhere.example", local: farAway(2), script: scriptOf(draw) },
    { name: "fay", aor: "sip:far@elsewhere.example", local: farAway(3), script: scriptOf(draw) },
  ];
}

function entriesOf(users: readonly string[], draw: Draw): DirectoryEntry[] {
  return [
    ...users.map((user) =>
      subscriber(`${user}@${DOMAIN}`, draw.chance(0.95) ? PASSWORD : undefined),
    ),
    alias(`sales@${DOMAIN}`, `sip:${users[0]}@${DOMAIN}`),
    alias(`office@${DOMAIN}`, `sip:sales@${DOMAIN}`),
    alias(`ring@${DOMAIN}`, `sip:round@${DOMAIN}`),
    alias(`round@${DOMAIN}`, `sip:ring@${DOMAIN}`),
    alias(`partner@${DOMAIN}`, "sip:far@elsewhere.example"),
  ];
}

/** Users far more often than the rest. */
function targetsFor(users: readonly string[]): string[] {
  const known = users.map((user) => `sip:${user}@${DOMAIN}`);
  return [
    ...Array.from({ length: 10 }, () => known).flat(),
    ...["sales", "office", "ring", "partner", "nobody"].map((user) => `sip:${user}@${DOMAIN}`),
    `sips:${users[0]}@${DOMAIN}`,
    "sip:far@elsewhere.example",
    "sip:far@dead-first.example",
    "sip:far@all-dead.example",
    "sip:far@nowhere.example",
    "tel:+1-555-0100",
  ];
}

/**
 * Not probed: the checkers want each request that is sent to have come from somebody.
 * Nobody is at the first address; behind the others are `far` and `fay`, who die now and then.
 */
function gatewaysOf(draw: Draw): Pick<ServerSettings, "configured" | "gateways"> {
  const names = ["dead", "far", "fay"];
  const gateways = [99, 2, 3].map((last, at) => ({
    name: names[at] ?? "",
    uri: `sip:${farAway(last).address}`,
    trusted: draw.chance(0.3),
  }));
  const order = draw.oneOf([names, names.toReversed(), ["far", "dead", "fay"], ["dead"]]);
  return configured({ numbers: { country: "DE" }, gateways, routes: [{ prefix: "+", to: order }] });
}

/** One call in eight goes to a number instead. */
function dialled(step: Step, draw: Draw): Step {
  const { action } = step;
  if (action.kind !== "call" || !draw.chance(0.125)) return step;
  const number = draw.oneOf(["030-1234567", "+33612345678", "0049891234567", "112"]);
  return { ...step, action: { ...action, uri: `sip:${number}@${DOMAIN}` } };
}

function scriptOf(draw: Draw): AnswerScript {
  switch (draw.whole(0, 12)) {
    case 0:
      return { kind: "ring-forever", ringAfterMs: draw.below(2_000), ringsOnce: true };
    case 1:
      return { kind: "busy" };
    case 2:
      return { kind: "decline" };
    case 3:
    case 4: {
      const statusCode = draw.oneOf([401, 404, 407, 480, 488, 500, 503, 503, 503, 600]);
      return { kind: "refuse", statusCode, afterMs: draw.below(4_000) };
    }
    case 5:
      return { kind: "redirect", contactUri: "sip:voicemail@203.0.113.7" };
    case 6:
      return { kind: "silent-after-100" };
    case 7:
      return { kind: "no-answer-at-all" };
    default: {
      const ringAfterMs = draw.below(1_000);
      const answerAfterMs = ringAfterMs + draw.below(8_000);
      return draw.chance(0.5)
        ? { kind: "answer", ringAfterMs, answerAfterMs }
        : { kind: "answer", ringAfterMs, answerAfterMs, hangUpAfterMs: draw.below(20_000) };
    }
  }
}

/** Some never register, some once, some refresh in time, some too late, some sign off. */
function registrations(agent: string, draw: Draw): Step[] {
  if (draw.chance(0.1)) return [];
  const expiresSeconds = draw.oneOf([30, 60, 60, 120]);
  const everyMs = draw.oneOf([0.5, 0.5, 0.5, 1.2, Infinity]) * expiresSeconds * 1_000;
  const steps: Step[] = [];
  for (let atMs = draw.below(4_000); atMs < ACTIVITY_MS; atMs += everyMs) {
    steps.push({ atMs, agent, action: { kind: "register", expiresSeconds } });
  }
  if (draw.chance(0.2)) {
    const atMs = draw.between(10_000, ACTIVITY_MS);
    steps.push({ atMs, agent, action: { kind: "register", expiresSeconds: 0 } });
  }
  return steps;
}

/** One call, or three at once. */
function callsOf(agent: string, targets: readonly string[], draw: Draw): Step[] {
  const atMs = draw.between(3_000, ACTIVITY_MS);
  const count = draw.chance(0.15) ? 3 : 1;
  return Array.from({ length: count }, () => ({
    atMs: atMs + draw.below(50),
    agent,
    action: { kind: "call", uri: draw.oneOf(targets), hangUpAfterMs: patienceOf(draw) },
  }));
}

/** While searching, while it rings, in the call, or never; and on what callees are likely to answer at. */
function patienceOf(draw: Draw): number | undefined {
  return draw.oneOf([
    draw.between(0, 2) * draw.oneOf([1, 100, 1_000, 4_000]),
    draw.below(20),
    draw.below(1_000),
    draw.between(1_000, 8_000),
    draw.between(1_000, 10_000),
    draw.between(5_000, 60_000),
    undefined,
    undefined,
  ]);
}
