import type { Html } from "./html.ts";
import type { Section } from "./links.ts";

/** One page of one language, without what stands around each of them. */
export interface Page {
  readonly section: Section;
  /** Without language: `codes/404`; empty for the first page. */
  readonly path: string;
  readonly title: string;
  /** One sentence for a list of search results. */
  readonly description: string;
  readonly body: Html;
  /** `c4`: paints the page in the colour of a class. */
  readonly tone?: string;
  /** Has a form that needs our script where there is no server. */
  readonly hasForm?: true;
  /** Something for the person, not for a crawler: what a search found, a page that is not there. */
  readonly isUnlisted?: true;
}
