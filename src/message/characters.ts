/**
 * Character codes by name, and the classes of RFC 3261 §25.1 as one table of bits.
 *
 * Hot files take what they need into constants of their own (`const { SPACE } = characters`): an imported binding is
 * read from memory each time, a constant of the module is compiled in, and that halves the time of a parse.
 */
export const TAB = 9;
export const LF = 10;
export const CR = 13;
export const SPACE = 32;
export const QUOTE = 34;
export const PERCENT = 37;
export const COMMA = 44;
export const DOT = 46;
export const SLASH = 47;
export const COLON = 58;
export const SEMICOLON = 59;
export const LESS_THAN = 60;
export const EQUALS = 61;
export const GREATER_THAN = 62;
export const QUESTION = 63;
export const AT = 64;
export const OPEN_BRACKET = 91;
export const BACKSLASH = 92;

/** `token`. */
export const TOKEN = 1;
/** `user` of a URI, escapes aside. */
export const USER = 2;
/** `password` of a URI, escapes aside. */
export const PASSWORD = 4;
/** `paramchar` of a URI, escapes aside. */
export const URI_PARAMETER = 8;
/** `hname` and `hvalue` of a URI, escapes aside. */
export const URI_HEADER = 16;
/** Letters, digits and hyphen of a host name. */
export const HOST = 32;
export const HEX = 64;
export const DIGIT = 128;
/** A parameter's value that is not quoted: token or host. */
export const VALUE = 256;
/** `uric` of RFC 2396, "%" included: any URI. */
export const URIC = 512;
/** Printable and not white space: what a Call-ID is made of. */
export const VISIBLE = 1024;
/** Words of an unquoted display name, and the white space between them. */
export const DISPLAY = 2048;
/** SP, HTAB, and the CR and LF of a fold. */
export const WHITE = 4096;
export const ALPHA = 8192;
const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const digits = "0123456789";
const alphanumeric = alphabet + digits;
const unreserved = `${alphanumeric}-_.!~*'()`;

function bytesFrom(first: number, last: number): string {
  let text = "";
  for (let code = first; code <= last; code += 1) text += String.fromCharCode(code);
  return text;
}

const members: readonly (readonly [number, string])[] = [
  [TOKEN, `${alphanumeric}-.!%*_+\`'~`],
  // Deviation: "#" is not allowed unescaped (RFC 3261 §25.1), but phones dial it so.
  [USER, `${unreserved}&=+$,;?/#`],
  [PASSWORD, `${unreserved}&=+$,`],
  [URI_PARAMETER, `${unreserved}[]/:&+$`],
  [URI_HEADER, `${unreserved}[]/?:+$`],
  // Deviation: "_" is no letter of a host name (RFC 3261 §25.1), but container names have it.
  [HOST, `${alphanumeric}-_`],
  [HEX, `${digits}ABCDEFabcdef`],
  [DIGIT, digits],
  // Deviation: "=" and "/" are for base64 in tags and branches, which RFC 3261 §25.1 would have quoted.
  [VALUE, `${alphanumeric}-.!%*_+\`'~[]:=/`],
  [URIC, `${unreserved};/?:@&=+$,%#[]`],
  [VISIBLE, bytesFrom(33, 126)],
  // Deviation: UTF-8 in an unquoted display name (RFC 3261 §25.1 wants quotes); it cannot be mistaken for anything.
  [DISPLAY, `${alphanumeric}-.!%*_+\`'~ \t\r\n${bytesFrom(128, 255)}`],
  [WHITE, " \t\r\n"],
  [ALPHA, alphabet],
];

const table = new Uint16Array(256);
for (const [bit, characters] of members) {
  for (const character of characters) {
    const code = character.charCodeAt(0);
    table[code] = (table[code] ?? 0) | bit;
  }
}

/** The class bits of each latin1 character. */
export const classOf: Readonly<Uint16Array> = table;
