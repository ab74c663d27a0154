// One run of `npm run fuzz`, in a thread of its own: who watches over it can end it when a message never ends.
import { parentPort, workerData } from "node:worker_threads";
import { runParser, runServers } from "./run.ts";

const { isServer, first, messages, progress } = workerData as {
  readonly isServer: boolean;
  readonly first: number;
  readonly messages: number;
  readonly progress: Int32Array;
};
const begins = (seed: number): void => {
  progress[0] = seed;
};
const runs = { first, messages, begins };
// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
parentPort?.postMessage(isServer ? await runServers(runs) : runParser(runs));
