import assert from "node:assert/strict";
import { test } from "node:test";
import type { LadderRow } from "../trace/index.ts";
import { LadderPrinter, layoutLadder } from "./ladder.ts";
import { centred, cutTo, widthOf } from "../base/text-width.ts";

const columns = [
  { id: "a", title: "alice" },
  { id: "s", title: "nexthop" },
  { id: "b", title: "bob (1)" },
  { id: "c", title: "ボブ (2)" },
];

/** `a>s INVITE` at a time. */
function row(atMs: number, text: string): LadderRow {
  const [, from = "", to = "", label = ""] = /^(\w)>(\w) (.*)$/.exec(text) ?? [];
  return { atMs, from, to, label };
}

const rows = [
  row(1000, "a>s INVITE"),
  row(1000.2, "s>a 100 Trying"),
  row(1001, "s>b INVITE"),
  row(1501, "s>b INVITE"),
  row(2501, "s>b INVITE"),
  row(9000, "c>s 486 お話し中でございます、後ほどおかけ直しください"),
  row(9000.3, "s>a 486 Busy Here"),
  row(9010, "a>c BYE"),
];

test("a ladder has a lifeline each, arrows both ways, times, folds and gaps, in 80 columns", () => {
  assert.deepEqual(layoutLadder({ columns, rows }), [
    "           alice               nexthop              bob (1)             ボブ (2)",
    "   +0.0 ms   │───── INVITE ──────▶│                    │                    │",
    "   +0.2 ms   │◀─── 100 Trying ────│                    │                    │",
    "   +1.0 ms   │                    │──── INVITE ×3 ────▶│                    │",
    "   (6.5 s)   ┊                    ┊                    ┊                    ┊",
    "    +8.0 s   │                    │◀─ 486 お話し中でございます、後ほどお… ──│",
    "    +8.0 s   │◀── 486 Busy Here ──│                    │                    │",
    "    +8.0 s   │──────────────────────────── BYE ────────────────────────────▶│",
  ]);
});

test("nothing is wider than the terminal, from two columns to five", () => {
  const title = "a-very-long-name-of-a-device@192.0.2.200";
  for (let count = 2; count <= 5; count += 1) {
    const many = Array.from({ length: count }, (_, id) => ({ id: String(id), title }));
    const long = Array.from({ length: count - 1 }, (_, id) =>
      row(id * 7000, `${id}>${id + 1} 480 ${"Temporarily Unavailable ".repeat(4)}`),
    );
    for (const width of [72, 80, 132]) {
      for (const line of layoutLadder({ columns: many, rows: long }, { width })) {
        assert.ok(widthOf(line) <= width, `${widthOf(line)} > ${width}: ${line}`);
      }
    }
  }
});

test("live, a retransmission takes the place of the line before, and another message does not", () => {
  const printer = new LadderPrinter(columns.slice(0, 2), { startedAtMs: 0, width: 60 });
  assert.equal(printer.row(row(0, "a>s INVITE")).replacesLast, false);
  const folded = printer.row(row(500, "a>s INVITE"));
  assert.equal(folded.replacesLast, true);
  assert.match(folded.lines[0] ?? "", /\+0\.0 ms.* INVITE ×2 /);
  assert.equal(printer.row(row(600, "s>a 100 Trying")).replacesLast, false);
  assert.equal(printer.row(row(700, "a>s INVITE")).replacesLast, false);
});

test("times are counted from the start that is given", () => {
  const [, line = ""] = layoutLadder(
    { columns: columns.slice(0, 2), rows: [row(5000, "a>s BYE")] },
    { startedAtMs: 1000 },
  );
  assert.match(line, /^ {4}\+4\.0 s/);
});

test("wide letters count two, marks on a letter none", () => {
  assert.equal(widthOf("ボブ"), 4);
  assert.equal(widthOf("e\u0301"), 1);
  assert.equal(widthOf("📞"), 2);
  assert.equal(cutTo("ボブボブ", 5), "ボブ…");
  assert.equal(cutTo("bob", 3), "bob");
  assert.equal(centred("ボ", 5, "─"), "─ボ──");
});
