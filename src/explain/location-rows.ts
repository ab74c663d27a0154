import type { CauseContent } from "../codes/index.ts";
import type { CaseFacts } from "./case-facts.ts";
import { shown } from "./format.ts";
import type { EvidenceRow } from "./types.ts";
import { say } from "./words.ts";

/** What the DNS was asked for on the way to the next hop, and what it said. */
export function dnsRows({ events }: CaseFacts, content: CauseContent): EvidenceRow[] {
  return events.flatMap((event) =>
    event.kind === "dns-answered"
      ? {
          label: say(content, "label-dns"),
          value: shown(`${event.type} ${event.name}`),
          note: shown(event.detail),
        }
      : [],
  );
}

/** Destinations that had their turn taken from them, each with the reason: never silently. */
export function skippedRows({ events }: CaseFacts, content: CauseContent): EvidenceRow[] {
  return events.flatMap((event) => {
    if (event.kind !== "destination-skipped") return [];
    const { destination, why, forMs } = event;
    const note =
      why === "avoided"
        ? say(content, "note-avoided", { forMs })
        : say(content, "note-failed-before");
    return { label: say(content, "label-skipped"), value: shown(destination), note };
  });
}
