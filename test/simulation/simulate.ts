import type { Agent } from "./agent.ts";
import { drawCall } from "./call-ladder.ts";
import { check } from "./checkers.ts";
import { exchangesIn } from "./exchanges.ts";
import {
  leftInServer,
  observedOf,
  sampleOf,
  type HeldSample,
  type Observed,
  type PendingSample,
  type Violation,
} from "./observed.ts";
import { summaryOf, type Summary } from "./summary.ts";
import { scenarioOf, type Scenario } from "./scenario.ts";
import { ACTIVITY_MS, type Step } from "./steps.ts";
import { strayText } from "./stray.ts";
import { DEFAULT_SETTINGS, World } from "./world.ts";

/** One seed, played to its end. */
export interface Run {
  readonly scenario: Scenario;
  readonly observed: Observed;
  readonly violations: readonly Violation[];
  readonly agents: readonly Agent[];
  readonly summary: Summary;
}

/** Groups of one q that users have at most, and places of one name, each after another. */
const BRANCHES_MAX = 3;
const SAMPLE_EVERY_MS = 5_000;
/** Long enough before the end for 64*T1 twice. */
const RINGING_ENDS_BEFORE_MS = 80_000;
/** After the last step every Timer C, each with 64*T1 for its CANCEL, one after another, and room. */
const SILENCE_MS = BRANCHES_MAX * (2 * DEFAULT_SETTINGS.timerCMs + 32_000) + 100_000;

export async function simulate(seed: number): Promise<Run> {
  const scenario = scenarioOf(seed);
  const world = await World.open(scenario);
  const agents = new Map<string, Agent>();
  for (const options of scenario.agents) {
    // One after another: each is given its share of the seed.
    // oxlint-disable-next-line no-await-in-loop
    agents.set(options.name, await world.addAgent(options));
  }
  const { time } = world;
  const startMs = time.nowMs;
  for (const step of scenario.steps) {
    time.at(startMs + step.atMs, () => take(step, agents.get(step.agent), world));
  }
  time.at(startMs + ACTIVITY_MS, () => {
    for (const agent of world.agents) agent.leave();
  });
  let unended: readonly string[] = [];
  time.at(startMs + ACTIVITY_MS + SILENCE_MS - RINGING_ENDS_BEFORE_MS, () => {
    unended = answeringAgents(world).flatMap((agent) => agent.unendedCalls);
    for (const agent of world.agents) agent.stopRinging();
  });
  const pending: PendingSample[] = [];
  const held: HeldSample[] = [];
  for (let passedMs = 0; passedMs < ACTIVITY_MS + SILENCE_MS; passedMs += SAMPLE_EVERY_MS) {
    // oxlint-disable-next-line no-await-in-loop
    await time.passes(SAMPLE_EVERY_MS);
    if (world.life.isOver) continue;
    for (const record of world.life.pending()) pending.push({ atMs: time.nowMs, record });
    // oxlint-disable-next-line no-await-in-loop
    held.push(await sampleOf(world));
  }
  const observed: Observed = {
    ...observedOf(world),
    pending,
    held,
    end: { ...leftIn(world), "calls whose caller heard no end": unended },
    branchesMax: BRANCHES_MAX,
  };
  const exchanges = exchangesIn(observed);
  const violations = check(observed, exchanges);
  const summary = summaryOf(scenario, world, observed, exchanges);
  const { agents: played } = world;
  return {
    scenario,
    observed,
    violations,
    agents: played,
    summary,
  };
}

/** What is wrong, with the ladder of each call it is about; for people. */
export function describeFailure({ scenario, observed, violations, agents }: Run): string {
  const startMs = observed.wire[0]?.atMs ?? 0;
  const text = [`seed ${scenario.seed}: npm run sim -- --seed ${scenario.seed}`];
  for (const [callId, about] of Map.groupBy(violations, (violation) => violation.callId)) {
    for (const { checker, atMs, text: what } of about) {
      const when = atMs === 0 ? "" : ` at +${Math.round(atMs - startMs)} ms`;
      text.push(`not so: ${checker}\n  ${what}${when}`);
    }
    const wire = observed.wire.filter(({ message }) => message.callId === callId);
    if (wire.length > 0) text.push(callId, drawCall(wire, agents, { startedAtMs: startMs }));
  }
  return text.join("\n");
}

function take({ action }: Step, agent: Agent | undefined, world: World): void {
  switch (action.kind) {
    case "stray":
      world.send(strayText(action.stray, world.time.nowMs));
      return;
    case "noise":
      world.send(action.text);
      return;
    case "names":
      world.zone.entries = { ...action.zone };
      return;
    case "restart":
      world.restart(action.restart);
      return;
    case "register":
    case "call":
    case "ask":
    case "die":
    case "come back":
    case "play":
      if (agent !== undefined) act(action, agent, world);
  }
}

type AgentAction = Exclude<
  Step["action"],
  { readonly kind: "stray" | "noise" | "names" | "restart" }
>;

function act(action: AgentAction, agent: Agent, world: World): void {
  switch (action.kind) {
    case "register":
      agent.register(action.expiresSeconds);
      return;
    case "call": {
      const callId = agent.call(action.uri);
      if (action.hangUpAfterMs === undefined) return;
      world.time.after(action.hangUpAfterMs, () => agent.hangUp(callId));
      return;
    }
    case "ask":
      agent.ask(action.method, action.uri);
      return;
    case "die":
      agent.die(action.how);
      return;
    case "come back":
      agent.comeBack();
      return;
    case "play":
      agent.userAgent.answer = action.script;
      return;
  }
}

function leftIn(world: World): Observed["end"] {
  const { server, agents, faults, time } = world;
  const answering = answeringAgents(world);
  const sum = (of: (agent: Agent) => number): number =>
    answering.reduce((total, agent) => total + of(agent), 0);
  return {
    ...leftInServer(server),
    faults: server.counters.faults,
    "faults told": faults,
    "deadlines booked": agents.some(({ isDead }) => isDead) ? 0 : time.pendingCount,
    "calls of agents": sum(({ userAgent }) => userAgent.callCount),
    "transactions of agents": sum(({ userAgent }) => userAgent.transactionCount),
  };
}

/** Who has stopped answering anything never hears that its calls are over. */
function answeringAgents({ agents }: World): Agent[] {
  return agents.filter(
    ({ isDead, userAgent }) => !isDead && userAgent.answer.kind !== "no-answer-at-all",
  );
}
