import { parsePhoneNumberFromString, type CountryCode } from "libphonenumber-js/min";
import { addressOf } from "./format.ts";

/** `011`, `00` and `+` all begin an international number, depending on where it is dialled. */
const INTERNATIONAL_PREFIXES = /^(?:\+|00|011)/;
const PHONE_NUMBER = /^\+?[0-9]{5,20}$/;

/**
 * The other ways to write the number that `user` is; none where it is no number. National forms are known for the
 * country of the number itself, or, when it has no country code, for the country of the caller's own number.
 */
export function otherNumberForms(user: string, from: string): string[] {
  const plain = user.replace(/[-.()]/g, "");
  if (!PHONE_NUMBER.test(plain)) return [];
  const digits = plain.replace(INTERNATIONAL_PREFIXES, "");
  const forms = new Set([plain, digits, `+${digits}`, `00${digits}`]);
  const international = parsePhoneNumberFromString(`+${digits}`);
  const national = parsePhoneNumberFromString(plain, callerCountry(from));
  for (const number of [international, national]) {
    if (number === undefined || !number.isPossible()) continue;
    forms.add(number.number);
    forms.add(number.number.slice(1));
    forms.add(number.nationalNumber);
    forms.add(number.formatNational().replace(/\D/g, ""));
  }
  forms.delete(user);
  return [...forms];
}

function callerCountry(from: string): CountryCode | undefined {
  const [user = ""] = addressOf(from).split("@");
  if (!/^\+?[0-9]{7,15}$/.test(user)) return undefined;
  return parsePhoneNumberFromString(user.startsWith("+") ? user : `+${user}`)?.country;
}
