import { workKinds, type WorkKind } from "./generator.ts";

/** One row of the table: what is done, how fast, and which part of it is looked at. */
export interface Scenario {
  readonly name: string;
  readonly kind: WorkKind;
  /** Open loop: so many a second, whatever the server does; 0 for the closed loop. */
  readonly rate: number;
  readonly seconds: number;
  /** CPU of the last seconds only; 0 for all of it. */
  readonly lastSeconds: number;
  /** Run this often and not more, without a round to warm up; undefined: as the command line says. */
  readonly rounds?: number;
}

/**
 * `call`, `notfound`, `register`: closed loop. `call@1500`: open loop. `steady`: a minute at 1,500 calls a second, of
 * which the last 25 s count: by then calls end their lingering as fast as new ones come, and all of it is in the figure.
 *
 * @returns what is wrong with the word, when something is
 */
export function scenarioOf(word: string, seconds: number): Scenario | string {
  if (word === "steady") {
    return { name: word, kind: "call", rate: 1_500, seconds: 60, lastSeconds: 25, rounds: 1 };
  }
  const [kind = "", rate = "0", more] = word.split("@");
  const known = workKinds.find((each) => each === kind);
  if (known === undefined || !/^\d+$/.test(rate) || more !== undefined) {
    return `${word}: ${workKinds.join(", ")}, one of these with a rate (call@1500), or steady`;
  }
  return { name: word, kind: known, rate: Number(rate), seconds, lastSeconds: 0 };
}
