import type { Evidence } from "../causes/index.ts";
import type { CauseContent, Phrasing } from "../codes/index.ts";
import { formatCount, formatDuration, formatSize, shown } from "./format.ts";

/** Names and values that a template may use. Durations end in `Ms`, moments in `AtMs`, and so on. */
export type Values = Readonly<Record<string, string | number | undefined>>;

/** A template with its `{names}` filled; undefined where a value is missing: half a sentence says nothing. */
export function filled(
  template: string,
  values: Values,
  { phrasing }: Pick<CauseContent, "phrasing">,
): string | undefined {
  let isWhole = true;
  let isCommand = false;
  const text = template.replace(/`|\{([A-Za-z]+)\}/g, (mark, name: string | undefined) => {
    if (name === undefined) {
      isCommand = !isCommand;
      return mark;
    }
    const value = values[name];
    if (value === undefined || value === "") isWhole = false;
    const plain = value === undefined ? "" : formatted(name, value, phrasing);
    return isCommand ? quoted(plain) : plain;
  });
  return isWhole ? text : undefined;
}

/** A command is there to be copied into a shell, and a stranger chose what stands in it. */
function quoted(text: string): string {
  const safe = text.replaceAll("`", "\\x60");
  return /^[A-Za-z0-9@._+:%/=,-]*$/.test(safe) ? safe : `'${safe.replaceAll("'", `'\\''`)}'`;
}

/** A number is written by the unit that its name ends in; text comes from the network and is made harmless. */
function formatted(name: string, value: string | number, phrasing: Phrasing): string {
  if (typeof value === "string") return shown(value);
  if (name.endsWith("Ms")) return formatDuration(value, phrasing);
  if (name.endsWith("Seconds")) return formatDuration(value * 1000, phrasing);
  if (name.endsWith("Bytes")) return formatSize(value, phrasing);
  return /^(?:count|users)$/.test(name) ? formatCount(value, phrasing.numbers) : String(value);
}

/** Moments as they can be told: how long before the request. `expiredAtMs` becomes a duration of the same name. */
export function relativeTo(
  startedAtMs: number,
  evidence: Evidence,
): Record<string, string | number> {
  const values: Record<string, string | number> = {};
  for (const [name, value] of Object.entries(evidence)) {
    values[name] =
      name.endsWith("AtMs") && typeof value === "number" ? Math.max(0, startedAtMs - value) : value;
  }
  return values;
}
