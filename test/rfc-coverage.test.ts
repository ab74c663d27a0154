// docs/rfc-coverage.md says which files carry out which clause. What it says must not have ceased to be true; what is
// cited since it was written may be missing.
import assert from "node:assert/strict";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { citationsIn, deviationsIn, vanished } from "../scripts/rfc-coverage.ts";

const root = fileURLToPath(new URL("..", import.meta.url));

/** As `3261:16.7` or `3261:16.7 4`. */
const clausesIn = (source: string): string[] =>
  citationsIn(source).map(({ rfc, section, step }) =>
    step === undefined ? `${rfc}:${section}` : `${rfc}:${section} ${step}`,
  );

test("no clause that docs/rfc-coverage.md lists has lost its code or its test, and no file that it names is gone", () => {
  assert.deepEqual(vanished(root), [], "node scripts/rfc-coverage.ts writes it anew");
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
