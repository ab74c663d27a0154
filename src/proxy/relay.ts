// Hot path: every response that goes upstream as it came.
import { Header, MessageEdit, type SipResponse } from "../message/index.ts";
import type { Trace } from "../trace/index.ts";
import type { ProxyOutput } from "./output.ts";

/**
 * The text of a response upstream: without our Via, all else as it came, its tags, body and challenges too (RFC 3261
 * §16.7 steps 3, 8 and 9; RFC 7616 §3.6).
 */
export function relayedEdit(response: SipResponse): MessageEdit {
  const edit = new MessageEdit(response);
  edit.removeFirstValue(Header.Via);
  return edit;
}

/** Gives what branch `branch` said to the server transaction. */
export function relay(
  branch: number,
  response: SipResponse,
  text: string,
  trace: Trace,
  nowMs: number,
  out: ProxyOutput[],
): void {
  const { statusCode, reasonPhrase } = response;
  trace.add("response-sent", nowMs, statusCode, reasonPhrase, "relayed", branch);
  out.push({ kind: "respond", statusCode, text, cause: undefined, branch });
}
