// docs/rfc-coverage.md says which files carry out which clause. What it says must not have ceased to be true; what is
// cited since it was written may be missing.
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import { citationsIn, deviationsIn, unanswered, vanished } from "../scripts/rfc-coverage.ts";
import { demandsIn } from "../scripts/rfc-musts.ts";

const root = fileURLToPath(new URL("..", import.meta.url));

/** As `3261:16.7` or `3261:16.7 4`. */
const clausesIn = (source: string): string[] =>
  citationsIn(source).map(({ rfc, section, step }) =>
    step === undefined ? `${rfc}:${section}` : `${rfc}:${section} ${step}`,
  );

test("no clause that docs/rfc-coverage.md lists has lost its code or its test, and no file that it names is gone", () => {
  assert.deepEqual(vanished(root), [], "node scripts/rfc-coverage.ts writes it anew");
});

test("each MUST of the standards has its line and its test, a deviation, or the reason why it is not done", () => {
  assert.deepEqual(unanswered(root), [], "docs/rfc/requirements.json");
});

test("a clause without an RFC is of the one named before it in its sentence, else of RFC 3261", () => {
  assert.deepEqual(clausesIn("// RFC 3261 §16.3 and §22.3"), ["3261:16.3", "3261:22.3"]);
  assert.deepEqual(clausesIn("// RFC 5393 §4.2.2, §4.2.4"), ["5393:4.2.2", "5393:4.2.4"]);
  assert.deepEqual(clausesIn("// §17.1.3/§17.2.3"), ["3261:17.1.3", "3261:17.2.3"]);
  assert.deepEqual(clausesIn('a("RFC 6026 §7.1");\nb("§16.7")'), ["6026:7.1", "3261:16.7"]);
});

test("steps are taken one by one, listed or as a range", () => {
  assert.deepEqual(clausesIn("RFC 3261 §16.7 steps 4, 6 and 7"), [
    "3261:16.7 4",
    "3261:16.7 6",
    "3261:16.7 7",
  ]);
  assert.deepEqual(clausesIn("RFC 3261 §16.3 steps 2 to 4"), [
    "3261:16.3 2",
    "3261:16.3 3",
    "3261:16.3 4",
  ]);
});

test("a citation and a deviation may be broken over the lines of their comment", () => {
  const source = "/**\n * Deviation: RFC 7616\n * §3.4.6 wants more.\n */\nconst next = 1;";
  assert.deepEqual(clausesIn(source), ["7616:3.4.6"]);
  assert.deepEqual(deviationsIn(source), ["RFC 7616 §3.4.6 wants more."]);
});

const ROW = { rfc: 3261, section: "9.1", asks: "A CANCEL has one Via.", who: "all", musts: [1] };
const SOURCE = "// RFC 3261 §9.1\n";
const TEST = 'test("one Via (RFC 3261 §9.1)", () => {});\n';

interface Tree {
  readonly rows: readonly object[];
  readonly musts: number;
  readonly source: string;
  readonly test: string;
}

/** What both checks say of a small tree, whose page was written while it had all that it needs. */
function faultsOf(context: TestContext, change: Partial<Tree>): readonly string[] {
  const {
    rows,
    musts,
    source,
    test: shown,
  } = {
    rows: [ROW],
    musts: 1,
    source: SOURCE,
    test: TEST,
    ...change,
  };
  const folder = mkdtempSync(join(tmpdir(), "coverage-"));
  context.after(() => rmSync(folder, { recursive: true }));
  for (const name of ["docs/rfc", "src/message"])
    mkdirSync(join(folder, name), { recursive: true });
  const write = (path: string, text: string): void => writeFileSync(join(folder, path), text);
  write("docs/rfc/requirements.json", JSON.stringify(rows));
  write("docs/rfc/musts.json", JSON.stringify({ 3261: { "9.1": musts } }));
  write(
    "docs/rfc-coverage.md",
    "| §9.1 | all | A CANCEL has one Via. | done | `a/a.ts` | |\n".replace("a/a", "message/a"),
  );
  write("src/message/a.ts", source);
  write("src/message/a.test.ts", shown);
  return [...unanswered(folder), ...vanished(folder)];
}

const NAME = "RFC 3261 §9.1: A CANCEL has one Via.";

for (const [what, change, expected] of [
  ["nothing", {}, []],
  ["a MUST without a row", { musts: 2 }, ["RFC 3261 §9.1: nothing for MUST 2"]],
  ["a row for a MUST that there is not", { musts: 0 }, ["RFC 3261 §9.1: there is no MUST 1"]],
  [
    "code that cites its clause no more",
    { source: "" },
    [`${NAME} is not done, and nothing says why`, `${NAME} was done and is not done`],
  ],
  [
    "a test that names its clause no more",
    { test: "" },
    [`${NAME} is done, no test`, `${NAME} was done and is done, no test`],
  ],
  [
    "code without a citation, but with the reason",
    { source: "", rows: [{ ...ROW, notForUs: "no" }] },
    [`${NAME} was done and is not for us`],
  ],
  [
    "a row that leaned on a deviation which is said nowhere",
    { rows: [{ ...ROW, deviates: "src/message/a.ts" }] },
    [`${NAME} is not done, and nothing says why`, `${NAME} was done and is not done`],
  ],
  [
    "a deviation that is said",
    {
      source: "// Deviation: RFC 3261 §9.1 has one, we have two.\n",
      rows: [{ ...ROW, deviates: "src/message/a.ts" }],
    },
    [`${NAME} was done and is deviation`],
  ],
  [
    "a row that is gone",
    { rows: [], musts: 0 },
    ["| §9.1 all A CANCEL has one Via.: not in docs/rfc/requirements.json"],
  ],
] as const) {
  test(`found: ${what}`, (context) => {
    assert.deepEqual(faultsOf(context, change), expected);
  });
}

test("a demand is a sentence with MUST, SHALL or REQUIRED in a section, page breaks and contents aside", () => {
  const text = [
    "   9 Canceling ........ 53",
    "9 Canceling",
    "",
    "   The client MUST wait. It SHOULD hurry. It is REQUIRED to",
    "   be kind, and MUST NOT shout.",
    "",
    "Rosenberg, et. al.          Standards Track                    [Page 53]",
    "\f",
    "RFC 3261            SIP: Session Initiation Protocol           June 2002",
    "",
    '   The key words "MUST" and "MAY" mean what they mean.',
    "9.1 Client",
    "   It may do as it likes.",
  ].join("\n");
  assert.deepEqual(
    [...demandsIn(text)],
    [["9", ["The client MUST wait.", "It is REQUIRED to be kind, and MUST NOT shout."]]],
  );
});
