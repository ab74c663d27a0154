import type { Directory } from "../../directory/index.ts";
import { aorOf, parseUri, type Aor } from "../../message/index.ts";
import { ALIAS_CHAIN_MAX } from "../../proxy/index.ts";
import { nextTurn } from "./arguments.ts";

/** Aliases looked at in one turn of the event loop. */
const LIST_SLICE = 250;

/** The address that an alias leads to, where it is one that a directory may know. */
export function aorOfTarget(target: string): Aor | undefined {
  const uri = parseUri(target);
  return uri?.kind === "sip" && uri.user !== undefined ? aorOf(uri) : undefined;
}

export type ChainEnd =
  /** Somebody of ours, or an address that is not in the directory. */
  | { readonly kind: "ends"; readonly aor: Aor; readonly isSubscriber: boolean }
  /** A URI that no directory knows, such as a telephone number. */
  | { readonly kind: "leaves"; readonly target: string }
  | { readonly kind: "loops" }
  | { readonly kind: "too-long" };

/** Follows aliases from `target` on, as the search of a call would, for an alias that is to be `from`. */
export async function chainEnd(from: Aor, target: string, directory: Directory): Promise<ChainEnd> {
  let next = target;
  for (let aliases = 1; aliases <= ALIAS_CHAIN_MAX; aliases += 1) {
    const aor = aorOfTarget(next);
    if (aor === undefined) return { kind: "leaves", target: next };
    if (aor === from) return { kind: "loops" };
    const entry = await directory.find(aor);
    if (entry?.kind !== "alias") return { kind: "ends", aor, isSubscriber: entry !== undefined };
    next = entry.target;
  }
  return { kind: "too-long" };
}

/** The aliases that lead straight to that address. */
export async function aliasesTo(aor: Aor, directory: Directory): Promise<readonly Aor[]> {
  const found: Aor[] = [];
  let count = 0;
  for await (const entry of directory.entries("alias")) {
    if (entry.kind === "alias" && aorOfTarget(entry.target) === aor) found.push(entry.aor);
    count += 1;
    if (count % LIST_SLICE === 0) await nextTurn();
  }
  return found;
}
