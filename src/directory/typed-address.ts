import { parseAor, type Aor } from "../message/index.ts";

/** Longest address, in chars of its canonical form, that a directory takes. */
export const AOR_CHARS_MAX = 512;
/** Longest password, in chars. */
export const PASSWORD_CHARS_MAX = 256;

/**
 * An address as people type it, Unicode and all: `jürg@example.org`, `sip:` optional. What RFC 3261 would have
 * escaped is escaped. undefined when it is none, or longer than 512 chars.
 */
export function parseTypedAddress(text: string): Aor | undefined {
  const ascii = text.trim().replaceAll(/[^\x21-\x7e]+/gu, escapeText);
  const aor = parseAor(ascii);
  return aor === undefined || aor.length > AOR_CHARS_MAX ? undefined : aor;
}

// Spaces are left to the parser, which has none of them.
function escapeText(text: string): string {
  return text.isWellFormed() ? text.replaceAll(/[^\s]+/gu, encodeURIComponent) : text;
}

/** What is wrong with a password, in words that do not show it; undefined when it will do. */
export function passwordProblem(password: string): string | undefined {
  if (password === "") return "no password";
  if (password.length > PASSWORD_CHARS_MAX) {
    return `a password of ${password.length} chars, at most ${PASSWORD_CHARS_MAX} are taken`;
  }
  return /\p{Cc}/u.test(password) ? "the password has a control character" : undefined;
}
