import type { CauseContent } from "../codes/index.ts";
import type { TraceEvent } from "../trace/index.ts";
import type { CaseFacts } from "./case-facts.ts";
import { addressOf, shown } from "./format.ts";
import type { EvidenceRow } from "./types.ts";
import { say } from "./words.ts";

/** No explanation has more rows than this: it must fit a screen. */
export const ROW_LIMIT = 16;

/** What the directory is, for the row that quotes it. */
export interface DirectoryNote {
  /** "embedded", "postgres"… */
  readonly name: string;
  readonly size: number | undefined;
}

/** What was looked up and found, in order: the proof of a cause that we decided ourselves. */
export function searchRows(
  { events }: CaseFacts,
  content: CauseContent,
  directory: DirectoryNote | undefined,
): EvidenceRow[] {
  const wasSearched = events.some(({ kind }) => kind === "directory-looked-up");
  const isSaid = ({ kind }: TraceEvent): boolean => {
    // That the domain is ours goes without saying where somebody was looked up in it; who the caller proved to be
    // is part of the proof only where the caller was refused.
    if (kind === "domain-checked" || kind === "authenticated" || kind === "challenged") {
      return !wasSearched;
    }
    return true;
  };
  return events
    .filter(isSaid)
    .flatMap((event) => rowOf(event, content, directory) ?? [])
    .slice(0, ROW_LIMIT);
}

function rowOf(
  event: TraceEvent,
  content: CauseContent,
  directory: DirectoryNote | undefined,
): EvidenceRow | undefined {
  // oxlint-disable-next-line typescript/switch-exhaustiveness-check -- only what was looked up and found is proof here
  switch (event.kind) {
    case "domain-checked": {
      const note = say(content, event.served === 1 ? "note-served" : "note-not-served");
      return row(say(content, "label-domain"), event.domain, note);
    }
    case "alias-followed": {
      const note = say(content, "note-leads-to", { target: addressOf(event.aor) });
      return row(say(content, "label-alias"), addressOf(event.alias), note);
    }
    case "directory-looked-up": {
      const note = directoryNote(content, event.found === 1 ? "found" : "missing", directory);
      return row(say(content, "label-looked-up"), addressOf(event.aor), note);
    }
    case "location-looked-up": {
      const parts = [devicesNote(content, event.bindings)];
      if (event.expired > 0) parts.push(say(content, "note-lapsed", { count: event.expired }));
      return row(
        say(content, "label-registered"),
        addressOf(event.aor),
        parts.join(content.phrasing.joins.notes),
      );
    }
    case "target-skipped":
      return row(say(content, "label-skipped"), event.target, skippedNote(content, event.causeId));
    case "authenticated":
      return row(say(content, "label-user-name"), event.username, event.algorithm);
    case "challenged":
      return row(say(content, "label-challenged"), event.realm, event.algorithms);
    default:
      return undefined;
  }
}

function row(label: string, value: string, note: string): EvidenceRow {
  return { label, value: shown(value), note };
}

function directoryNote(
  content: CauseContent,
  outcome: "found" | "missing",
  directory: DirectoryNote | undefined,
): string {
  if (directory === undefined) return say(content, `note-${outcome}`);
  const { name, size: users } = directory;
  const store = content.phrasing.stores[name] ?? name;
  return users === undefined
    ? say(content, `note-${outcome}-of`, { store })
    : say(content, `note-${outcome}-sized`, { store, users });
}

/** `devices` undefined: nobody can say. */
export function devicesNote(content: CauseContent, devices: number | undefined): string {
  if (devices === undefined) return say(content, "miss-unknown");
  if (devices === 0) return say(content, "miss-no-device");
  if (devices === 1) return say(content, "miss-one-device");
  return say(content, "miss-many-devices", { count: devices });
}

function skippedNote(content: CauseContent, why: string): string {
  if (why === "branch-limit") return say(content, "note-limit");
  if (why === "answered-elsewhere") return say(content, "note-elsewhere");
  return content.texts[why]?.title ?? why;
}

/** The sender and, of a message that could not be read, the bytes around the place. */
export function messageRows(
  { record }: CaseFacts,
  offset: number | undefined,
  content: CauseContent,
): EvidenceRow[] {
  const rows = [row(say(content, "label-from"), record.peer, "")];
  const text = record.messages[0]?.text;
  if (offset !== undefined && text !== undefined) {
    const excerpt = text.slice(Math.max(0, offset - 16), offset + 24);
    const note = say(content, "note-offset", { offset });
    rows.push(row(say(content, "label-bytes"), excerpt.replaceAll("\r\n", "⏎"), note));
  }
  return rows;
}
