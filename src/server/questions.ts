import { ServerError } from "../causes/index.ts";

/** Settled questions are swept from the front of the queue when there are this many. */
const SWEEP_AT = 1_024;

interface Question {
  readonly dueMs: number;
  readonly store: "directory" | "location";
  fail: ((error: unknown) => void) | undefined;
}

/**
 * Questions that a store answers later. A store that hangs must not hang the call, so each has a limit; all have the
 * same one, so the queue is in order of time and one timer serves them all.
 *
 * Hot path: once for each REGISTER.
 */
export class Questions {
  readonly #limitMs: number;
  #queue: Question[] = [];
  #first = 0;
  #timer: NodeJS.Timeout | undefined = undefined;

  constructor(limitMs: number) {
    this.#limitMs = limitMs;
  }

  /**
   * Exactly one of the two is called, once, never before this returns: with the answer, or with the store's own fault,
   * or with `directory-unreachable` or `location-unreachable` when the limit has passed.
   */
  ask<Answer>(
    store: "directory" | "location",
    answer: Promise<Answer>,
    answered: (answer: Answer) => void,
    failed: (error: unknown) => void,
  ): void {
    const question: Question = {
      dueMs: performance.now() + this.#limitMs,
      store,
      fail: failed,
    };
    this.#queue.push(question);
    if (this.#timer === undefined) this.#timer = setTimeout(this.#expire, this.#limitMs).unref();
    answer.then(
      (given) => {
        if (this.#settle(question)) answered(given);
      },
      (error: unknown) => {
        if (this.#settle(question)) failed(error);
      },
    );
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

  readonly #expire = (): void => {
    this.#timer = undefined;
    const nowMs = performance.now();
    const queue = this.#queue;
    while (this.#first < queue.length) {
      const question = queue[this.#first] as Question;
      const { fail, store } = question;
      if (fail !== undefined && question.dueMs > nowMs) break;
      this.#first += 1;
      if (fail === undefined) continue;
      question.fail = undefined;
      fail(new ServerError(`${store}-unreachable`, `no answer within ${this.#limitMs} ms`));
    }
    const next = queue[this.#first];
    if (next === undefined) {
      this.#queue = [];
      this.#first = 0;
    } else this.#timer = setTimeout(this.#expire, Math.ceil(next.dueMs - nowMs)).unref();
  };
}
