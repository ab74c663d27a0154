import type { Dropped, Moved, TransactionState } from "./output.ts";

/** One cell of a table: what the standard says happens in that state on that signal. */
export interface Transition<State extends TransactionState, Action extends string> {
  readonly next: State;
  readonly actions: readonly Action[];
  /** Where the standard says so. Shown by `explain`, printed in the diagram. */
  readonly rfc: string;
}

/** A machine of the standard. An empty cell means: absorb silently. */
export type TransitionTable<
  State extends TransactionState,
  Signal extends string,
  Action extends string,
> = Readonly<Record<State, { readonly [S in Signal]?: Transition<State, Action> }>>;

/** A cell made ready to run: its outputs without payload exist once, and it points to the state it leads to. */
export interface Row<State extends TransactionState, Signal extends string, Action extends string> {
  readonly next: StateNode<State, Signal, Action>;
  readonly actions: readonly Action[];
  readonly moved: Moved;
  readonly dropped: Dropped;
}

/** A state made ready to run. A machine points to the one it is in: a step is one property read, no look-up. */
export interface StateNode<
  State extends TransactionState,
  Signal extends string,
  Action extends string,
> {
  readonly name: State;
  /** Every signal in the same order in every state, so that all states share one shape. */
  readonly on: Readonly<Record<Signal, Row<State, Signal, Action> | undefined>>;
}

/** Makes a table ready to run. Done once for each table, when its engine is loaded. */
export function prepare<
  State extends TransactionState,
  Signal extends string,
  Action extends string,
>(
  table: TransitionTable<State, Signal, Action>,
  signals: readonly Signal[],
): Readonly<Record<State, StateNode<State, Signal, Action>>> {
  type Rows = Record<Signal, Row<State, Signal, Action> | undefined>;
  const names = Object.keys(table) as State[];
  const nodes = {} as Record<State, { readonly name: State; readonly on: Rows }>;
  for (const name of names) nodes[name] = { name, on: {} as Rows };
  for (const from of names) {
    for (const signal of signals) {
      const cell = table[from][signal];
      nodes[from].on[signal] =
        cell === undefined
          ? undefined
          : {
              next: nodes[cell.next],
              actions: cell.actions,
              moved: { kind: "moved", from, to: cell.next, signal, rfc: cell.rfc },
              dropped: { kind: "dropped", rfc: cell.rfc },
            };
    }
  }
  return nodes;
}
