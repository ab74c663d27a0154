import { ServerError } from "../causes/index.ts";
import { Deadline, type Deadlines } from "./deadlines.ts";

/** Settled questions are swept from the front of the queue when there are this many. */
const SWEEP_AT = 1_024;

interface Question {
  readonly dueMs: number;
  readonly store: "directory" | "location";
  fail: ((error: unknown) => void) | undefined;
}

/**
 * Questions that a store answers later. A store that hangs must not hang the call, so each has a limit; all have the
 * same one, so the queue is in order of time and one deadline serves them all.
 *
 * Hot path: once for each REGISTER.
 */
export class Questions extends Deadline {
  readonly #limitMs: number;
  readonly #deadlines: Deadlines;
  #queue: Question[] = [];
  #first = 0;

  constructor(limitMs: number, deadlines: Deadlines) {
    super();
    this.#limitMs = limitMs;
    this.#deadlines = deadlines;
  }

  /** Not settled yet. Counted one by one: for leak checks. */
  get openCount(): number {
    let count = 0;
    for (let at = this.#first; at < this.#queue.length; at += 1) {
      if (this.#queue[at]?.fail !== undefined) count += 1;
    }
    return count;
  }

  /**
   * Exactly one of the two is called, once, never before this returns: with the answer, or with the store's own fault,
   * or with `directory-unreachable` or `location-unreachable` when the limit has passed.
   */
  ask<Answer>(
    store: "directory" | "location",
    answer: Promise<Answer>,
    nowMs: number,
    answered: (answer: Answer) => void,
    failed: (error: unknown) => void,
  ): void {
    const question: Question = { dueMs: nowMs + this.#limitMs, store, fail: failed };
    this.#queue.push(question);
    if (this.dueMs === Infinity) this.#deadlines.book(this, question.dueMs, nowMs);
    answer.then(
      (given) => {
        if (this.#settle(question)) answered(given);
      },
      (error: unknown) => {
        if (this.#settle(question)) failed(error);
      },
    );
  }

  /** Those whose limit has passed have failed; the next one's is booked. */
  wake(nowMs: number): void {
    while (this.#first < this.#queue.length) {
      const { dueMs, store, fail } = this.#queue[this.#first] as Question;
      if (fail !== undefined && dueMs > nowMs) {
        this.#deadlines.book(this, dueMs, nowMs);
        return;
      }
      (this.#queue[this.#first] as Question).fail = undefined;
      this.#first += 1;
      fail?.(new ServerError(`${store}-unreachable`, `no answer within ${this.#limitMs} ms`));
    }
    this.#queue = [];
    this.#first = 0;
  }

  #settle(question: Question): boolean {
    if (question.fail === undefined) return false;
    question.fail = undefined;
    if (this.#queue.length - this.#first >= SWEEP_AT) this.#sweep();
    return true;
  }

  #sweep(): void {
    const queue = this.#queue;
    while (this.#first < queue.length && queue[this.#first]?.fail === undefined) this.#first += 1;
    if (this.#first < SWEEP_AT) return;
    this.#queue = queue.slice(this.#first);
    this.#first = 0;
  }
}
