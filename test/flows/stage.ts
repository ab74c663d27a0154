import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import type { TransportName } from "../../src/base/endpoint.ts";
import type { AnswerScript } from "../../src/user-agent/index.ts";
import { drawCall } from "../simulation/call-ladder.ts";
import type { Agent } from "../simulation/agent.ts";
import { labelOf, type WireEntry } from "../simulation/wire.ts";
import { subscriber, World, type WorldOptions } from "../simulation/world.ts";
import { assertNothingHeld } from "../support/held.ts";

export const PASSWORD = "correct horse";

/** Rings at once, answers after two seconds. */
export const ANSWERS: AnswerScript = { kind: "answer", ringAfterMs: 10, answerAfterMs: 2_000 };

/** All timers of a call that nobody touches any more have run out by then: Timer C, 64*T1 twice, and room. */
const ALL_TIMERS_MS = 600_000;

export interface FlowOptions extends WorldOptions {
  /** Columns of the ladder, left to right. */
  readonly columns: readonly string[];
  readonly width?: number;
  /** Header fields, and methods whose start lines, are listed below the ladder, for each message sent that has them. */
  readonly fields?: readonly string[];
}

export interface StageAgent {
  /** User part of its AOR at example.org; its name where left out. */
  readonly user?: string;
  readonly transport?: TransportName;
  readonly ipv6?: boolean;
  readonly script?: AnswerScript;
  readonly password?: string;
  readonly q?: number;
  /** Registers before the ladder begins. */
  readonly registered?: boolean;
}

/** Where one flow plays: a world on a perfect network whose ladder begins when `begin` is called. */
export class Stage {
  readonly world: World;
  #beginsAt = 0;
  #startedAtMs: number;

  constructor(world: World) {
    this.world = world;
    this.#startedAtMs = world.time.nowMs;
  }

  /** Its address is 192.0.2.11 for the first and so on. */
  async agent(name: string, options: StageAgent = {}): Promise<Agent> {
    const { user = name, transport = "udp", ipv6 = false, registered = false } = options;
    const last = 11 + this.world.agents.length;
    const agent = await this.world.addAgent({
      name,
      aor: `sip:${user}@example.org`,
      local: { transport, address: ipv6 ? `2001:db8::${last}` : `192.0.2.${last}`, port: 5060 },
      script: options.script ?? ANSWERS,
      password: options.password ?? PASSWORD,
      q: options.q,
    });
    if (registered) {
      agent.register(3_600);
      await this.passes(1_000);
    }
    return agent;
  }

  /** What happened so far is not drawn. */
  begin(): void {
    this.#beginsAt = this.world.wire.entries.length;
    this.#startedAtMs = this.world.time.nowMs;
  }

  async passes(durationMs: number): Promise<void> {
    await this.world.time.passes(durationMs);
  }

  /** The ladder since `begin`, and what the case records say of it. */
  draw({ columns, width, fields = [] }: FlowOptions): string {
    const wire = this.world.wire.entries.slice(this.#beginsAt);
    const startedAtMs = this.#startedAtMs;
    const ladder = drawCall(wire, this.world.agents, {
      columns,
      startedAtMs,
      ...(width === undefined ? {} : { width }),
    });
    const cases = this.world.records
      .filter((record) => record.startedAtMs >= startedAtMs && record.method !== "ACK")
      .map(({ method, requestUri, statusCode, causeId }) =>
        `  ${method} ${requestUri}: ${statusCode || "no answer"} ${causeId}`.trimEnd(),
      );
    return `${ladder}${listed(wire, fields)}\ncases\n${cases.join("\n")}\n`;
  }
}

/**
 * Plays a call on a whole server and compares what was sent with `test/flows/<name>.flow`. With `UPDATE=1` the file is
 * written instead; read the diff as you would read the standard.
 */
export function flow(
  name: string,
  sentence: string,
  options: FlowOptions,
  play: (stage: Stage) => Promise<void>,
): void {
  test(`${name}: ${sentence}`, async () => {
    const entries = options.entries ?? ["alice", "bob"].map((user) => subscriber(at(user), PASSWORD));
    const world = await World.open({ ...options, entries });
    const stage = new Stage(world);
    await play(stage);
    await stage.passes(ALL_TIMERS_MS);
    assert.deepEqual(world.faults, []);
    assertNothingHeld(world.server);
    const drawn = `${sentence}\n\n${stage.draw(options)}`;
    const file = new URL(`${name}.flow`, import.meta.url);
    if (process.env["UPDATE"] === "1") writeFileSync(file, drawn);
    const golden = existsSync(file) ? readFileSync(file, "utf8") : "";
    assert.equal(drawn, golden, `${name}.flow differs; UPDATE=1 npm test writes it anew`);
  });
}

function listed(wire: readonly WireEntry[], fields: readonly string[]): string {
  const lines: string[] = [];
  for (const { what, to, message } of wire) {
    if (what !== "sent") continue;
    const found = message.text
      .split("\r\n")
      .filter((line) =>
        fields.some((name) => line.startsWith(`${name}: `) || line.startsWith(`${name} sip:`)),
      );
    if (found.length > 0) lines.push(`  ${labelOf(message)} to ${to}`);
    lines.push(...found.map((line) => `    ${line}`));
  }
  return lines.length === 0 ? "" : `\nfields\n${lines.join("\n")}\n`;
}

/** `alice` to `alice@example.org`. */
export function at(user: string): string {
  return `${user}@example.org`;
}
