import type { CauseContent } from "../codes/index.ts";
import type { CaseFacts } from "./case-facts.ts";
import { shown } from "./format.ts";
import type { EvidenceRow } from "./types.ts";
import { say, type WordId } from "./words.ts";

const readAs: Readonly<Record<string, WordId>> = {
  separators: "number-separators",
  "phone-context": "number-context",
  "international-prefix": "number-international",
  national: "number-national",
};

const whyDown: Readonly<Record<string, WordId>> = {
  silent: "note-gateway-silent",
  unreachable: "note-gateway-unreachable",
  unresolvable: "note-gateway-unresolvable",
};

/** A number that was nobody's and had no route: the page of the cause speaks of users alone. */
export function routeFixes({ events, refusal }: CaseFacts, content: CauseContent): string[] {
  if (refusal?.causeId !== "user-unknown") return [];
  return events.flatMap((event) =>
    event.kind === "route-missing" ? say(content, "fix-route", { number: event.number }) : [],
  );
}

/** What the configuration made of the request: how a number was read, its route, and gateways that were passed over. */
export function gatewayRows({ events }: CaseFacts, content: CauseContent): EvidenceRow[] {
  const row = (label: WordId, value: string, note: string): EvidenceRow => ({
    label: say(content, label),
    value: shown(value),
    note,
  });
  return events.flatMap((event) => {
    // oxlint-disable-next-line typescript/switch-exhaustiveness-check -- only what the configuration decided
    switch (event.kind) {
      case "number-normalised": {
        const { from, to: number, rule } = event;
        return row(
          "label-number",
          from,
          say(content, readAs[rule] ?? "number-separators", { number }),
        );
      }
      case "route-chosen": {
        const { route, gateways } = event;
        return row("label-route", route, say(content, "note-route", { gateways }));
      }
      case "route-missing":
        return row("label-route", event.number, say(content, "note-no-route"));
      case "gateway-skipped": {
        const { gateway, why, forMs } = event;
        const id = whyDown[why] ?? "note-gateway-refused";
        return row("label-skipped", gateway, say(content, id, { forMs, statusCode: why }));
      }
      case "next-hop-configured": {
        const { domain, nextHop } = event;
        return row("label-next-hop", nextHop, say(content, "note-next-hop", { domain }));
      }
      default:
        return [];
    }
  });
}
