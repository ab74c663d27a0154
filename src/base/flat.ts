/**
 * The same text, written out. V8 keeps a concatenation as a tree of its parts, and a part cut from a message keeps the
 * whole message alive; reading a character writes the tree out. For whatever outlives its message: keys, and texts
 * that may have to be sent again.
 *
 * Hot path.
 */
export function flat(text: string): string {
  return text.charCodeAt(0) === 0 ? "" : text;
}
