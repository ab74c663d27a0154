import { answerChallenge, strongestChallenge } from "../auth/index.ts";
import { Header, type SipResponse } from "../message/index.ts";
import type { HeaderLine, RequestFactory } from "./request-factory.ts";

/** No request is repeated more often than this for the sake of challenges: one an element, and one stale nonce. */
const ANSWERS_MAX = 4;

/** The credentials of one request, as they grow with each 401 and 407 (RFC 3261 §22.2, §22.3). */
export class ChallengeAnswers {
  readonly #factory: RequestFactory;
  readonly #byRealm = new Map<string, HeaderLine>();
  #count = 0;

  constructor(factory: RequestFactory) {
    this.#factory = factory;
  }

  get headers(): readonly HeaderLine[] {
    return [...this.#byRealm.values()];
  }

  /**
   * Takes a challenge in.
   *
   * @returns false when repeating the request is of no use: no password, no algorithm that we know, or credentials
   * that were refused
   */
  answer(response: SipResponse, method: string, requestUri: string): boolean {
    const isProxy = response.statusCode === 407;
    if (!isProxy && response.statusCode !== 401) return false;
    const { password, random } = this.#factory.options;
    if (password === undefined || this.#count >= ANSWERS_MAX) return false;
    const values = response.values(isProxy ? Header.ProxyAuthenticate : Header.WwwAuthenticate);
    const challenge = strongestChallenge(values);
    if (challenge === undefined) return false;
    const realm = `${response.statusCode} ${challenge.realm}`;
    // The same realm asks again and does not call the nonce stale: the password is wrong, and not sent again (RFC 3261 §22.1).
    if (this.#byRealm.has(realm) && !challenge.stale) return false;
    const value = answerChallenge(values, {
      username: decodeURIComponentSafely(this.#factory.user),
      password,
      method,
      uri: requestUri,
      cnonce: random.hex128(),
    });
    if (value === undefined) return false;
    this.#count += 1;
    this.#byRealm.set(realm, [isProxy ? "Proxy-Authorization" : "Authorization", value]);
    return true;
  }
}

/** The user part is escaped as in a URI; the username of digest is not. */
function decodeURIComponentSafely(user: string): string {
  try {
    return decodeURIComponent(user);
  } catch {
    return user;
  }
}
