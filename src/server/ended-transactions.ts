import type { Flow } from "../transport/index.ts";
import { Deadline, onGrid, type Deadlines } from "./deadlines.ts";

const CHUNK_BYTES = 1 << 20;
/** Emptied chunks kept to be filled again: fresh memory costs more than filling it. */
const SPARE_CHUNKS = 8;
/** Chains, not slots: the table never has to grow, which would be a pause. A power of two. */
const BUCKETS = 1 << 18;
/** Let go in one turn of the event loop: under a millisecond. */
const LET_GO_SLICE = 4_096;

// An entry, in words of 32 bits: the next of its chain, two halves of its hash, how many chars of text (or, where there is
// a way back instead, which of its chunk's); then when it ends (64 bits), then the text. It begins at a multiple of 8
// bytes.
const NEXT = 0;
const HASH = 1;
const OTHER_HASH = 2;
const SIZE = 3;
const ENDS_AT = 4;
const HEAD_BYTES = 24;

interface Chunk {
  readonly bytes: Buffer;
  readonly words: Int32Array;
  readonly times: Float64Array;
  /** Ways back of those entries that have one. */
  readonly flows: Flow[];
  used: number;
}

/**
 * Transactions that only deal with what comes late, for 64*T1: of a non-INVITE server transaction in "completed" over an
 * unreliable transport (RFC 3261 §17.2.2) there is left a key and the text that answers a repeated request; of an INVITE
 * server transaction in "accepted" (RFC 6026 §7.1) a key and no text, since nothing is sent again; of an INVITE client
 * transaction in "accepted" a key and the way back of a 2xx that comes late. At 20,000 REGISTERs a second 640,000 of
 * them linger, so they lie outside the heap, where they cost the collector nothing: one behind another in chunks, found
 * by a keyed hash of 64 bits, let go in the order they came (all wait equally long).
 *
 * One table has texts or ways back, never both. Hot path: `find` and `add`, once for each request.
 */
export class EndedTransactions extends Deadline {
  readonly #deadlines: Deadlines;
  readonly #lingerMs: number;
  /** Known to nobody outside: no stranger can aim at a chain, or at somebody else's entry. */
  readonly #seed: number;
  readonly #otherSeed: number;
  /** Where the latest entry of each chain lies: chunk number and offset in 8 bytes, plus 1; 0: none. */
  #heads: Int32Array | undefined;
  readonly #chunks: (Chunk | undefined)[] = [];
  readonly #spare: Chunk[] = [];
  /** Numbers of the chunks in use, oldest first. */
  #order: number[] = [];
  #firstChunk = 0;
  /** The oldest entry, in the oldest chunk. */
  #oldestAt = 0;
  #size = 0;
  #hash = 0;
  #otherHash = 0;

  /** `seeds`: 16 random hex digits. */
  constructor(deadlines: Deadlines, lingerMs: number, seeds: string) {
    super();
    this.#deadlines = deadlines;
    this.#lingerMs = lingerMs;
    this.#seed = Number.parseInt(seeds.slice(0, 8), 16) | 0;
    this.#otherSeed = Number.parseInt(seeds.slice(8, 16), 16) | 0;
  }

  get size(): number {
    return this.#size;
  }

  /** `text` answers whoever repeats the request; "": nothing does. */
  add(key: string, text: string, nowMs: number): void {
    this.#append(key, text, undefined, nowMs);
  }

  /** What comes late for that key goes on by this way. */
  addWayBack(key: string, flow: Flow, nowMs: number): void {
    this.#append(key, "", flow, nowMs);
  }

  /** The same key may be there already: the later one counts. */
  #append(key: string, text: string, flow: Flow | undefined, nowMs: number): void {
    const heads = (this.#heads ??= new Int32Array(BUCKETS));
    const sizeBytes = (HEAD_BYTES + text.length + 7) & ~7;
    const number = this.#chunkFor(sizeBytes);
    const chunk = this.#chunks[number] as Chunk;
    const at = chunk.used;
    const word = at >> 2;
    this.#read(key);
    const bucket = this.#hash & (BUCKETS - 1);
    chunk.words[word + NEXT] = heads[bucket] as number;
    chunk.words[word + HASH] = this.#hash;
    chunk.words[word + OTHER_HASH] = this.#otherHash;
    chunk.words[word + SIZE] = flow === undefined ? text.length : chunk.flows.push(flow) - 1;
    chunk.times[(word + ENDS_AT) >> 1] = nowMs + this.#lingerMs;
    chunk.bytes.write(text, at + HEAD_BYTES, text.length, "latin1");
    heads[bucket] = number * (CHUNK_BYTES >> 3) + (at >> 3) + 1;
    chunk.used = at + sizeBytes;
    this.#size += 1;
    if (this.dueMs === Infinity) this.#deadlines.book(this, onGrid(nowMs + this.#lingerMs), nowMs);
  }

  /** What answers a repeated request; undefined for one that is new, or whose time is over. */
  find(key: string, nowMs: number): string | undefined {
    const place = this.#placeOf(key, nowMs);
    if (place === 0) return undefined;
    const { bytes, words } = this.#chunks[(place - 1) >> 17] as Chunk;
    const at = ((place - 1) & ((CHUNK_BYTES >> 3) - 1)) << 3;
    const size = words[(at >> 2) + SIZE] as number;
    return size === 0 ? "" : bytes.toString("latin1", at + HEAD_BYTES, at + HEAD_BYTES + size);
  }

  /** The way back that was added for that key; undefined for none, or when its time is over. */
  wayBack(key: string, nowMs: number): Flow | undefined {
    const place = this.#placeOf(key, nowMs);
    if (place === 0) return undefined;
    const { flows, words } = this.#chunks[(place - 1) >> 17] as Chunk;
    const at = ((place - 1) & ((CHUNK_BYTES >> 3) - 1)) << 3;
    return flows[words[(at >> 2) + SIZE] as number];
  }

  /** @returns 0 for none whose time is not over */
  #placeOf(key: string, nowMs: number): number {
    if (this.#size === 0) return 0;
    this.#read(key);
    let place = (this.#heads as Int32Array)[this.#hash & (BUCKETS - 1)] as number;
    while (place !== 0) {
      const at = ((place - 1) & ((CHUNK_BYTES >> 3) - 1)) << 3;
      const { words, times } = this.#chunks[(place - 1) >> 17] as Chunk;
      const word = at >> 2;
      if (words[word + HASH] === this.#hash && words[word + OTHER_HASH] === this.#otherHash) {
        return (times[(word + ENDS_AT) >> 1] as number) > nowMs ? place : 0;
      }
      place = words[word + NEXT] as number;
    }
    return 0;
  }

  /** Timer J, for all that are due. */
  wake(nowMs: number): void {
    for (let count = 0; count < LET_GO_SLICE; count += 1) {
      const number = this.#order[this.#firstChunk];
      if (number === undefined) return;
      const chunk = this.#chunks[number] as Chunk;
      if (this.#oldestAt === chunk.used) {
        if (this.#firstChunk === this.#order.length - 1) {
          // All are gone: the chunk that is being filled begins again.
          chunk.used = 0;
          chunk.flows.length = 0;
          this.#oldestAt = 0;
          return;
        }
        this.#retire(number, chunk);
        continue;
      }
      const word = this.#oldestAt >> 2;
      const endsAtMs = chunk.times[(word + ENDS_AT) >> 1] as number;
      if (endsAtMs > nowMs) {
        this.#deadlines.book(this, onGrid(endsAtMs), nowMs);
        return;
      }
      this.#unlink(chunk, word, number * (CHUNK_BYTES >> 3) + (this.#oldestAt >> 3) + 1);
      const sizeBytes = chunk.flows.length > 0 ? 0 : (chunk.words[word + SIZE] as number);
      this.#oldestAt += (HEAD_BYTES + sizeBytes + 7) & ~7;
      this.#size -= 1;
    }
    // More is due: in the next turn, so that messages get in between.
    this.#deadlines.book(this, nowMs + 1, nowMs);
  }

  /** The oldest of a chain is its last. */
  #unlink(chunk: Chunk, word: number, place: number): void {
    const heads = this.#heads as Int32Array;
    const bucket = (chunk.words[word + HASH] as number) & (BUCKETS - 1);
    const next = chunk.words[word + NEXT] as number;
    if (heads[bucket] === place) {
      heads[bucket] = next;
      return;
    }
    let before = heads[bucket] as number;
    for (;;) {
      const { words } = this.#chunks[(before - 1) >> 17] as Chunk;
      const at = (((before - 1) & ((CHUNK_BYTES >> 3) - 1)) << 1) + NEXT;
      if (words[at] === place) {
        words[at] = next;
        return;
      }
      before = words[at] as number;
    }
  }

  #chunkFor(sizeBytes: number): number {
    const last = this.#order.at(-1);
    const chunk = last === undefined ? undefined : this.#chunks[last];
    if (last !== undefined && chunk !== undefined && chunk.used + sizeBytes <= CHUNK_BYTES) {
      return last;
    }
    let number = this.#chunks.indexOf(undefined);
    if (number === -1) number = this.#chunks.length;
    this.#chunks[number] = this.#spare.pop() ?? newChunk();
    this.#order.push(number);
    return number;
  }

  #retire(number: number, chunk: Chunk): void {
    chunk.used = 0;
    chunk.flows.length = 0;
    this.#oldestAt = 0;
    this.#chunks[number] = undefined;
    if (this.#spare.length < SPARE_CHUNKS) this.#spare.push(chunk);
    this.#firstChunk += 1;
    if (this.#firstChunk < 64) return;
    this.#order = this.#order.slice(this.#firstChunk);
    this.#firstChunk = 0;
  }

  #read(key: string): void {
    let one = this.#seed;
    let other = this.#otherSeed;
    for (let at = 0; at < key.length; at += 1) {
      const code = key.charCodeAt(at);
      one = Math.imul(one ^ code, 0x01000193);
      other = Math.imul((other + code) ^ (other >>> 15), 0x85ebca6b);
    }
    one = Math.imul(one ^ (one >>> 16), 0x7feb352d);
    this.#hash = one ^ (one >>> 15);
    this.#otherHash = other ^ (other >>> 13);
  }
}

function newChunk(): Chunk {
  const buffer = new ArrayBuffer(CHUNK_BYTES);
  return {
    bytes: Buffer.from(buffer),
    words: new Int32Array(buffer),
    times: new Float64Array(buffer),
    flows: [],
    used: 0,
  };
}
