import { readdirSync, readFileSync } from "node:fs";

/** One cause as its folder says it, in one language. */
export interface CausePage {
  readonly title: string;
  /** What is so, with the values: a template. */
  readonly says: string;
  readonly whatHappened: string;
  readonly whatTheServerDid: string;
  readonly howToSeeIt: string;
  /** Each a template; left out for a case that has no value for one of its placeholders. */
  readonly fixes: readonly string[];
}

const SECTIONS = ["What happened", "What the server did", "How to see it", "How to fix it"];

/** The ids that have a folder, in order. */
export function causeIds(folder: URL): string[] {
  return readdirSync(folder).toSorted();
}

/** Reads `<lang>.md`. @throws Error that names the file and what it lacks */
export function readCausePage(path: URL): CausePage {
  const lines = readFileSync(path, "utf8").split("\n");
  const complain = (what: string): never => {
    throw new Error(`${path.pathname}: ${what}`);
  };
  const title = lines[0]?.startsWith("# ") ? lines[0].slice(2) : complain("begins with `# Title`");
  const says = lines[2]?.startsWith("> ") ? lines[2].slice(2) : complain("third line is `> says`");
  const headings = lines.filter((line) => line.startsWith("## ")).map((line) => line.slice(3));
  if (headings.join() !== SECTIONS.join()) complain(`the sections are ${SECTIONS.join(", ")}`);
  const [whatHappened = "", whatTheServerDid = "", howToSeeIt = "", fixes = ""] = lines
    .slice(3)
    .join("\n")
    .split(/^## .*\n/m)
    .slice(1)
    .map((section) => section.trim());
  for (const [index, text] of [whatHappened, whatTheServerDid, howToSeeIt, fixes].entries()) {
    if (text === "") complain(`"${SECTIONS[index]}" is empty`);
  }
  const bullets = fixes.split("\n");
  if (!bullets.every((line) => line.startsWith("- "))) complain("fixes are bullets, one a line");
  return {
    title,
    says,
    whatHappened,
    whatTheServerDid,
    howToSeeIt,
    fixes: bullets.map((line) => line.slice(2)),
  };
}

/** The placeholders of a template: `{target}` gives "target". */
export function placeholdersOf(template: string): string[] {
  return [...template.matchAll(/\{([A-Za-z]+)\}/g)].map(([, name = ""]) => name);
}
