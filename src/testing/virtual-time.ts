import type { Clock } from "../base/clock.ts";

interface Booking {
  readonly atMs: number;
  /** Of equal times the earlier booked comes first. */
  readonly order: number;
  run: (() => void) | undefined;
}

/**
 * Time that passes when told to. Everything booked runs in order of time, then of booking, so a run repeats exactly.
 */
export class VirtualTime {
  #nowMs: number;
  #order = 0;
  /** A binary heap, earliest first; holds what was called off until its time comes. */
  readonly #bookings: Booking[] = [];
  #calledOffCount = 0;

  constructor(startMs = 1_700_000_000_000) {
    this.#nowMs = startMs;
  }

  get nowMs(): number {
    return this.#nowMs;
  }

  /** Bookings that have not run yet and were not called off. */
  get pendingCount(): number {
    return this.#bookings.length - this.#calledOffCount;
  }

  /** @returns how to call it off */
  at(atMs: number, run: () => void): () => void {
    const booking: Booking = { atMs: Math.max(atMs, this.#nowMs), order: (this.#order += 1), run };
    this.#bookings.push(booking);
    this.#up(this.#bookings.length - 1);
    return () => {
      if (booking.run === undefined) return;
      booking.run = undefined;
      this.#calledOffCount += 1;
    };
  }

  after(delayMs: number, run: () => void): () => void {
    return this.at(this.#nowMs + delayMs, run);
  }

  /** A clock with one wake-up of its own, as a server wants it. */
  clock(): Clock {
    let callOff: (() => void) | undefined;
    return {
      nowMs: () => this.#nowMs,
      wakeAt: (atMs, wake) => {
        callOff?.();
        callOff = atMs === Infinity ? undefined : this.at(atMs, wake);
      },
    };
  }

  /** Lets time pass, promises settling in between. */
  async passes(durationMs: number): Promise<void> {
    await this.until(this.#nowMs + durationMs);
  }

  async until(endMs: number): Promise<void> {
    await settled();
    for (let next = this.#bookings[0]; next !== undefined; next = this.#bookings[0]) {
      if (next.atMs > endMs) break;
      this.#pop();
      const { run } = next;
      if (run === undefined) {
        this.#calledOffCount -= 1;
        continue;
      }
      next.run = undefined;
      this.#nowMs = next.atMs;
      run();
      // A store that answers by promise answers before anything else happens.
      // oxlint-disable-next-line no-await-in-loop
      await settled();
    }
    this.#nowMs = endMs;
  }

  #up(start: number): void {
    let at = start;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (this.#isBefore(parent, at)) return;
      this.#swap(parent, at);
      at = parent;
    }
  }

  #pop(): void {
    const last = this.#bookings.pop();
    if (last === undefined || this.#bookings.length === 0) return;
    this.#bookings[0] = last;
    let at = 0;
    while (true) {
      let least = at;
      for (const child of [2 * at + 1, 2 * at + 2]) {
        if (child < this.#bookings.length && this.#isBefore(child, least)) least = child;
      }
      if (least === at) return;
      this.#swap(least, at);
      at = least;
    }
  }

  #isBefore(one: number, other: number): boolean {
    const a = this.#bookings[one] as Booking;
    const b = this.#bookings[other] as Booking;
    return a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order);
  }

  #swap(one: number, other: number): void {
    const a = this.#bookings[one] as Booking;
    this.#bookings[one] = this.#bookings[other] as Booking;
    this.#bookings[other] = a;
  }
}

/** Turns of the microtask queue that the longest chain of promises here takes, with room. */
const MICROTASK_TURNS = 24;

async function settled(): Promise<void> {
  // oxlint-disable-next-line no-await-in-loop
  for (let turn = 0; turn < MICROTASK_TURNS; turn += 1) await Promise.resolve();
}
