import { wrapped } from "../base/text-wrap.ts";
import type { SenderQuestion, WhoSentIt } from "../codes/index.ts";
import { fromMarkdown, painted, paragraphs, type Look } from "./text-layout.ts";

const INDENT = 2;
/** Behind `1. ` or `A. `. */
const HANGING = 5;
const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";

/** The tree for a terminal: questions by number, verdicts by letter; each answer says which of them is next. */
export function senderTreeLines(tree: WhoSentIt, look: Look): string[] {
  const questions = inOrder(tree);
  const marks = new Map<string, string>([
    ...questions.map(({ id }, index) => [`question ${id}`, String(index + 1)] as const),
    ...tree.verdicts.map(({ id }, index) => [`verdict ${id}`, LETTERS[index] ?? id] as const),
  ]);
  const headed = (mark: string, text: string): string[] =>
    wrapped(
      painted(`${mark}. ${fromMarkdown(text, look)}`, "bold", look),
      look.width,
      INDENT,
      HANGING,
    );
  return [
    ...wrapped(painted(tree.title, "bold", look), look.width),
    ...wrapped(fromMarkdown(tree.lead, look), look.width, INDENT),
    ...questions.flatMap(({ id, question, how, answers }) => [
      "",
      ...headed(marks.get(`question ${id}`) ?? "", question),
      ...paragraphs(how, look, HANGING),
      ...answers.flatMap(({ text, next }) => {
        const target = painted(marks.get(`${next.kind} ${next.id}`) ?? "", "code", look);
        const answer = `→ ${target}\u00a0 ${fromMarkdown(text, look)}`;
        return wrapped(answer, look.width, HANGING, HANGING + HANGING);
      }),
    ]),
    ...tree.verdicts.flatMap(({ id, verdict, because, next }) => [
      "",
      ...headed(marks.get(`verdict ${id}`) ?? "", verdict),
      ...paragraphs(because, look, HANGING),
      ...paragraphs(next, look, HANGING),
    ]),
  ];
}

/** The first question first. */
function inOrder({ start, questions }: WhoSentIt): readonly SenderQuestion[] {
  return questions.toSorted((one, other) => Number(other.id === start) - Number(one.id === start));
}
