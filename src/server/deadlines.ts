/** Something that must be woken at a time. Owned by at most one {@link Deadlines}; a subclass adds what is woken. */
export abstract class Deadline {
  /** `Infinity` while nothing is booked. Written by {@link Deadlines} only. */
  dueMs = Infinity;
  previous: Deadline | undefined = undefined;
  next: Deadline | undefined = undefined;
  list: DeadlineList | undefined = undefined;

  /** It is due: whoever drives this feeds its machine and books again. */
  abstract wake(nowMs: number): void;
}

/** What merely lingers is let go this often. */
const GRID_MS = 250;

/** A little later, together with others: each wake-up of an idle process costs more than the end of what lingers. */
export function onGrid(dueMs: number): number {
  return Math.ceil(dueMs / GRID_MS) * GRID_MS;
}

interface DeadlineList {
  readonly lengthMs: number;
  first: Deadline | undefined;
  last: Deadline | undefined;
}

/**
 * The lengths that the timers of RFC 3261 §17 come in, with Timer C's: one list for each. What is booked for other
 * lengths goes to the next longer list and finds its place from the end.
 */
const LIST_LENGTHS_MS = [
  250,
  500,
  1_000,
  2_000,
  3_500,
  4_000,
  5_000,
  8_000,
  16_000,
  32_000,
  64_000,
  200_000,
  Infinity,
];

/**
 * Every booked deadline, earliest first.
 *
 * Hot path: several bookings a message. Most deadlines have one of a few constant lengths, and of equal length what
 * was booked later is due later: a linked list for each length is in order without sorting, and leaving it early
 * costs nothing. 160,000 finished transactions linger here for 32 s at 5,000 calls a second.
 */
export class Deadlines {
  readonly #lists: readonly DeadlineList[] = LIST_LENGTHS_MS.map((lengthMs) => ({
    lengthMs,
    first: undefined,
    last: undefined,
  }));
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** The earliest deadline; `Infinity` when none is booked. */
  get nextMs(): number {
    let nextMs = Infinity;
    for (let at = 0; at < this.#lists.length; at += 1) {
      const first = (this.#lists[at] as DeadlineList).first;
      if (first !== undefined && first.dueMs < nextMs) nextMs = first.dueMs;
    }
    return nextMs;
  }

  /** Books, or books anew; `Infinity` books nothing. */
  book(deadline: Deadline, dueMs: number, nowMs: number): void {
    if (deadline.dueMs === dueMs) return;
    this.cancel(deadline);
    if (dueMs === Infinity) return;
    const list = this.#listFor(dueMs - nowMs);
    let before = list.last;
    while (before !== undefined && before.dueMs > dueMs) before = before.previous;
    const after = before === undefined ? list.first : before.next;
    deadline.dueMs = dueMs;
    deadline.list = list;
    deadline.previous = before;
    deadline.next = after;
    if (before === undefined) list.first = deadline;
    else before.next = deadline;
    if (after === undefined) list.last = deadline;
    else after.previous = deadline;
    this.#size += 1;
  }

  cancel(deadline: Deadline): void {
    const list = deadline.list;
    if (list === undefined) return;
    const { previous, next } = deadline;
    if (previous === undefined) list.first = next;
    else previous.next = next;
    if (next === undefined) list.last = previous;
    else next.previous = previous;
    deadline.dueMs = Infinity;
    deadline.list = undefined;
    deadline.previous = undefined;
    deadline.next = undefined;
    this.#size -= 1;
  }

  /**
   * Wakes what is due, earliest first, at most `limit` of them.
   * @returns whether nothing that is due was left
   */
  wakeDue(nowMs: number, limit: number): boolean {
    for (let count = 0; count < limit; count += 1) {
      const due = this.#earliest();
      if (due === undefined || due.dueMs > nowMs) return true;
      this.cancel(due);
      due.wake(nowMs);
    }
    return this.nextMs > nowMs;
  }

  #earliest(): Deadline | undefined {
    let earliest: Deadline | undefined;
    for (let at = 0; at < this.#lists.length; at += 1) {
      const first = (this.#lists[at] as DeadlineList).first;
      if (first !== undefined && (earliest === undefined || first.dueMs < earliest.dueMs)) {
        earliest = first;
      }
    }
    return earliest;
  }

  #listFor(lengthMs: number): DeadlineList {
    let at = 0;
    while ((this.#lists[at] as DeadlineList).lengthMs < lengthMs) at += 1;
    return this.#lists[at] as DeadlineList;
  }
}
