import type { Endpoint } from "../../src/base/endpoint.ts";
import type { ZoneEntry } from "../../src/testing/index.ts";
import type { AnswerScript } from "../../src/user-agent/index.ts";
import type { Stray } from "./stray.ts";
import type { Restart } from "./world.ts";

/** All steps are before that; answered calls are hung up then. */
export const ACTIVITY_MS = 150_000;

/** Names elsewhere, and the places that each leads to in the order to try them. */
export type Names = Readonly<Record<string, readonly Endpoint[]>>;

/** What one agent does at one time; data, so that a failing seed can be read. */
export interface Step {
  readonly atMs: number;
  readonly agent: string;
  readonly action:
    | { readonly kind: "register"; readonly expiresSeconds: number }
    | { readonly kind: "call"; readonly uri: string; readonly hangUpAfterMs: number | undefined }
    | { readonly kind: "ask"; readonly method: "OPTIONS" | "MESSAGE"; readonly uri: string }
    | { readonly kind: "die"; readonly how: "closed" | "unplugged" }
    | { readonly kind: "come back" }
    | { readonly kind: "play"; readonly script: AnswerScript }
    /** A request that nobody waits for, from somebody who is nobody; `agent` is not used. */
    | { readonly kind: "stray"; readonly stray: Stray }
    /** What may be no message at all; nor is `agent` used here and below. */
    | { readonly kind: "noise"; readonly text: string }
    | { readonly kind: "names"; readonly zone: Readonly<Record<string, ZoneEntry>> }
    | { readonly kind: "restart"; readonly restart: Restart };
}
