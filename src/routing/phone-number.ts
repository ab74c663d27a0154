import { parsePhoneNumberFromString, type CountryCode } from "libphonenumber-js/min";

/** E.164 allows 15 digits; what is dialled before them (`00`, `011`, `0015`) is five at most. */
const DIALLED_DIGITS_MAX = 20;

/**
 * What has fewer digits than that is an extension or a short code (101, 112, 911, 116117) and is never read as part of
 * a longer number: an emergency call must not become a number in some town.
 */
export const NUMBER_DIGITS_MIN = 7;

/**
 * How a number was read. "as-written": nothing was changed; "separators": what is only there for the eye was taken out
 * (RFC 3966 §5.1.1); "phone-context": what its context says stands before it (§5.1.5); "international-prefix" and
 * "national": as the operator's country dials.
 */
export type NumberRule =
  | "as-written"
  | "separators"
  | "phone-context"
  | "international-prefix"
  | "national";

/** What was dialled, as routes and the directory are asked for it: `+493012345`, or digits that are no whole number. */
export interface DialledNumber {
  readonly number: string;
  readonly rule: NumberRule;
}

const SEPARATORS = /[-.() ]|%20/g;
const NUMBER = /^\+?[0-9]+$/;

/**
 * Reads the user part of a SIP URI or the number of a tel URI, parameters included; undefined for what is no number.
 * `country` is where `0` and `00` are dialled; without one only what begins with `+` becomes a whole number.
 */
export function readNumber(
  text: string,
  phoneContext: string | undefined,
  country: string | undefined,
): DialledNumber | undefined {
  const semicolon = text.indexOf(";");
  const subscriber = semicolon === -1 ? text : text.slice(0, semicolon);
  const digits = subscriber.replaceAll(SEPARATORS, "");
  if (!NUMBER.test(digits) || digits.length > DIALLED_DIGITS_MAX) return undefined;
  const context = phoneContext ?? contextIn(text);
  if (!digits.startsWith("+") && context?.startsWith("+") === true) {
    const number = (context + digits).replaceAll(SEPARATORS, "");
    return NUMBER.test(number) ? { number: canonical(number), rule: "phone-context" } : undefined;
  }
  if (digits.startsWith("+")) return unlessWritten(text, canonical(digits));
  return dialledIn(country, digits) ?? unlessWritten(text, digits);
}

/** RFC 3261 §19.1.6: in a SIP URI the parameters of the number are part of the user. */
function contextIn(text: string): string | undefined {
  return /;phone-context=([^;]+)/i.exec(text)?.[1];
}

function unlessWritten(text: string, number: string): DialledNumber {
  return { number, rule: number === text ? "as-written" : "separators" };
}

/** `+49(0)30…` is written by people who also dial 030: the 0 is no part of it. */
function canonical(international: string): string {
  const number = parsePhoneNumberFromString(international);
  return number?.isPossible() === true ? number.number : international;
}

/** As people dial in that country, or undefined: then it is not known what the digits are part of. */
function dialledIn(country: string | undefined, digits: string): DialledNumber | undefined {
  if (country === undefined || digits.length < NUMBER_DIGITS_MIN) return undefined;
  const read = parsePhoneNumberFromString(digits, country as CountryCode);
  if (read === undefined || !read.isPossible()) return undefined;
  const { number, nationalNumber } = read;
  if (digits.length >= number.length && digits.endsWith(number.slice(1))) {
    return { number, rule: "international-prefix" };
  }
  if (digits === nationalNumber) {
    // Without a trunk prefix it is a whole number only where such numbers are written so (in Berlin 301234 is not).
    const written = read.formatNational();
    const isWhole = read.isValid() && NOT_A_DIGIT.test(written) && onlyDigits(written) === digits;
    return isWhole ? { number, rule: "national" } : undefined;
  }
  if (!digits.endsWith(nationalNumber)) return undefined;
  // A bare 49 before it may be a country or a town; a bare 1 is how North America dials.
  const before = digits.slice(0, -nationalNumber.length);
  const isBareCode = before === read.countryCallingCode && before !== "1";
  return isBareCode ? undefined : { number, rule: "national" };
}

const NOT_A_DIGIT = /\D/;

function onlyDigits(text: string): string {
  return text.replaceAll(/\D/g, "");
}
