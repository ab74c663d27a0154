/**
 * *Theory*: the rules match text, so they must not match what a comment or a string says. `code` is the source with
 * comments blanked; `bare` has the contents of strings blanked too. Both keep every offset and every line, so what is
 * found in one can be looked at in the other.
 */
export interface Source {
  /** From the root of the tree, with `/`. */
  readonly path: string;
  readonly text: string;
  readonly code: string;
  readonly bare: string;
  readonly comments: readonly Comment[];
}

export interface Comment {
  readonly start: number;
  readonly end: number;
  /** With its marks. */
  readonly text: string;
}

const REGEX_FOLLOWS =
  /(?:[(,=:[!&|?{};+\-*%~^<>\n]|\b(?:return|typeof|case|in|of|await|yield))\s*$/;

/** Reads one file. Crude about regular expressions (told from a division by what stands before), exact otherwise. */
export function readSource(path: string, text: string): Source {
  const comments: Comment[] = [];
  const code = text.split("");
  const bare = text.split("");
  /** Depth of `{` at which each open `${` ends. */
  const templates: number[] = [];
  let depth = 0;
  let at = 0;

  const comment = (end: number): void => {
    comments.push({ start: at, end, text: text.slice(at, end) });
    blank(code, at, end);
    blank(bare, at, end);
    at = end;
  };
  const template = (): void => {
    const start = at;
    while (at < text.length && text[at] !== "`" && !text.startsWith("${", at)) {
      at += text[at] === "\\" ? 2 : 1;
    }
    blank(bare, start, at);
    if (text.startsWith("${", at)) {
      templates.push(depth);
      at += 2;
    } else at += 1;
  };

  while (at < text.length) {
    const char = text[at];
    if (text.startsWith("//", at)) comment(endOf(text, "\n", at, 0));
    else if (text.startsWith("/*", at)) comment(endOf(text, "*/", at + 2, 2));
    else if (char === '"' || char === "'") {
      const end = endOfQuoted(text, at, char);
      blank(bare, at + 1, end - 1);
      at = end;
    } else if (char === "`") {
      at += 1;
      template();
    } else if (char === "/" && REGEX_FOLLOWS.test(code.slice(Math.max(0, at - 40), at).join(""))) {
      const end = endOfRegex(text, at);
      blank(bare, at + 1, end - 1);
      at = end;
    } else if (char === "}" && templates.at(-1) === depth) {
      templates.pop();
      at += 1;
      template();
    } else {
      if (char === "{") depth += 1;
      if (char === "}") depth -= 1;
      at += 1;
    }
  }
  return { path, text, code: code.join(""), bare: bare.join(""), comments };
}

/** Line of an offset, from 1. */
export function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split("\n").length;
}

function blank(target: string[], start: number, end: number): void {
  for (let index = start; index < end; index += 1) {
    if (target[index] !== "\n") target[index] = " ";
  }
}

function endOf(text: string, mark: string, from: number, width: number): number {
  const found = text.indexOf(mark, from);
  return found === -1 ? text.length : found + width;
}

function endOfQuoted(text: string, start: number, quote: string): number {
  let at = start + 1;
  while (at < text.length && text[at] !== quote && text[at] !== "\n") {
    at += text[at] === "\\" ? 2 : 1;
  }
  return Math.min(at + 1, text.length);
}

function endOfRegex(text: string, start: number): number {
  let at = start + 1;
  let inClass = false;
  while (at < text.length && text[at] !== "\n" && (inClass || text[at] !== "/")) {
    if (text[at] === "[") inClass = true;
    if (text[at] === "]") inClass = false;
    at += text[at] === "\\" ? 2 : 1;
  }
  return Math.min(at + 1, text.length);
}
