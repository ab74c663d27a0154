// Loaded into a server before it starts (`--import`): it keeps no trace, no message and no case. Only to measure what
// these cost; the product has no such switch.
import { createCaseStore } from "../../src/server/index.ts";
import { Trace } from "../../src/trace/index.ts";
import { PendingRequest } from "../../src/server/pending-request.ts";

const nothing = (): void => undefined;
Trace.prototype.add = nothing;
Trace.prototype.refuse = nothing;
PendingRequest.prototype.note = nothing;
const cases = createCaseStore({ folder: undefined, nowMs: () => 0 });
const prototype = Object.getPrototypeOf(cases) as { keep: () => void };
prototype.keep = nothing;
// What a record is made of is not needed any more either.
PendingRequest.prototype.toRecord = () => undefined as never;
