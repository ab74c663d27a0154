import type { Code, Reference, SearchHit } from "../codes/index.ts";
import { columnsOf, isSpaceless, wrapped } from "../base/text-wrap.ts";
import { fromMarkdown, painted, paragraphs, rowLines, type Look } from "./text-layout.ts";

const INDENT = 2;

/** The page of one code: what it is at a glance, the sections, the example. */
export function codeLines(code: Code, reference: Reference, look: Look): string[] {
  const { text } = code;
  const { labels } = reference;
  const heading = (key: string): string => painted(text.headings[key] ?? key, "bold", look);
  const lines = [
    ...headOf(code, labels, look),
    ...wrapped(fromMarkdown(text.lead, look), look.width, INDENT),
    ...wrapped(atAGlance(code), look.width, INDENT).map((line) => painted(line, "dim", look)),
  ];
  const section = (key: string, body: readonly string[]): void => {
    if (body.length > 0) lines.push("", heading(key), ...body);
  };
  section("meaning", paragraphs(text.meaning, look, INDENT));
  section("occasions", paragraphs(text.occasions, look, INDENT));
  section("checks", checkLines(code, look));
  section(
    "fixes",
    (text.fixes ?? []).flatMap(({ reader, text: fix }) =>
      paragraphs(headed(reader, fix), look, INDENT),
    ),
  );
  section("isNot", paragraphs(text.isNot ?? "", look, INDENT));
  section(
    "questions",
    (text.questions ?? []).flatMap(({ question, answer }) => [
      ...wrapped(painted(question, "bold", look), look.width, INDENT),
      ...paragraphs(answer, look, 2 * INDENT),
    ]),
  );
  section("instead", paragraphs(text.instead ?? "", look, INDENT));
  lines.push("", painted(labels["facts"] ?? "", "bold", look), ...factLines(code, reference, look));
  const phrases = code.said.phrases.flatMap(({ phrase, software, means }) => [
    ...wrapped(painted(phrase, "code", look), look.width, INDENT, 2 * INDENT),
    ...wrapped(`${software}: ${means}`, look.width, 2 * INDENT),
  ]);
  if (phrases.length > 0)
    lines.push("", painted(labels["phrases"] ?? "", "bold", look), ...phrases);
  if (code.example !== undefined) {
    const wire = code.example.trimEnd().split(/\r\n/);
    lines.push(
      "",
      painted(labels["example"] ?? "", "bold", look),
      ...wire.flatMap((line) => wrapped(line, look.width, INDENT, 2 * INDENT)),
    );
  }
  return lines;
}

/** `Caller. What to do`, with the full stop of the script. */
function headed(reader: string, fix: string): string {
  return isSpaceless(reader) ? `**${reader}。**${fix}` : `**${reader}.** ${fix}`;
}

/** `404 Not Found`, and at the right edge what kind it is. */
function headOf(code: Code, labels: Readonly<Record<string, string>>, look: Look): string[] {
  const { facts } = code;
  const title = `${code.code} ${code.name}`;
  const kind = facts.registered
    ? `${facts.spec.rfc} §${facts.spec.section}${facts.deprecated === true ? `, ${labels["deprecated"]}` : ""}`
    : (labels["unregistered"] ?? "");
  const gap = look.width - columnsOf(title) - columnsOf(kind);
  const right = painted(kind, "dim", look);
  if (gap < 2) return [painted(title, "bold", look), " ".repeat(INDENT) + right];
  return [`${painted(title, "bold", look)}${" ".repeat(gap)}${right}`];
}

/** The strip under the lead: what one wants to know of any code. */
function atAGlance({ said }: Code): string {
  return [said.class, said.finality, said.scope, said.repeat, said.origin]
    .filter((part) => part !== undefined)
    .join(" · ");
}

/** The facts as rows of a label and words. */
function factLines({ facts, said }: Code, { labels, list }: Reference, look: Look): string[] {
  const rows: [label: string, value: string | undefined][] = [
    ["says", list(said.senders ?? [])],
    ["answers", list(said.methods ?? [])],
    ["tag", said.tag],
    ["fork", said.fork],
    ["dialog", said.dialog],
    ["local", said.madeLocally],
    ["q850from", q850Of(facts.q850?.fromSip, ({ cause }) => String(cause))],
    ["q850to", q850Of(facts.q850?.toSip, ({ causes }) => causes.join(" "))],
    ["http", said.http],
  ];
  if (facts.registered) {
    rows.push(
      ["carries", list([...facts.headers.required, ...(facts.headers.requiredOneOf ?? [])])],
      ["causes", list(facts.causes)],
      [
        "formerNames",
        list((facts.formerNames ?? []).map(({ name, in: rfc }) => `${name} (${rfc})`)),
      ],
      ["related", list(facts.related.map(String))],
      ["confused", list(facts.confusedWith.map(String))],
      ["unchecked", uncheckedOf(facts.unchecked, facts.unreadSources)],
    );
  } else {
    rows.push(
      ["useInstead", list(facts.useInstead.map(String))],
      ["unchecked", uncheckedOf(facts.unchecked)],
    );
  }
  const shown = rows.flatMap(([key, value]) =>
    value === undefined || value === "" ? [] : [[labels[key] ?? key, value] as const],
  );
  const labelWidth = Math.min(24, Math.max(...shown.map(([label]) => columnsOf(label))));
  const widths = [labelWidth, look.width - INDENT - labelWidth - 2];
  return shown.flatMap(([label, value]) =>
    rowLines([painted(label, "dim", look), value], widths, INDENT),
  );
}

function q850Of<T>(
  mappings: Readonly<Record<string, T>> | undefined,
  valueOf: (mapping: T) => string,
): string | undefined {
  if (mappings === undefined) return undefined;
  return Object.entries(mappings)
    .map(([name, mapping]) => `${name} ${valueOf(mapping)}`)
    .join(", ");
}

function uncheckedOf(pointers: readonly string[], sources: readonly string[] = []): string {
  return [...pointers.map((pointer) => pointer.slice(1).replaceAll("/", " ")), ...sources].join(
    ", ",
  );
}

/** Three columns where there is room; else a block a row. */
function checkLines({ text }: Code, look: Look): string[] {
  const room = look.width - INDENT - 4;
  const widths = [
    Math.floor(room * 0.27),
    Math.floor(room * 0.33),
    room - Math.floor(room * 0.27) - Math.floor(room * 0.33),
  ];
  const head = text.checkColumns.map((column) => painted(column, "dim", look));
  return [
    ...rowLines(head, widths, INDENT),
    ...text.checks.flatMap((cells, index) => [
      ...(index === 0 ? [] : [""]),
      ...rowLines(
        cells.map((cell) => fromMarkdown(cell, look)),
        widths,
        INDENT,
      ),
    ]),
  ];
}

/** What a search found, two lines or three each: number and name, the lead, and by what it was found. */
export function hitLines(hits: readonly SearchHit[], { labels }: Reference, look: Look): string[] {
  return hits.flatMap(({ code, name, lead, by, matched }) => {
    const why =
      matched === "" || by === "number" || matched === name
        ? ""
        : `${labels[by] ?? by}: ${matched}`;
    return [
      painted(`${code} ${name}`, "bold", look),
      ...wrapped(fromMarkdown(lead, look), look.width, INDENT),
      ...wrapped(why, look.width, INDENT, 2 * INDENT).map((line) => painted(line, "dim", look)),
    ];
  });
}
