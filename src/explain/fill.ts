import type { Evidence } from "../causes/index.ts";
import { formatCount, formatDuration, shown } from "./format.ts";

/** Names and values that a template may use. Durations end in `Ms`, moments in `AtMs`, and so on. */
export type Values = Readonly<Record<string, string | number | undefined>>;

/** Fills `{name}`; undefined where a value is missing: half a sentence says nothing. */
export function fill(template: string, values: Values): string | undefined {
  let isWhole = true;
  const text = template.replace(/\{([A-Za-z]+)\}/g, (_, name: string) => {
    const value = values[name];
    if (value === undefined || value === "") isWhole = false;
    return value === undefined ? "" : formatted(name, value);
  });
  return isWhole ? text : undefined;
}

/** A number is written by the unit that its name ends in; text comes from the network and is made harmless. */
function formatted(name: string, value: string | number): string {
  if (typeof value === "string") return shown(value);
  if (name.endsWith("Ms")) return formatDuration(value);
  if (name.endsWith("Seconds")) return formatDuration(value * 1000);
  if (name.endsWith("Bytes")) return `${formatCount(value)} bytes`;
  return /^(?:count|users)$/.test(name) ? formatCount(value) : String(value);
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
