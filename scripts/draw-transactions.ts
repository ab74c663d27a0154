// Draws docs/transactions/*.svg from the tables that run: `node scripts/draw-transactions.ts`. The same tables always
// give the same bytes; `--check` only compares, for the tests.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { inviteClientTable } from "../src/transaction/invite-client-table.ts";
import { inviteServerTable } from "../src/transaction/invite-server-table.ts";
import { nonInviteClientTable } from "../src/transaction/non-invite-client-table.ts";
import { nonInviteServerTable } from "../src/transaction/non-invite-server-table.ts";

interface Cell {
  readonly next: string;
  readonly actions: readonly string[];
  readonly rfc: string;
}
type Table = Readonly<Record<string, Readonly<Record<string, Cell | undefined>>>>;

const drawings: readonly (readonly [file: string, title: string, table: Table])[] = [
  ["invite-client", "INVITE client transaction", inviteClientTable],
  ["non-invite-client", "Non-INVITE client transaction", nonInviteClientTable],
  ["invite-server", "INVITE server transaction", inviteServerTable],
  ["non-invite-server", "Non-INVITE server transaction", nonInviteServerTable],
];

const MARGIN = 24;
const CARD_WIDTH = 560;
const HEADER_HEIGHT = 30;
const ROW_HEIGHT = 22;
const CARD_GAP = 28;
const LANE_WIDTH = 18;
const TOP = 64;

interface Card {
  readonly state: string;
  readonly top: number;
  readonly rows: readonly (readonly [signal: string, cell: Cell])[];
}

/** One card a state, one line a row; an arrow from each row that leads elsewhere, in a lane of its own. */
function draw(title: string, table: Table): string {
  const cards: Card[] = [];
  let top = TOP;
  for (const [state, cells] of Object.entries(table)) {
    const rows = Object.entries(cells).filter((row): row is [string, Cell] => row[1] !== undefined);
    cards.push({ state, top, rows });
    top += HEADER_HEIGHT + Math.max(rows.length, 1) * ROW_HEIGHT + CARD_GAP;
  }
  const arrows = cards.flatMap((card) =>
    card.rows.flatMap(([, cell], at) =>
      cell.next === card.state
        ? []
        : [{ fromY: card.top + HEADER_HEIGHT + (at + 0.5) * ROW_HEIGHT, to: cell.next }],
    ),
  );
  const width = MARGIN + CARD_WIDTH + (arrows.length + 2) * LANE_WIDTH + MARGIN;
  const arrived = new Map<string, number>();
  const lines = arrows.map(({ fromY, to }, lane) => {
    const target = cards.find((card) => card.state === to);
    if (target === undefined) throw new Error(`${title}: no state ${to}`);
    // Arrows into one state arrive a little below each other, so that each can be followed.
    const nth = arrived.get(to) ?? 0;
    arrived.set(to, nth + 1);
    const toY = target.top + 8 + nth * 5;
    const right = MARGIN + CARD_WIDTH;
    const laneX = right + (arrows.length - lane + 1) * LANE_WIDTH;
    return `<path class="arrow" d="M${right} ${fromY} H${laneX} V${toY} H${right + 2}" marker-end="url(#head)"/>`;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${top}" width="${width}" height="${top}" role="img" aria-label="${escape(title)}">`,
    "<style>",
    "text{font:13px ui-monospace,Menlo,Consolas,monospace;fill:#1c2430}",
    ".title{font:600 18px system-ui,sans-serif}.note{font:12px system-ui,sans-serif;fill:#5a6472}",
    ".state{font:600 14px system-ui,sans-serif;fill:#fff}.rfc{fill:#5a6472}.next{fill:#0b5cad}",
    ".card{fill:#fff;stroke:#8a94a3}.head{fill:#2f4a6d}.arrow{fill:none;stroke:#0b5cad;stroke-width:1.2}",
    "</style>",
    '<defs><marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0 L8 4 L0 8 z" fill="#0b5cad"/></marker></defs>',
    `<rect width="${width}" height="${top}" fill="#f6f8fa"/>`,
    `<text class="title" x="${MARGIN}" y="30">${escape(title)}</text>`,
    `<text class="note" x="${MARGIN}" y="50">signal → next state: actions, and the clause. A signal that is not listed is absorbed.</text>`,
    ...cards.flatMap(drawCard),
    ...lines,
    "</svg>",
    "",
  ].join("\n");
}

function drawCard(card: Card): string[] {
  const height = HEADER_HEIGHT + Math.max(card.rows.length, 1) * ROW_HEIGHT;
  return [
    `<rect class="card" x="${MARGIN}" y="${card.top}" width="${CARD_WIDTH}" height="${height}" rx="6"/>`,
    `<rect class="head" x="${MARGIN}" y="${card.top}" width="${CARD_WIDTH}" height="${HEADER_HEIGHT}" rx="6"/>`,
    textAt(MARGIN + 12, card.top + 20, "state", card.state),
    ...(card.rows.length === 0
      ? [textAt(MARGIN + 12, card.top + HEADER_HEIGHT + 15, "rfc", "the end")]
      : []),
    ...card.rows.flatMap(([signal, cell], at) => {
      const y = card.top + HEADER_HEIGHT + at * ROW_HEIGHT + 15;
      const next = cell.next === card.state ? "stays" : cell.next;
      return [
        textAt(MARGIN + 12, y, "signal", signal),
        textAt(MARGIN + 136, y, "next", `→ ${next}`),
        textAt(MARGIN + 240, y, "actions", cell.actions.join(", ")),
        textAt(MARGIN + CARD_WIDTH - 150, y, "rfc", cell.rfc),
      ];
    }),
  ];
}

function textAt(x: number, y: number, className: string, words: string): string {
  return `<text class="${className}" x="${x}" y="${y}">${escape(words)}</text>`;
}

function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
}

const folder = new URL("../docs/transactions/", import.meta.url);
const isCheck = process.argv.includes("--check");
mkdirSync(folder, { recursive: true });
for (const [file, title, table] of drawings) {
  const path = new URL(`${file}.svg`, folder);
  const svg = draw(title, table);
  if (!isCheck) writeFileSync(path, svg);
  else if (readFileSync(path, "utf8") !== svg) {
    process.stderr.write(
      `docs/transactions/${file}.svg is older than its table: node scripts/draw-transactions.ts\n`,
    );
    process.exitCode = 1;
  }
}
