export { LadderPrinter, layoutLadder, type LadderOptions } from "./ladder.ts";
export { centred, cutTo, widthOf } from "../base/text-width.ts";
