import { seededRandom, type Random } from "../../src/base/random.ts";

/** The draws of one seed. */
export class Draw {
  readonly #random: Random;

  constructor(seed: number) {
    this.#random = seededRandom(seed * 2_654_435_761 + 97);
  }

  below(limit: number): number {
    return this.#random.fraction() * limit;
  }

  between(low: number, high: number): number {
    return low + this.below(high - low);
  }

  /** Both ends included. */
  whole(low: number, high: number): number {
    return low + Math.floor(this.below(high - low + 1));
  }

  chance(of: number): boolean {
    return this.#random.fraction() < of;
  }

  oneOf<Choice>(choices: readonly Choice[]): Choice {
    return choices[Math.floor(this.below(choices.length))] as Choice;
  }
}
