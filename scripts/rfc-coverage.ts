// Writes docs/rfc-coverage.md: what the standards ask (docs/rfc/requirements.json), and which files do it and show it,
// by the citations that stand in them. `node scripts/rfc-coverage.ts` writes, `--check` only compares: new citations
// pass, a listed clause or file that is gone does not. No line numbers, so that an edit elsewhere changes nothing.
import { existsSync, globSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

/** One thing that a standard asks, from docs/rfc/requirements.json. Its status comes from citations unless said here. */
export interface Requirement {
  readonly rfc: number;
  readonly section: string;
  /** Only citations of this step count, where the section has numbered steps. */
  readonly step?: string;
  readonly asks: string;
  readonly who: "ua" | "proxy" | "registrar" | "all";
  /** Which demands of its section it answers for, counted as scripts/rfc-musts.ts does. */
  readonly musts?: readonly number[];
  /** Where it is done without being cited, or the only ones of the citing files that do it; named by hand. */
  readonly code?: readonly string[];
  readonly tests?: readonly string[];
  readonly notDone?: string;
  readonly notForUs?: string;
  readonly note?: string;
}

/** One place where a file names a clause. */
export interface Citation {
  readonly rfc: number;
  readonly section: string;
  readonly step: string | undefined;
}

interface CitingFile {
  readonly path: string;
  readonly citations: readonly Citation[];
  readonly deviations: readonly string[];
}

type Status = (typeof STATUSES)[number];

interface Row {
  readonly requirement: Requirement;
  readonly status: Status;
  readonly code: readonly string[];
  readonly tests: readonly string[];
  /** The files that cite the clause; what stands in `code` or `tests` besides was named by hand. */
  readonly citing: ReadonlySet<string>;
}

const STATUSES = ["done", "done, no test", "done, not cited", "not done", "not for us"] as const;

const PAGE = "docs/rfc-coverage.md";
const REQUIREMENTS = "docs/rfc/requirements.json";

/** These name clauses in order to talk about them; they do not carry them out. */
const TALKS_ONLY =
  /^(src\/(causes|codes|explain|cli|capture|trace|testing)|test\/(content|tidy))\//;

/** A clause, with its steps; or the RFC that the clauses after it belong to; or the end of a line. */
const TOKEN =
  /RFC (?<rfc>\d{4})|§(?<section>\d+(?:\.\d+)*)(?:,? (?:steps?|items?) (?<steps>\d+(?:(?:, | and | to |–|\/)\d+)*))?|\n/g;

/** The clauses that a source file names. A bare § means the RFC named before it in its sentence, else RFC 3261. */
export function citationsIn(source: string): Citation[] {
  const citations: Citation[] = [];
  let rfc = 3261;
  for (const { groups } of joinComments(source).matchAll(TOKEN)) {
    if (groups?.["rfc"] !== undefined) rfc = Number(groups["rfc"]);
    else if (groups?.["section"] === undefined) rfc = 3261;
    else {
      const section = groups["section"];
      for (const step of stepsOf(groups["steps"])) citations.push({ rfc, section, step });
    }
  }
  return citations;
}

/** What stands behind each `Deviation:`, to the end of its comment. */
export function deviationsIn(source: string): string[] {
  return [...joinComments(source).matchAll(/\bDeviation: (.*)/g)].map(([, words = ""]) =>
    words.replace(/\s*\*\/.*$/, "").trim(),
  );
}

/** A comment over several lines becomes one line, so that a citation may be broken anywhere. */
function joinComments(source: string): string {
  return source.replace(/\n[ \t]*(?:\/\/|\*(?!\/)) ?/g, " ");
}

function stepsOf(steps: string | undefined): (string | undefined)[] {
  if (steps === undefined) return [undefined];
  const range = /^(\d+)(?:–| to )(\d+)$/.exec(steps);
  if (range === null) return steps.split(/, | and |\//);
  const [first, last] = [Number(range[1]), Number(range[2])];
  return Array.from({ length: last - first + 1 }, (_, at) => String(first + at));
}

function readTree(root: string): CitingFile[] {
  return globSync(["src/**/*.ts", "test/**/*.ts"], { cwd: root })
    .filter((path) => !path.startsWith("src/codes/generated/") && !path.includes("rfc-coverage"))
    .toSorted()
    .map((path) => {
      const source = readFileSync(join(root, path), "utf8");
      return { path, citations: citationsIn(source), deviations: deviationsIn(source) };
    });
}

const isTest = (path: string): boolean =>
  path.startsWith("test/") || path.endsWith(".test.ts") || path.endsWith("conformance.ts");

function cites(citation: Citation, { rfc, section, step }: Requirement): boolean {
  if (citation.rfc !== rfc) return false;
  if (citation.section !== section && !citation.section.startsWith(`${section}.`)) return false;
  return step === undefined || citation.step === step;
}

function rowOf(requirement: Requirement, files: readonly CitingFile[]): Row {
  const citing = files
    .filter(({ citations }) => citations.some((citation) => cites(citation, requirement)))
    .map(({ path }) => path)
    .filter((path) => !TALKS_ONLY.test(path));
  const code = requirement.code ?? citing.filter((path) => !isTest(path));
  const tests = requirement.tests ?? citing.filter((path) => isTest(path));
  const row = { requirement, code, tests, citing: new Set(citing) };
  return { ...row, status: statusOf(row) };
}

function statusOf({ requirement, code, tests, citing }: Omit<Row, "status">): Status {
  if (requirement.notForUs !== undefined) return "not for us";
  if (requirement.notDone !== undefined || code.length === 0) return "not done";
  if (!code.some((path) => citing.has(path))) return "done, not cited";
  return tests.length === 0 ? "done, no test" : "done";
}

/** The name of a row, by which an older page and a newer one are compared. */
const nameOf = ({ rfc, section, step, asks }: Requirement): string =>
  `RFC ${rfc} §${section}${step === undefined ? "" : ` step ${step}`}: ${asks}`;

function pageOf(rows: readonly Row[], files: readonly CitingFile[]): string {
  const rfcs = [...new Set(rows.map(({ requirement }) => requirement.rfc))];
  return [
    "# What the standards ask, and where we do it",
    "",
    "Written by `node scripts/rfc-coverage.ts`; edit `docs/rfc/requirements.json` instead. The requirements are there in",
    "our own words, condensed by hand: a list of what matters to a user agent, a proxy or a registrar, and not yet an audit",
    "of each MUST. The rows of RFC 3261 and RFC 7616 in particular have not been compared with the text line by line.",
    "",
    "The status comes from citations: *done* means that code cites the clause, *no test* that no test is known, *not cited*",
    "that code is said to do it without naming the clause. A file with † was named by hand and does not cite the clause;",
    "nothing checks such a file but that it exists. *Not done* and *not for us* are judged by hand. Files that only talk",
    "about clauses (causes, explanations, commands) do not count. Paths are under `src/` unless they begin with `test/`.",
    "",
    ...rfcs.flatMap((rfc) => tableOf(rfc, rows)),
    "## Deviations",
    "",
    "Where we do otherwise on purpose, as the comment at that place says.",
    "",
    ...files.flatMap(({ path, deviations }) =>
      deviations.map((words) => `- ${shown(path)}: ${words}`),
    ),
    "",
    "## Counts",
    "",
    ...countsOf(rfcs, rows),
    "",
  ].join("\n");
}

function tableOf(rfc: number, rows: readonly Row[]): string[] {
  return [
    `## RFC ${rfc}`,
    "",
    "| clause | who | what it asks | status | code | tests |",
    "| --- | --- | --- | --- | --- | --- |",
    ...rows.filter(({ requirement }) => requirement.rfc === rfc).map(lineOf),
    "",
  ];
}

function lineOf({ requirement, status, code, tests, citing }: Row): string {
  const names = (paths: readonly string[]): string =>
    paths.map((path) => shown(path) + (citing.has(path) ? "" : "†")).join(", ");
  const { section, step, asks, who, notDone, notForUs, note } = requirement;
  const reason = notForUs ?? notDone ?? note;
  const cells = [
    `§${section}${step === undefined ? "" : ` step ${step}`}`,
    who,
    asks,
    reason === undefined ? status : `${status}: ${reason}`,
    ...(status === "not for us" || status === "not done" ? ["", ""] : [names(code), names(tests)]),
  ];
  return `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
}

const shown = (path: string): string => `\`${path.replace(/^src\//, "")}\``;

function countsOf(rfcs: readonly number[], rows: readonly Row[]): string[] {
  const count = (of: readonly Row[]): string =>
    [...STATUSES.map((status) => of.filter((row) => row.status === status).length), of.length].join(
      " | ",
    );
  return [
    `| | ${STATUSES.join(" | ")} | in all |`,
    "| --- | --- | --- | --- | --- | --- | --- |",
    ...rfcs.map(
      (rfc) => `| RFC ${rfc} | ${count(rows.filter((row) => row.requirement.rfc === rfc))} |`,
    ),
    `| all | ${count(rows)} |`,
  ];
}

/**
 * What the page says that is true no longer: a row whose clause is not listed or has a worse status now, or a file that
 * is not there. Empty when all is well; what is new since the page was written does no harm.
 */
export function vanished(root: string): string[] {
  const page = readFileSync(join(root, PAGE), "utf8");
  const { rows } = read(root);
  const faults: string[] = [];
  for (const { requirement, status } of rows) {
    const line = page.split("\n").find((candidate) => isLineOf(candidate, requirement));
    const was = STATUSES.findLast((known) => line?.split(" | ")[3]?.split(":")[0] === known);
    if (was !== undefined && STATUSES.indexOf(status) > STATUSES.indexOf(was))
      faults.push(`${nameOf(requirement)} was ${was} and is ${status}`);
  }
  for (const line of page.split("\n").filter((candidate) => candidate.startsWith("| §"))) {
    if (!rows.some(({ requirement }) => isLineOf(line, requirement)))
      faults.push(`${line.split(" | ").slice(0, 3).join(" ")}: not in ${REQUIREMENTS}`);
  }
  const named = [...page.matchAll(/`((?:[\w.-]+\/)+[\w.-]+\.ts)`/g)].map(([, path = ""]) => path);
  const listed = rows.flatMap(({ requirement: { code = [], tests = [] } }) => [...code, ...tests]);
  for (const path of new Set([...named, ...listed])) {
    if (![path, `src/${path}`].some((candidate) => existsSync(join(root, candidate))))
      faults.push(`${path} is not there`);
  }
  return faults;
}

function isLineOf(line: string, { section, step, who, asks }: Requirement): boolean {
  const clause = `§${section}${step === undefined ? "" : ` step ${step}`}`;
  return line.startsWith(`| ${clause} | ${who} | ${asks.replaceAll("|", "\\|")} | `);
}

function read(root: string): { readonly rows: Row[]; readonly files: CitingFile[] } {
  const files = readTree(root);
  return { rows: readRequirements(root).map((requirement) => rowOf(requirement, files)), files };
}

/** The rows, as written by hand. */
export function readRequirements(root: string): readonly Requirement[] {
  return JSON.parse(readFileSync(join(root, REQUIREMENTS), "utf8")) as readonly Requirement[];
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const root = fileURLToPath(new URL("..", import.meta.url));
  if (process.argv.includes("--check")) {
    for (const fault of vanished(root)) {
      process.stderr.write(`${fault}: node scripts/rfc-coverage.ts writes ${PAGE} anew\n`);
      process.exitCode = 1;
    }
  } else {
    const { rows, files } = read(root);
    writeFileSync(join(root, PAGE), pageOf(rows, files));
  }
}
