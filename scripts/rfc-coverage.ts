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
  /** Of the files that cite the clause, those that do it and those that show it, where others cite it as well. */
  readonly code?: readonly string[];
  readonly tests?: readonly string[];
  /** The file whose `Deviation:` names this clause: it is done otherwise, on purpose. */
  readonly deviates?: string;
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
  /** The clauses that its deviations name. */
  readonly deviatesFrom: readonly Citation[];
}

type Status = (typeof STATUSES)[number];

interface Row {
  readonly requirement: Requirement;
  readonly status: Status;
  readonly code: readonly string[];
  readonly tests: readonly string[];
  /** The files that cite the clause. */
  readonly citing: ReadonlySet<string>;
}

const STATUSES = [
  "done",
  "deviation",
  "done, no test",
  "done, not cited",
  "not done",
  "not for us",
] as const;

const PAGE = "docs/rfc-coverage.md";
const REQUIREMENTS = "docs/rfc/requirements.json";
const MUSTS = "docs/rfc/musts.json";

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
      const deviations = deviationsIn(source);
      const deviatesFrom = deviations.flatMap(citationsIn);
      return { path, citations: citationsIn(source), deviations, deviatesFrom };
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
  return { ...row, status: statusOf(row, files) };
}

function statusOf(
  { requirement, code, tests, citing }: Omit<Row, "status">,
  files: readonly CitingFile[],
): Status {
  if (requirement.notForUs !== undefined) return "not for us";
  if (requirement.deviates !== undefined) {
    const there = files.find(({ path }) => path === requirement.deviates);
    const isSaid = there?.deviatesFrom.some((citation) => cites(citation, requirement));
    return isSaid === true ? "deviation" : "not done";
  }
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
    "our own words. Every sentence of these RFCs with a MUST, SHALL or REQUIRED in it (of RFC 3261: §7 to §20 and §22) is",
    "answered for by a row: `docs/rfc/musts.json` has how many there are in each section, `node scripts/rfc-musts.ts FOLDER`",
    "counts them again in the texts and prints each with its row. Some rows are no MUST and are listed all the same.",
    "",
    "The status comes from citations: *done* means that code cites the clause, and a test too; a test fails when one of them",
    "goes. A *deviation* is done otherwise on purpose: the file named says why, and so does the list below. *Not done* and",
    "*not for us* are judged by hand. A citation names a section, so a file may stand in a row that is about another",
    "sentence of it. Files that only talk about clauses (causes, explanations, commands) do not count. Paths are under",
    "`src/` unless they begin with `test/`.",
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

function lineOf({ requirement, status, code, tests }: Row): string {
  const names = (paths: readonly string[]): string => paths.map(shown).join(", ");
  const { section, step, asks, who, deviates, notDone, notForUs, note } = requirement;
  const reason = notForUs ?? notDone ?? note ?? (deviates && `see ${shown(deviates)}`);
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
    `| --- |${STATUSES.map(() => " --- |").join("")} --- |`,
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

/**
 * What the list itself lacks: a demand of docs/rfc/musts.json that no row answers for, a row that answers for none that
 * there is, or one whose code or test does not cite its clause. Empty when all is well.
 */
export function unanswered(root: string): string[] {
  const { rows } = read(root);
  const faults: string[] = [];
  const counts = JSON.parse(readFileSync(join(root, MUSTS), "utf8")) as Record<
    string,
    Record<string, number>
  >;
  for (const [rfc, sections] of Object.entries(counts)) {
    for (const [section, count] of Object.entries(sections)) {
      const answered = new Set(
        rows
          .filter(({ requirement: row }) => row.rfc === Number(rfc) && row.section === section)
          .flatMap(({ requirement: row }) => row.musts ?? []),
      );
      for (let must = 1; must <= count; must += 1) {
        if (!answered.delete(must)) faults.push(`RFC ${rfc} §${section}: nothing for MUST ${must}`);
      }
      for (const must of answered) faults.push(`RFC ${rfc} §${section}: there is no MUST ${must}`);
    }
  }
  for (const { requirement, status, code, tests, citing } of rows) {
    for (const path of [...code, ...tests]) {
      if (!citing.has(path))
        faults.push(`${nameOf(requirement)} names ${path}, which cites it not`);
    }
    if (status === "done, no test" || status === "done, not cited")
      faults.push(`${nameOf(requirement)} is ${status}`);
    if (status === "not done" && requirement.notDone === undefined)
      faults.push(`${nameOf(requirement)} is not done, and nothing says why`);
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
    for (const fault of [...unanswered(root), ...vanished(root)]) {
      process.stderr.write(`${fault}: node scripts/rfc-coverage.ts writes ${PAGE} anew\n`);
      process.exitCode = 1;
    }
  } else {
    const { rows, files } = read(root);
    writeFileSync(join(root, PAGE), pageOf(rows, files));
  }
}
