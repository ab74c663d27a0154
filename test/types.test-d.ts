// What must not compile. `tsc -p .` reads this file; nothing runs it.
import { because } from "../src/causes/index.ts";
import type { Aor, BranchId, SipMessage, SipRequest } from "../src/message/index.ts";
import type { Trace } from "../src/trace/index.ts";

declare const aor: Aor;
declare const branchId: BranchId;
declare const message: SipMessage;
declare const request: SipRequest;
declare const trace: Trace;

export const ok: string = aor;
// @ts-expect-error a plain string has not been through the parser
export const plain: Aor = "sip:alice@example.org";
// @ts-expect-error two brands do not mix
export const mixed: Aor = branchId;
// @ts-expect-error only a response has a status code
export const status: number = message.statusCode;
// @ts-expect-error a message is a value: changing one means building another
request.method = "BYE";

export const cause = because("user-not-registered", 480, { aor: "sip:carol@example.org" });
// @ts-expect-error a user who is merely not registered is never a 404
because("user-not-registered", 404, { aor: "sip:carol@example.org" });
// @ts-expect-error no cause without its evidence
because("user-unknown", 404, { domain: "example.org" });
// @ts-expect-error a cause that never reaches the wire has no status code to give
because("every-branch-refused", 486, { branches: 2, chosen: 1 });

trace.add("ended", 0, 200);
// @ts-expect-error an event carries the values that its kind declares
trace.add("ended", 0, "200");
