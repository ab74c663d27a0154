import { importsOf } from "../imports.ts";
import { layers } from "../layer-table.ts";
import { lineAt, type Source } from "../source.ts";
import { isProduct, type Finding, type Rule } from "../tree.ts";

/** What a pure layer may not touch, and what to do instead. */
const banned: readonly (readonly [RegExp, string])[] = [
  [/\b(?:set|clear)(?:Timeout|Interval|Immediate)\b/g, "keep a deadline; the driver wakes you"],
  [/\bqueueMicrotask\b/g, "one input, drain, next input"],
  [/\bDate\.now\b|\bnew Date\(\s*\)|\bperformance\./g, "take nowMs as a parameter"],
  [/\bMath\.random\b|\bcrypto\.(?:randomUUID|getRandomValues)\b/g, "take a Random as a parameter"],
  [/\bconsole\.|\bprocess\./g, "emit a trace event"],
  [/\bfetch\(|\bglobalThis\b/g, "ask the driver: emit an output"],
];
const waiting = /\basync\b|\bawait\b|\bPromise\b/g;
const dynamicImport = /\bimport\s*\(/;

/** Pure layers have no `node:`, clock, timer, randomness, promise, console or process. */
export const purityRule: Rule = ({ sources }) =>
  sources.filter(({ path }) => isProduct(path)).flatMap((source) => findingsIn(source));

function findingsIn(source: Source): Finding[] {
  const name = source.path.split("/")[1] ?? "";
  const layer = layers[name];
  if (layer === undefined || !(layer.pure || layer.pureFiles?.test(source.path) === true))
    return [];
  const findings: Finding[] = [];
  const ban = (pattern: RegExp, instead: string): void => {
    for (const match of source.bare.matchAll(pattern)) {
      const line = lineAt(source.text, match.index);
      findings.push({ path: source.path, line, text: `"${match[0]}" in a pure layer: ${instead}` });
    }
  };
  for (const [pattern, instead] of banned) ban(pattern, instead);
  if (layer.buffer !== true) {
    ban(/\bBuffer\b/g, "bytes are the business of message and transport");
  }
  // The reference loads one language at a time: the one thing it waits for.
  if (!(name === "codes" && dynamicImport.test(source.bare))) {
    ban(waiting, "emit a question, take the answer as an input");
    ban(new RegExp(dynamicImport, "g"), "emit a question, take the answer as an input");
  }
  for (const found of importsOf(source)) {
    if (!found.specifier.startsWith("node:") || found.typesOnly) continue;
    const allowed = layer.nodeNames?.[found.specifier] ?? [];
    const names = found.names
      .replaceAll(/[{}\s]/g, "")
      .split(",")
      .filter(Boolean);
    if (names.length > 0 && names.every((each) => allowed.includes(each))) continue;
    const text = `${found.specifier} in a pure layer: ask the driver by an output`;
    findings.push({ path: source.path, line: found.line, text });
  }
  return findings;
}
