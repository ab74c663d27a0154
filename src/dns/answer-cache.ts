interface Entry<Answer> {
  readonly answer: Answer;
  readonly untilMs: number;
}

/** Answers until their time is over, at most `entriesMax`; the one asked first is forgotten first. */
export class AnswerCache<Answer> {
  readonly #entriesMax: number;
  readonly #byKey = new Map<string, Entry<Answer>>();

  constructor(entriesMax: number) {
    this.#entriesMax = entriesMax;
  }

  get size(): number {
    return this.#byKey.size;
  }

  find(key: string, nowMs: number): Answer | undefined {
    const entry = this.#byKey.get(key);
    if (entry === undefined) return undefined;
    if (entry.untilMs > nowMs) return entry.answer;
    this.#byKey.delete(key);
    return undefined;
  }

  keep(key: string, answer: Answer, untilMs: number): void {
    this.#byKey.delete(key);
    if (this.#byKey.size >= this.#entriesMax) {
      const oldest = this.#byKey.keys().next();
      if (oldest.done !== true) this.#byKey.delete(oldest.value);
    }
    this.#byKey.set(key, { answer, untilMs });
  }
}
