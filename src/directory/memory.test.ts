import { test } from "node:test";
import { directoryConformance } from "./conformance.ts";
import { memoryDirectory } from "./memory.ts";

directoryConformance({
  test,
  open: async () => memoryDirectory(),
  supports: { durable: false, sharedBetweenMachines: false },
});
