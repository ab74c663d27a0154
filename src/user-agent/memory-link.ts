import { seededRandom } from "../base/random.ts";
import { parseMessage, parseUri } from "../message/index.ts";
import type { AnswerScript } from "./options.ts";
import type { UserAgentOutput } from "./output.ts";
import { UserAgent } from "./user-agent.ts";

/** What the link does to one message: how often it arrives, 0 for a loss. */
export type Fate = (text: string, atMs: number) => number;

/** One line of what happened: `10 alice > 180 Ringing (INVITE)`, `20 bob * established`. */
export type Line = string;

interface Flying {
  readonly atMs: number;
  readonly text: string;
  readonly from: string;
  readonly to: string;
}

/**
 * User agents in virtual time on a link that carries each message in 10 ms, or loses or repeats it. For the tests of
 * this layer: no proxy, no transport, addresses `192.0.2.1` for the first agent and so on.
 */
export class MemoryLink {
  nowMs = 0;
  readonly lines: Line[] = [];
  readonly #agents = new Map<string, { readonly name: string; readonly agent: UserAgent }>();
  readonly #flying: Flying[] = [];
  readonly #fate: Fate;

  constructor(fate: Fate = () => 1) {
    this.#fate = fate;
  }

  add(name: string, answer: AnswerScript, password?: string, q?: number): UserAgent {
    const address = `192.0.2.${this.#agents.size + 1}`;
    const agent = new UserAgent(
      {
        aor: `sip:${name}@example.org`,
        local: { transport: "udp", address, port: 5060 },
        random: seededRandom(this.#agents.size + 7),
        password,
        outboundProxy: undefined,
        mediaPort: 4000,
        ...(q === undefined ? {} : { q }),
      },
      answer,
    );
    this.#agents.set(`${address}:5060`, { name, agent });
    return agent;
  }

  /** Lets one agent do something now. */
  act(agent: UserAgent, does: (nowMs: number, out: UserAgentOutput[]) => void): void {
    const out: UserAgentOutput[] = [];
    does(this.nowMs, out);
    for (const [address, each] of this.#agents) {
      if (each.agent === agent) this.#perform(address, each.name, out);
    }
  }

  /** Puts a message of somebody else on the link. */
  inject(text: string, from: string, to: string): void {
    this.#flying.push({ atMs: this.nowMs, text, from, to });
  }

  /** Lets time pass: messages arrive, timers fire, in order. */
  runUntil(untilMs: number): void {
    while (true) {
      const flying = this.#next();
      let dueMs = flying?.atMs ?? Infinity;
      let due: readonly [address: string, name: string, agent: UserAgent] | undefined;
      for (const [address, { name, agent }] of this.#agents) {
        if (agent.deadlineMs < dueMs) {
          dueMs = agent.deadlineMs;
          due = [address, name, agent];
        }
      }
      if (dueMs > untilMs) break;
      this.nowMs = Math.max(this.nowMs, dueMs);
      if (due !== undefined) {
        const out: UserAgentOutput[] = [];
        due[2].advance(this.nowMs, out);
        this.#perform(due[0], due[1], out);
      } else if (flying !== undefined) {
        this.#flying.splice(this.#flying.indexOf(flying), 1);
        this.#arrive(flying);
      }
    }
    this.nowMs = untilMs;
  }

  #next(): Flying | undefined {
    let next: Flying | undefined;
    for (const each of this.#flying) if (next === undefined || each.atMs < next.atMs) next = each;
    return next;
  }

  #arrive({ text, from, to }: Flying): void {
    const there = this.#agents.get(to);
    const message = parseMessage(text);
    if (there === undefined || message.kind === "malformed") return;
    const out: UserAgentOutput[] = [];
    there.agent.receive(message, [...this.#agents.keys(), from].indexOf(from), this.nowMs, out);
    this.#perform(to, there.name, out);
  }

  #perform(address: string, name: string, out: readonly UserAgentOutput[]): void {
    const tell = (words: string): void => void this.lines.push(`${this.nowMs} ${name} ${words}`);
    for (const output of out) {
      switch (output.kind) {
        case "sendRequest": {
          const uri = parseUri(output.nextHop);
          if (uri?.kind === "sip")
            this.#send(output.text, address, `${uri.host}:${uri.port ?? 5060}`);
          break;
        }
        case "sendResponse":
          this.#send(output.text, address, [...this.#agents.keys()][output.flowId] ?? "");
          break;
        case "ladder":
          if (output.direction === "out") {
            tell(`> ${output.summary}${output.isRetransmission ? " again" : ""}`);
          }
          break;
        case "callEstablished":
          tell("* established");
          break;
        case "callEnded": {
          const { end } = output;
          const what = "response" in end ? ` ${end.response?.statusCode ?? "no answer"}` : "";
          tell(`* ${end.how}${what}${end.how === "hung-up" ? ` by ${end.by}` : ""}`);
          break;
        }
        case "registered":
          tell(`* registered for ${output.expiresSeconds} s`);
          break;
        case "registrationFailed":
        case "unanswered":
        case "answered":
          tell(`* ${output.kind}`);
          break;
        case "callArrived":
        case "callProgress":
          break;
      }
    }
  }

  #send(text: string, from: string, to: string): void {
    const count = this.#fate(text, this.nowMs);
    for (let copy = 0; copy < count; copy += 1) {
      this.#flying.push({ atMs: this.nowMs + 10 + copy, text, from, to });
    }
  }
}
