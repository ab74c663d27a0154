import { ServerError } from "../../src/causes/index.ts";
import type { Random } from "../../src/base/random.ts";
import type { Directory } from "../../src/directory/index.ts";
import type { LocationStore } from "../../src/location/index.ts";
import type { Resolver } from "../../src/server/index.ts";
import type { NameZone, VirtualTime } from "../../src/testing/index.ts";

/** A time in which a store does not do what it should. */
export interface Trouble {
  readonly store: "directory" | "location";
  readonly fromMs: number;
  readonly toMs: number;
  /** Throws where it is asked; fails later; answers when nobody waits any more; or never. */
  readonly how: "throws" | "rejects" | "answers late" | "never answers";
}

/** How stores and resolver behave, in times that count from the start of the world. */
export interface StoreManners {
  /** They answer after up to this long, and not at once. */
  readonly questionsTakeMs: number;
  readonly troubles: readonly Trouble[];
  /** Beyond which an answer is late. */
  readonly questionMs: number;
}

/** Makes stores and a resolver as slow and as bad as their manners say. */
export class StoreWorld {
  readonly #time: VirtualTime;
  readonly #startMs: number;
  readonly #random: Random;
  readonly #manners: StoreManners;
  /** How often each kind of trouble was met. */
  readonly met = new Map<Trouble["how"], number>();

  constructor(time: VirtualTime, random: Random, manners: StoreManners) {
    this.#time = time;
    this.#startMs = time.nowMs;
    this.#random = random;
    this.#manners = manners;
  }

  directory(directory: Directory): Directory {
    const find = directory.find.bind(directory);
    directory.find = this.#spoilt("directory", find);
    return directory;
  }

  location(location: LocationStore): LocationStore {
    const lookup = location.lookup.bind(location);
    const replace = location.replace.bind(location);
    location.lookup = this.#spoilt("location", lookup);
    // A promise either way: what would be thrown is a rejection there (the contract of the store).
    const spoiltReplace = this.#spoilt("location", replace);
    location.replace = async (aor, version, bindings, nowMs) =>
      spoiltReplace(aor, version, bindings, nowMs);
    return location;
  }

  resolver(zone: NameZone): Resolver {
    return {
      ask: async (question) => {
        if (this.#manners.questionsTakeMs > 0) await this.#wait(this.#manners.questionsTakeMs);
        return zone.ask(question);
      },
    };
  }

  #spoilt<Given extends readonly unknown[], Answer>(
    store: Trouble["store"],
    ask: (...given: Given) => Answer | Promise<Answer>,
  ): (...given: Given) => Answer | Promise<Answer> {
    const { questionsTakeMs, questionMs } = this.#manners;
    return (...given) => {
      const how = this.#troubleOf(store);
      if (how === "throws") throw new ServerError(`${store}-unreachable`, "the disk is gone");
      if (how === undefined && questionsTakeMs === 0) return ask(...given);
      return this.#later(store, how, questionsTakeMs, questionMs, () => ask(...given));
    };
  }

  async #later<Answer>(
    store: Trouble["store"],
    how: Trouble["how"] | undefined,
    questionsTakeMs: number,
    questionMs: number,
    ask: () => Answer | Promise<Answer>,
  ): Promise<Answer> {
    if (questionsTakeMs > 0) await this.#wait(questionsTakeMs);
    if (how === "rejects") throw new ServerError(`${store}-unreachable`, "the disk is full");
    const answer = await ask();
    if (how === "never answers") await new Promise(() => undefined);
    if (how === "answers late") await this.#wait(2 * questionMs);
    return answer;
  }

  #troubleOf(store: Trouble["store"]): Trouble["how"] | undefined {
    const atMs = this.#time.nowMs - this.#startMs;
    const trouble = this.#manners.troubles.find(
      (one) => one.store === store && one.fromMs <= atMs && atMs < one.toMs,
    );
    if (trouble !== undefined) this.met.set(trouble.how, (this.met.get(trouble.how) ?? 0) + 1);
    return trouble?.how;
  }

  #wait(maxMs: number): Promise<void> {
    return new Promise((resolve) => {
      this.#time.after(this.#random.fraction() * maxMs, resolve);
    });
  }
}
