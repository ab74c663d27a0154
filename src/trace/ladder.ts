/** A vertical line of a ladder: somebody who sends and receives. */
export interface LadderColumn {
  readonly id: string;
  /** What stands above it. */
  readonly title: string;
}

/** One arrow of a ladder: a message, from one column to another. */
export interface LadderRow {
  readonly atMs: number;
  /** Ids of columns. */
  readonly from: string;
  readonly to: string;
  readonly label: string;
}

/** Who talks, and what is said in which order; `capture` draws it. */
export interface Ladder {
  readonly columns: readonly LadderColumn[];
  readonly rows: readonly LadderRow[];
}
