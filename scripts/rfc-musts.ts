// Counts what the standards demand, from their texts: `node scripts/rfc-musts.ts FOLDER` reads FOLDER/rfcNNNN.txt,
// writes docs/rfc/musts.json and prints each sentence with its number and the row of docs/rfc/requirements.json that
// answers for it. The texts are not part of the project; the counts are, so that no demand can be left without a row.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { readRequirements } from "./rfc-coverage.ts";

/** Which sections of which RFC are counted; of RFC 3261 those on messages, user agents, proxies, registrars, transactions, transport, URIs, header fields and authentication. */
const READ: Readonly<Record<number, (section: number) => boolean>> = {
  3261: (section) => (section >= 7 && section <= 20) || section === 22,
  3263: always,
  3327: always,
  3581: always,
  4320: always,
  5393: always,
  5658: always,
  6026: always,
  7616: always,
  8760: always,
};

function always(): boolean {
  return true;
}

/** What makes a sentence a demand, and the one sentence of each RFC that only says so (RFC 2119). */
const DEMAND = /\b(?:MUST|SHALL|REQUIRED)\b/;
const TERMS = /key words "MUST"/;

/** The sentences of one RFC that hold a demand, by section, in their order. */
export function demandsIn(text: string): Map<string, string[]> {
  const withoutPageBreaks = text.replace(
    /\n+[^\n]*\[Page \d+\]\n\f?\n?RFC \d+[^\n]*\d{4}\n+/g,
    "\n\n",
  );
  const linesBySection = new Map<string, string[]>();
  let lines: string[] = [];
  for (const line of withoutPageBreaks.split("\n")) {
    const section = /^(\d+(?:\.\d+)*)\.? +\S/.exec(line)?.[1];
    // The table of contents names every section first; the section itself comes last and stays.
    if (section !== undefined) linesBySection.set(section, (lines = []));
    else lines.push(line.trim());
  }
  const demands = new Map<string, string[]>();
  for (const [section, words] of linesBySection) {
    const found = words
      .join(" ")
      .replace(/\s+/g, " ")
      .trim()
      .split(/(?<=[.:]) (?=[A-Z("\d])/)
      .filter((sentence) => DEMAND.test(sentence) && !TERMS.test(sentence));
    if (found.length > 0) demands.set(section, found);
  }
  return demands;
}

function run(folder: string): void {
  const root = fileURLToPath(new URL("..", import.meta.url));
  const requirements = readRequirements(root);
  const counts: Record<string, Record<string, number>> = {};
  for (const [rfc, isRead] of Object.entries(READ)) {
    const demands = demandsIn(readFileSync(join(folder, `rfc${rfc}.txt`), "utf8"));
    const ofRfc: Record<string, number> = {};
    for (const [section, sentences] of demands) {
      if (!isRead(Number(section.split(".")[0]))) continue;
      ofRfc[section] = sentences.length;
      for (const [at, sentence] of sentences.entries()) {
        const answering = requirements.find(
          (row) =>
            row.rfc === Number(rfc) &&
            row.section === section &&
            (row.musts ?? []).includes(at + 1),
        );
        process.stdout.write(
          `RFC ${rfc} §${section} ${at + 1}: ${sentence}\n    → ${answering?.asks ?? "NO ROW"}\n`,
        );
      }
    }
    counts[rfc] = ofRfc;
  }
  writeFileSync(join(root, "docs/rfc/musts.json"), `${JSON.stringify(counts, undefined, 2)}\n`);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) run(process.argv[2] ?? ".");
