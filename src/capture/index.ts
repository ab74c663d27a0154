export { LadderPrinter, layoutLadder, type LadderOptions } from "./ladder.ts";
export { centred, cutTo, widthOf } from "./text-width.ts";
