import type { SenderQuestion, WhoSentIt } from "../../codes/index.ts";
import type { Edition } from "../edition.ts";
import { html, type Html } from "../html.ts";
import { inline } from "../markdown.ts";
import type { Page } from "../page.ts";

/**
 * The decision tree on one page: an answer is a link to the next question or to the verdict, so that it works without
 * script and by keyboard, and reads as a list on paper.
 */
export function whoSentItPage(edition: Edition): Page | undefined {
  const { whoSentIt: tree, words } = edition;
  if (tree === undefined) return undefined;
  return {
    section: "who-sent-it",
    path: "who-sent-it",
    title: tree.title,
    description: tree.lead,
    body: html`<div class="hero"><div class="wrap"><h1>${tree.title}</h1><p class="lead">${inline(tree.lead, edition)}</p><p><a class="go" href="#${tree.start}">${words.treeStart}</a></p></div></div>
<div class="wrap tree">${inOrder(tree).map((each) => questionOf(each, edition))}<h2>${words.treeVerdicts}</h2>${tree.verdicts.map(
      ({ id, verdict, because, next }) =>
        html`<section class="step verdict-box" id="${id}"><h3>${inline(verdict, edition)}</h3><p>${inline(because, edition)}</p><p>${inline(next, edition)}</p><p class="note"><a href="#${tree.start}">${words.treeAgain}</a></p></section>`,
    )}</div>`,
  };
}

function questionOf({ id, question, how, answers }: SenderQuestion, edition: Edition): Html {
  return html`<section class="step" id="${id}"><h2>${inline(question, edition)}</h2><p>${inline(how, edition)}</p><ul class="answers">${answers.map(
    ({ text, next }) => html`<li><a href="#${next.id}">${inline(text, edition)}</a></li>`,
  )}</ul></section>`;
}

/** The first question first. */
function inOrder({ start, questions }: WhoSentIt): readonly SenderQuestion[] {
  return questions.toSorted((one, other) => Number(other.id === start) - Number(one.id === start));
}
