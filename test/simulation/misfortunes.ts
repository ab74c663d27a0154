import { Draw as FuzzDraw } from "../fuzz/draw.ts";
import { mutated } from "../fuzz/mutate.ts";
import type { ServerLimits } from "../../src/server/index.ts";
import { farAway } from "./addresses.ts";
import type { AgentOptions } from "./agent.ts";
import type { Draw } from "./draw.ts";
import { ACTIVITY_MS, type Names, type Step } from "./steps.ts";
import { zoneOf } from "./names.ts";
import type { Trouble } from "./stores.ts";
import { STRAYS, strayText, type Stray } from "./stray.ts";
import { UNTOUCHED, type Tampering } from "./tampering.ts";
import type { Restart } from "./world.ts";

const PLENTY = { transactions: 10_000, questionMs: 5_000 };
const DAY_MS = 24 * 3_600_000;

/** All that goes wrong at a time of its own. */
export function misfortunes(agents: readonly AgentOptions[], names: Names, draw: Draw): Step[] {
  return [
    ...strays(draw),
    ...noise(draw),
    ...deaths(agents, draw),
    ...nameChanges(names, draw),
    ...restarts(draw),
  ];
}

/** Most servers have room; some are small enough to be full. */
export function limitsOf(draw: Draw): ServerLimits {
  return draw.chance(0.12) ? { ...PLENTY, transactions: draw.whole(3, 25) } : PLENTY;
}

export function tamperingOf(agents: readonly AgentOptions[], draw: Draw): Tampering {
  if (draw.chance(0.5)) return UNTOUCHED;
  const stormy = draw.chance(0.4) ? [draw.oneOf(agents), draw.oneOf(agents)] : [];
  return {
    storms: Object.fromEntries(stormy.map(({ local }) => [local.address, draw.whole(1, 12)])),
    damageRate: draw.chance(0.4) ? draw.below(0.05) : 0,
    lateRate: draw.chance(0.5) ? draw.below(0.1) : 0,
    lateMaxMs: draw.oneOf([2_000, 40_000, 70_000]),
  };
}

export function troublesOf(draw: Draw): Trouble[] {
  if (draw.chance(0.7)) return [];
  return Array.from({ length: draw.whole(1, 4) }, () => {
    const fromMs = draw.below(ACTIVITY_MS);
    return {
      store: draw.oneOf(["directory", "location", "location"] as const),
      fromMs,
      toMs: fromMs + draw.oneOf([100, 3_000, 20_000]),
      how: draw.oneOf(["throws", "rejects", "answers late", "never answers"] as const),
    };
  });
}

function strays(draw: Draw): Step[] {
  return Array.from({ length: draw.whole(0, 4) }, () => ({
    atMs: draw.below(ACTIVITY_MS),
    agent: "",
    action: { kind: "stray", stray: draw.oneOf(STRAYS) },
  }));
}

/** Messages as the fuzzer changes them: many cannot be read, and the rest are odd. */
function noise(draw: Draw): Step[] {
  if (draw.chance(0.7)) return [];
  const fuzz = new FuzzDraw(draw.whole(0, 0x7fffffff));
  return Array.from({ length: draw.whole(1, 12) }, () => ({
    atMs: draw.below(ACTIVITY_MS),
    agent: "",
    action: {
      kind: "noise",
      text: mutated(
        STRAYS.map((stray) => strayOf(stray, draw)),
        fuzz,
      ),
    },
  }));
}

/** Some come back, after a moment or after a while. */
function deaths(agents: readonly AgentOptions[], draw: Draw): Step[] {
  return Array.from({ length: draw.whole(0, 3) }, () => {
    const atMs = draw.between(5_000, ACTIVITY_MS);
    const agent = draw.oneOf(agents).name;
    const how = draw.oneOf(["closed", "unplugged"] as const);
    const death: Step = { atMs, agent, action: { kind: "die", how } };
    if (draw.chance(0.4)) return [death];
    const backMs = atMs + draw.oneOf([500, 5_000, 40_000]);
    const back: Step = { atMs: backMs, agent, action: { kind: "come back" } };
    return [death, back];
  }).flat();
}

/** Not one that lies in a file: a seed must play the same when others write more examples. */
function strayOf(stray: Stray, draw: Draw): string {
  return strayText(stray, draw.whole(1, 1_000_000_000));
}

/** A name leads elsewhere, to several places, to one that is dead, or to nothing; or the DNS fails. */
function nameChanges(names: Names, draw: Draw): Step[] {
  if (draw.chance(0.7)) return [];
  return Array.from({ length: draw.whole(1, 3) }, () => {
    const name = draw.oneOf(Object.keys(names));
    const places = draw.oneOf([[], [2], [3, 2], [99, 3, 2], [99, 98, 3], [99, 98]]);
    const zone = zoneOf({ ...names, [name]: places.map(farAway) });
    const fails = draw.oneOf([undefined, undefined, "SERVFAIL", "silence"] as const);
    return {
      atMs: draw.below(ACTIVITY_MS),
      agent: "",
      action: {
        kind: "names",
        zone: fails === undefined ? zone : { ...zone, [`NAPTR ${name}`]: fails },
      },
    };
  });
}

function restarts(draw: Draw): Step[] {
  if (draw.chance(0.7)) return [];
  return Array.from({ length: draw.oneOf([1, 1, 2]) }, () => {
    const restart: Restart = {
      how: draw.oneOf(["killed", "stopped"] as const),
      drainMs: draw.oneOf([0, 1_000, 10_000]),
      downMs: draw.oneOf([1, 200, 4_000]),
      clockJumpMs: draw.oneOf([0, 0, 1, -1]) * draw.oneOf([1_000, 30_000, 3_600_000, DAY_MS]),
    };
    const action = { kind: "restart", restart } as const;
    return { atMs: draw.between(5_000, ACTIVITY_MS - 20_000), agent: "", action };
  });
}
