import { seededRandom } from "../../src/base/random.ts";

/** Choices from a seed: the same seed makes the same message. */
export class Draw {
  readonly #random: ReturnType<typeof seededRandom>;

  constructor(seed: number) {
    this.#random = seededRandom(mixed(seed));
  }

  /** 0 up to below `end`. */
  below(end: number): number {
    return Math.floor(this.#random.fraction() * end);
  }

  /** True once in `times`. */
  oneIn(times: number): boolean {
    return this.below(times) === 0;
  }

  of<T>(list: readonly T[]): T {
    const item = list[this.below(list.length)];
    if (item === undefined) throw new Error("nothing to choose from");
    return item;
  }
}

/** Seeds that follow one another begin far apart: the generator alone starts alike for them. */
function mixed(seed: number): number {
  const first = Math.imul(seed ^ (seed >>> 16), 0x85ebca6b);
  const second = Math.imul(first ^ (first >>> 13), 0xc2b2ae35);
  return second ^ (second >>> 16);
}
