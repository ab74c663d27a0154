// Structure-aware: a message is taken apart into its start line, fields and body, something is done to one of them, and
// it is put together again. Now and then bytes are changed without looking.
import type { Draw } from "./draw.ts";
import { bodies, fieldLines, lineEnds, methods, pieces, startLines, values } from "./words.ts";

const CHANGES_MAX = 5;
/** One change in this many repeats something until the message is near its limits. */
const HUGE_ONE_IN = 2_000;
const HUGE_SIZES = [300, 16_400, 49_200, 65_600];

interface Parts {
  start: string;
  fields: string[];
  body: string;
}

type Change = (parts: Parts, draw: Draw, all: readonly string[]) => void;

/** One of `all`, changed in a few places. */
export function mutated(all: readonly string[], draw: Draw): string {
  let text = draw.of(all);
  for (let left = draw.below(CHANGES_MAX + 1); left > 0; left -= 1) {
    text = draw.oneIn(5) ? withBytesChanged(text, draw) : withPartsChanged(text, draw, all);
  }
  return text;
}

/** A header field value or URI, changed without its message. */
export function mutatedPiece(piece: string, draw: Draw): string {
  return draw.oneIn(2) ? withTokenChanged(piece, draw) : withBytesChanged(piece, draw);
}

function withPartsChanged(text: string, draw: Draw, all: readonly string[]): string {
  const parts = partsOf(text);
  draw.of(changes)(parts, draw, all);
  const end = draw.oneIn(20) ? draw.of(lineEnds) : "\r\n";
  return [parts.start, ...parts.fields, "", parts.body].join(end);
}

function partsOf(text: string): Parts {
  const at = text.indexOf("\r\n\r\n");
  const [start = "", ...fields] = (at === -1 ? text : text.slice(0, at)).split("\r\n");
  return { start, fields, body: at === -1 ? "" : text.slice(at + 4) };
}

/** Changes one field, when there is one. */
function onField(change: (field: string, draw: Draw, all: readonly string[]) => string): Change {
  return (parts, draw, all) => {
    const at = draw.below(parts.fields.length);
    const field = parts.fields[at];
    if (field !== undefined) parts.fields[at] = change(field, draw, all);
  };
}

function onValue(change: (value: string, draw: Draw) => string): Change {
  return onField((field, draw) => {
    const colon = field.indexOf(":") + 1;
    return `${field.slice(0, colon)} ${change(field.slice(colon).trimStart(), draw)}`;
  });
}

const changes: readonly Change[] = [
  onValue(withTokenChanged),
  onValue(withTokenChanged),
  onValue(withTokenChanged),
  onValue((_, draw) => draw.of(values)),
  onValue((value, draw) => value + draw.of(pieces)),
  onValue((value, draw) => `${value}, ${draw.oneIn(2) ? value : draw.of(values)}`),
  onValue((value, draw) => `${value};${draw.of(pieces)}=${draw.of(pieces)}`),
  onValue((value, draw) => {
    const at = draw.below(value.length + 1);
    return `${value.slice(0, at)}\r\n ${value.slice(at)}`;
  }),
  onField((field, draw) => field.replace(":", draw.of([" :", "\t:", "", "::", ":\r\n "]))),
  onField((field, draw) => (draw.oneIn(2) ? field.toUpperCase() : field.toLowerCase())),
  onField((_, draw, all) => draw.of(partsOf(draw.of(all)).fields)),
  (parts, draw) => void parts.fields.splice(draw.below(parts.fields.length), 1),
  (parts, draw) => {
    const field = parts.fields[draw.below(parts.fields.length)];
    if (field !== undefined) parts.fields.splice(draw.below(parts.fields.length), 0, field);
  },
  (parts, draw) => {
    parts.fields.splice(draw.below(parts.fields.length + 1), 0, draw.of(fieldLines));
  },
  (parts, draw) => {
    const at = draw.below(parts.fields.length);
    parts.fields.push(...parts.fields.splice(at, 1));
  },
  (parts, draw) => {
    const method = draw.of(methods);
    parts.start = parts.start.replace(/^[^ ]*/, method);
    parts.fields = parts.fields.map((field) =>
      /^cseq *:/i.test(field) ? field.replace(/[^ ]*$/, method) : field,
    );
  },
  (parts, draw) => {
    parts.start = draw.of(startLines);
  },
  (parts, draw) => {
    parts.start = withTokenChanged(parts.start, draw);
  },
  (parts, draw) => {
    parts.body = draw.oneIn(2) ? draw.of(bodies) : mutatedPiece(parts.body, draw);
    if (draw.oneIn(2)) return;
    parts.fields = parts.fields.filter((field) => !/^(content-length|l) *:/i.test(field));
    parts.fields.push(`Content-Length: ${parts.body.length}`);
  },
  (parts, draw) => {
    const size = draw.oneIn(HUGE_ONE_IN / 20) ? draw.of(HUGE_SIZES) : 40;
    const piece = draw.of(pieces) || "x";
    const repeated = piece.repeat(Math.ceil(size / piece.length));
    if (draw.oneIn(3)) parts.fields.push(...Array<string>(Math.min(size, 300)).fill("X: y"));
    else if (draw.oneIn(2)) parts.fields.push(`${draw.of(fieldLines)}${repeated}`);
    else parts.body += repeated;
  },
];

/** Exchanges one token, number or run of separators for another that means something. */
function withTokenChanged(value: string, draw: Draw): string {
  const found = [...value.matchAll(/[A-Za-z0-9_.%+-]+|[^A-Za-z0-9_.%+-]/g)];
  if (found.length === 0) return draw.of(pieces);
  const { index, 0: token } = draw.of(found);
  const put = draw.oneIn(4) ? "" : draw.oneIn(4) ? token + token : draw.of(pieces);
  return value.slice(0, index) + put + value.slice(index + token.length);
}

function withBytesChanged(text: string, draw: Draw): string {
  const at = draw.below(text.length + 1);
  switch (draw.below(6)) {
    case 0:
      return text.slice(0, at);
    case 1:
      return text.slice(at);
    case 2:
      return text.slice(0, at) + String.fromCharCode(draw.below(256)) + text.slice(at + 1);
    case 3:
      return text.slice(0, at) + draw.of(pieces) + text.slice(at);
    case 4:
      return text.slice(0, at) + text.slice(at + 1 + draw.below(12));
    default: {
      const from = draw.below(text.length + 1);
      return text.slice(0, at) + text.slice(from, from + draw.below(60)) + text.slice(at);
    }
  }
}
