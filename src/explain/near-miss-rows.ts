import type { CauseContent } from "../codes/index.ts";
import type { TraceRecord } from "../trace/index.ts";
import { devicesNote } from "./evidence.ts";
import { addressOf, shown } from "./format.ts";
import type { EvidenceRow, NearMiss } from "./types.ts";
import { say, type WordId } from "./words.ts";

/** Shown; more are in the value. */
const SHOWN_LIMIT = 3;

const howWords: Record<NearMiss["how"], WordId> = {
  "other-domain": "how-other-domain",
  number: "how-number",
  "letter-case": "how-letter-case",
  "one-away": "how-one-away",
  lapsed: "how-lapsed",
};

/** Whom the caller may have meant, the likeliest first. */
export function nearMissRows(
  nearMisses: readonly NearMiss[],
  record: TraceRecord,
  content: CauseContent,
): EvidenceRow[] {
  return nearMisses.slice(0, SHOWN_LIMIT).map((miss) => {
    const agoMs = record.startedAtMs - (miss.endedAtMs ?? record.startedAtMs);
    const parts = [say(content, howWords[miss.how], { agoMs: Math.max(0, agoMs) })];
    if (miss.aliasOf !== undefined) {
      parts.push(say(content, "miss-alias", { target: addressOf(miss.aliasOf) }));
    } else if (miss.how !== "lapsed") parts.push(devicesNote(content, miss.devices));
    return {
      label: say(content, "label-near-miss"),
      value: shown(addressOf(miss.aor)),
      note: parts.join(content.phrasing.joins.notes),
    };
  });
}
