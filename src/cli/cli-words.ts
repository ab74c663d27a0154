import type { CauseContent } from "../codes/index.ts";
import { filled, type Values } from "../explain/index.ts";

/** What commands say themselves; the words are in `content/cli/<lang>.json`, a test checks both ways. */
export const cliWordIds = [
  "nothing-pending",
  "call-hung-up-by-us",
  "call-hung-up-by-them",
  "call-crossed",
  "call-cancelled-unheard",
  "call-cancelled-heard",
  "call-no-answer",
  "call-check-listens",
  "call-undeliverable",
  "call-check-address",
  "call-ended",
  "call-refused",
  "call-means",
  "call-said-by",
  "call-try",
  "call-check",
  "call-why",
  "call-software",
  "call-password",
  "call-credentials",
  "call-same-device",
  "call-another",
  "call-next-hop-itself",
  "call-or-behind",
  "call-ctrl-c-hangs-up",
  "call-nothing-yet",
  "call-still-trying",
  "call-ask-operator",
  "demo-listens",
  "demo-registered",
  "demo-connects",
  "demo-connects-tells",
  "demo-unknown",
  "demo-unknown-tells",
  "demo-no-device",
  "demo-no-device-tells",
  "demo-hangs",
  "demo-hangs-tells",
  "demo-gives-up",
  "demo-stays-up",
  "demo-other-terminal",
  "demo-ends",
] as const;

export type CliWordId = (typeof cliWordIds)[number];

/** One of them in the language of the content, its `{placeholders}` filled. */
export function told(content: CauseContent, id: CliWordId, values: Values = {}): string {
  const template = content.cli[id] ?? id;
  return filled(template, values, content) ?? template;
}
