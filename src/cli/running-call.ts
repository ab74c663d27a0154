import { wrapped } from "../base/text-wrap.ts";
import { LadderPrinter } from "../capture/index.ts";
import { shown } from "../explain/index.ts";
import type { SipResponse } from "../message/index.ts";
import type { UserAgentDriver, UserAgentNews } from "../server/index.ts";
import type { CallEnd, LadderOutput } from "../user-agent/index.ts";
import type { CauseContent } from "../codes/index.ts";
import { callReport, wasAnswered, type CallStory } from "./call-report.ts";
import { told } from "./cli-words.ts";

/** How long an answered call is held when nobody is there to press Ctrl-C. */
const UNATTENDED_SECONDS = 3;
const WIDTH = 80;
/** Nothing but 100 for so long is worth a remark. */
const STILL_TRYING_MS = 5_000;
/** Up one line, and clear it. */
const REPLACE_LINE = "\u001b[1A\u001b[2K";

export interface RunningCallOptions {
  readonly uri: string;
  readonly aor: string;
  readonly nextHop: string;
  readonly content: CauseContent;
  readonly meaningOf: CallStory["meaningOf"];
  readonly hasPassword: boolean;
  readonly durationSeconds: number | undefined;
  readonly isJson: boolean;
  readonly ended: (wasAnswered: boolean) => void;
}

/** One call as people watch it: prints the ladder as it grows, hangs up in time or on Ctrl-C, explains the end. */
export class RunningCall {
  readonly #options: RunningCallOptions;
  readonly #printer: LadderPrinter;
  #driver: UserAgentDriver | undefined;
  #callId = "";
  #startedAtMs = 0;
  /** The latest INVITE, or what was said to it since. */
  #lastHeardAtMs = 0;
  #answeredAfterMs: number | undefined;
  readonly #provisional: SipResponse[] = [];
  #hangUpTimer: NodeJS.Timeout | undefined;
  #remarkTimer: NodeJS.Timeout | undefined;
  #interrupts = 0;

  constructor(options: RunningCallOptions) {
    this.#options = options;
    this.#printer = new LadderPrinter(
      [
        { id: "us", title: options.aor.slice("sip:".length) },
        { id: "them", title: options.nextHop },
      ],
      { width: Math.min(process.stdout.columns ?? WIDTH, WIDTH) },
    );
  }

  start(driver: UserAgentDriver, nowMs: number): void {
    this.#driver = driver;
    this.#startedAtMs = nowMs;
    process.on("SIGINT", this.#interrupt);
    process.on("SIGTERM", this.#interrupt);
    if (!this.#options.isJson) this.#print(this.#printer.header());
    this.#remarkTimer = setTimeout(() => this.#remark(), STILL_TRYING_MS);
    driver.act((userAgent, atMs, out) => userAgent.call(this.#options.uri, atMs, out));
  }

  hear(news: UserAgentNews): void {
    switch (news.kind) {
      case "ladder":
        this.#show(news);
        return;
      case "callProgress":
        this.#provisional.push(news.response);
        this.#lastHeardAtMs = news.atMs;
        return;
      case "callEstablished":
        this.#answeredAfterMs = news.atMs - this.#startedAtMs;
        this.#hangUpLater();
        return;
      case "callEnded":
        this.#end(news.end, news.atMs);
        return;
      case "registered":
      case "registrationFailed":
      case "callArrived":
      case "answered":
      case "unanswered":
        return;
    }
  }

  #show(line: LadderOutput): void {
    const isInvite = line.text.startsWith("INVITE ");
    if (isInvite && this.#callId === "") {
      this.#callId = /^Call-ID: (.*)\r$/m.exec(line.text)?.[1] ?? "";
    }
    if (isInvite && !line.isRetransmission) this.#lastHeardAtMs = line.atMs;
    const label = shown(line.summary.replace(/ \(INVITE\)$/, ""));
    if (this.#options.isJson) {
      const { direction, isRetransmission } = line;
      const atMs = roundedMs(line.atMs - this.#startedAtMs);
      this.#print(JSON.stringify({ kind: "message", atMs, direction, label, isRetransmission }));
      return;
    }
    const [from, to] = line.direction === "out" ? ["us", "them"] : ["them", "us"];
    const drawn = this.#printer.row({ atMs: line.atMs, from, to, label });
    const start = drawn.replacesLast && process.stdout.isTTY ? REPLACE_LINE : "";
    this.#print(start + drawn.lines.join("\n"));
  }

  /** `--duration`; else until Ctrl-C at a terminal, and a few seconds where there is none. */
  #hangUpLater(): void {
    clearTimeout(this.#remarkTimer);
    const unattended = process.stdin.isTTY ? undefined : UNATTENDED_SECONDS;
    const seconds = this.#options.durationSeconds ?? unattended;
    if (seconds === undefined) {
      if (!this.#options.isJson) {
        this.#tell(told(this.#options.content, "call-ctrl-c-hangs-up"));
      }
    } else this.#hangUpTimer = setTimeout(() => this.#hangUp(), seconds * 1_000);
  }

  #hangUp(): void {
    this.#driver?.act((userAgent, nowMs, out) => userAgent.hangUp(this.#callId, nowMs, out));
  }

  /** Once: CANCEL or BYE, and the end is waited for. Twice: out at once. */
  readonly #interrupt = (): void => {
    this.#interrupts += 1;
    if (this.#interrupts === 1) this.#hangUp();
    else process.exit(1);
  };

  #remark(): void {
    const last = this.#provisional.at(-1);
    if (last !== undefined && last.statusCode > 100) return;
    if (this.#options.isJson) return;
    const { content } = this.#options;
    const afterMs = STILL_TRYING_MS;
    if (last === undefined) this.#tell(told(content, "call-nothing-yet", { afterMs }));
    else {
      this.#tell(told(content, "call-still-trying", { afterMs }));
      this.#tell(told(content, "call-ask-operator"));
    }
  }

  #tell(text: string): void {
    for (const line of wrapped(text, WIDTH, 0, 2)) this.#print(line);
  }

  #end(end: CallEnd, atMs: number): void {
    clearTimeout(this.#remarkTimer);
    clearTimeout(this.#hangUpTimer);
    process.off("SIGINT", this.#interrupt);
    process.off("SIGTERM", this.#interrupt);
    const story: CallStory = {
      callId: this.#callId,
      end,
      endedAfterMs: atMs - this.#startedAtMs,
      answeredAfterMs: this.#answeredAfterMs,
      provisional: this.#provisional,
      decidedAfterMs: atMs - this.#lastHeardAtMs,
      hasPassword: this.#options.hasPassword,
      nextHop: this.#options.nextHop,
      content: this.#options.content,
      meaningOf: this.#options.meaningOf,
    };
    if (this.#options.isJson) this.#print(JSON.stringify(endOf(story)));
    else this.#print(`\n${callReport(story).join("\n")}`);
    this.#options.ended(wasAnswered(story));
  }

  #print(text: string): void {
    process.stdout.write(`${text}\n`);
  }
}

function endOf(story: CallStory): Readonly<Record<string, unknown>> {
  const { end, callId } = story;
  const response = end.how === "refused" || end.how === "cancelled" ? end.response : undefined;
  return {
    kind: "end",
    callId,
    how: end.how,
    statusCode: story.answeredAfterMs === undefined ? response?.statusCode : 200,
    causeId: end.how === "failed" ? end.causeId : undefined,
    answeredAfterMs: story.answeredAfterMs && roundedMs(story.answeredAfterMs),
    endedAfterMs: roundedMs(story.endedAfterMs),
  };
}

function roundedMs(ms: number): number {
  return Math.round(ms * 1_000) / 1_000;
}
