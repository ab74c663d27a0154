import { checkConfig } from "../config/index.ts";
import {
  NO_NAMES,
  systemClock,
  systemRandom,
  UserAgentDriver,
  type UserAgentNews,
} from "../server/index.ts";
import { createSocketLayer } from "../transport/index.ts";
import { UserAgent, type AnswerScript } from "../user-agent/index.ts";

const REGISTERS_FOR_SECONDS = 3_600;
/** Named in the session description; no media flows. */
const MEDIA_PORT = 40_000;

/** Rings, then is picked up. */
export const ANSWERS: AnswerScript = { kind: "answer", ringAfterMs: 100, answerAfterMs: 400 };

type Stage = "established" | "ended";

/** A phone of the demo: a user agent on a UDP socket of its own. */
export class DemoPhone {
  readonly #driver: UserAgentDriver;
  readonly #userAgent: UserAgent;
  readonly #seen: UserAgentNews[];
  readonly #wake: Set<() => void>;

  private constructor(
    driver: UserAgentDriver,
    userAgent: UserAgent,
    seen: UserAgentNews[],
    wake: Set<() => void>,
  ) {
    this.#driver = driver;
    this.#userAgent = userAgent;
    this.#seen = seen;
    this.#wake = wake;
  }

  static async open(options: {
    readonly aor: string;
    readonly password: string;
    readonly outboundProxy: string;
  }): Promise<DemoPhone> {
    const listen = [{ transport: "udp", address: "127.0.0.1", port: 0 }] as const;
    const { limits } = checkConfig("demo", {}, { listen });
    const transport = createSocketLayer({ listen, limits });
    const seen: UserAgentNews[] = [];
    const wake = new Set<() => void>();
    let driver: UserAgentDriver | undefined;
    // The user agent writes its own port into Contact, so the socket comes first.
    const [local] = await transport.open({
      datagram: (text, flow) => driver?.datagram(text, flow),
      message: (text, flow) => driver?.message(text, flow),
      unframable: () => driver?.unframable(),
      sendFailed: (flow, token) => driver?.sendFailed(flow, token),
      closed: () => driver?.closed(),
    });
    if (local === undefined) throw new Error("no socket for a phone");
    const userAgent = new UserAgent(
      { ...options, local, random: systemRandom(), mediaPort: MEDIA_PORT },
      ANSWERS,
    );
    driver = new UserAgentDriver(userAgent, {
      transport,
      clock: systemClock(),
      resolver: NO_NAMES,
      random: systemRandom(),
      tell: (news) => {
        if (news.kind === "ladder") return;
        seen.push(news);
        for (const look of wake) look();
      },
    });
    return new DemoPhone(driver, userAgent, seen, wake);
  }

  /** @throws Error when the registrar refuses, or says nothing in time */
  async register(limitMs: number): Promise<void> {
    this.#driver.act((userAgent, nowMs, out) => {
      userAgent.register(REGISTERS_FOR_SECONDS, nowMs, out);
    });
    await this.#see(
      (news) => news.kind === "registered" || news.kind === "registrationFailed",
      "registered",
      limitMs,
    );
    if (this.#seen.some((news) => news.kind === "registrationFailed")) {
      throw new Error("the registrar refused the demo's phone");
    }
  }

  /** How calls are treated from now on. */
  answer(script: AnswerScript): void {
    this.#userAgent.answer = script;
  }

  /** @returns the Call-ID */
  call(uri: string): string {
    return this.#driver.act((userAgent, nowMs, out) => userAgent.call(uri, nowMs, out));
  }

  /** BYE in a call, CANCEL before it. */
  hangUp(callId: string): void {
    this.#driver.act((userAgent, nowMs, out) => userAgent.hangUp(callId, nowMs, out));
  }

  /** @throws Error when that call does not come so far in time */
  until(callId: string, stage: Stage, limitMs: number): Promise<void> {
    const kind = stage === "ended" ? "callEnded" : "callEstablished";
    return this.#see(
      (news) => (news.kind === kind || news.kind === "callEnded") && news.callId === callId,
      stage,
      limitMs,
    );
  }

  close(): Promise<void> {
    return this.#driver.close();
  }

  #see(isIt: (news: UserAgentNews) => boolean, what: string, limitMs: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#wake.delete(look);
        reject(new Error(`not ${what} within ${limitMs} ms`));
      }, limitMs);
      const look = (): void => {
        if (!this.#seen.some(isIt)) return;
        clearTimeout(timer);
        this.#wake.delete(look);
        resolve();
      };
      this.#wake.add(look);
      look();
    });
  }
}
