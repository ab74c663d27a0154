import type { Random } from "../../src/base/random.ts";
import type { ArrivingCopy } from "../../src/testing/index.ts";

/** What happens to datagrams on their way, besides being lost, repeated and overtaken. Rates from 0 to 1. */
export interface Tampering {
  /** Who sends everything so many times at once, by address. */
  readonly storms: Readonly<Record<string, number>>;
  /** Datagrams that arrive with a few bytes changed or their end missing. */
  readonly damageRate: number;
  /** Datagrams of which a second copy comes much later, when their transaction may be over. */
  readonly lateRate: number;
  readonly lateMaxMs: number;
}

export const UNTOUCHED: Tampering = { storms: {}, damageRate: 0, lateRate: 0, lateMaxMs: 0 };

/** Copies of a storm come within this time. */
const STORM_MS = 200;
const LATIN1_CODES = 256;

/** Does it to a network's datagrams, and counts. */
export class Tamperer {
  readonly counts = { storms: 0, damaged: 0, late: 0 };
  readonly #tampering: Tampering;
  readonly #random: Random;

  constructor(tampering: Tampering, random: Random) {
    this.#tampering = tampering;
    this.#random = random;
  }

  /** @returns undefined where nothing happens to it */
  readonly becomes = (text: string, from: string): readonly ArrivingCopy[] | undefined => {
    const { storms, damageRate, lateRate, lateMaxMs } = this.#tampering;
    const copies = stormOf(storms, from);
    const isDamaged = this.#random.fraction() < damageRate;
    const isLate = this.#random.fraction() < lateRate;
    if (copies === 0 && !isDamaged && !isLate) return undefined;
    const arriving: ArrivingCopy[] = [{ text: isDamaged ? this.#damaged(text) : text, afterMs: 0 }];
    for (let copy = 0; copy < copies; copy += 1) {
      arriving.push({ text, afterMs: this.#random.fraction() * STORM_MS });
    }
    if (isLate) arriving.push({ text, afterMs: this.#random.fraction() * lateMaxMs });
    if (copies > 0) this.counts.storms += 1;
    if (isDamaged) this.counts.damaged += 1;
    if (isLate) this.counts.late += 1;
    return arriving;
  };

  /** Anywhere but in what a response carries back to others, who would take it for somebody else's. */
  #damaged(text: string): string {
    let at = Math.floor(this.#random.fraction() * text.length);
    const isOnItsWayBack = text.startsWith("SIP/2.0 ") || text.split("\r\nVia:").length > 2;
    if (isOnItsWayBack && isInVia(text, at)) at = 0;
    if (this.#random.fraction() < 0.2) return text.slice(0, at);
    const length = Math.floor(this.#random.fraction() * 4);
    let bytes = "";
    for (let left = length; left > 0; left -= 1) {
      bytes += String.fromCharCode(Math.floor(this.#random.fraction() * LATIN1_CODES));
    }
    return text.slice(0, at) + bytes + text.slice(at + length);
  }
}

function isInVia(text: string, at: number): boolean {
  const line = text.slice(0, at).split("\r\n").length - 1;
  return [0, -1, 1].some(
    (near) => text.split("\r\n")[line + near]?.match(/^(Via|Call-ID):/) !== null,
  );
}

function stormOf(storms: Tampering["storms"], from: string): number {
  for (const [address, copies] of Object.entries(storms)) {
    if (from.includes(`:${address}:`) || from.includes(`[${address}]`)) return copies;
  }
  return 0;
}
