import { sipHash, sipHashKey, type SipHashKey } from "../base/siphash.ts";
import { hashOf } from "./digest.ts";

const TIME_DIGITS = 11;
const SERIAL_DIGITS = 8;
const BODY_DIGITS = TIME_DIGITS + SERIAL_DIGITS + SERIAL_DIGITS;
const NONCE_DIGITS = BODY_DIGITS + 16;

/**
 * Nonces that need no table (RFC 7616 §5.5): the time, a serial number and a keyed hash of both with the realm, in hex. Bound to
 * nothing that changes on the way (RFC 7616 §3.3 warns of the client's address: NAT and proxies change it).
 */
export class NonceMint {
  readonly #key: SipHashKey;
  /** Tells apart what several processes with one secret mint in the same millisecond. */
  readonly #salt: string;
  #serial = 0;

  constructor(secret: string, salt: string) {
    this.#key = sipHashKey(hashOf("SHA-256", `nonce:${secret}`).slice(0, 32));
    this.#salt = salt.slice(0, SERIAL_DIGITS).padStart(SERIAL_DIGITS, "0");
  }

  /** Never the same twice: a count window belongs to one client. */
  mint(realm: string, nowMs: number): string {
    this.#serial = (this.#serial + 1) >>> 0;
    const body =
      Math.floor(nowMs).toString(16).padStart(TIME_DIGITS, "0") +
      this.#salt +
      this.#serial.toString(16).padStart(SERIAL_DIGITS, "0");
    return body + this.#seal(body, realm);
  }

  /** When we minted it for that realm; undefined for what is not ours. */
  mintedAtMs(nonce: string, realm: string): number | undefined {
    const body = nonce.slice(0, BODY_DIGITS);
    // Sealed before the length is looked at: a nonce of ours and a foreign one cost the same.
    const isOurs = body + this.#seal(body, realm) === nonce && nonce.length === NONCE_DIGITS;
    return isOurs ? parseInt(body.slice(0, TIME_DIGITS), 16) : undefined;
  }

  #seal(body: string, realm: string): string {
    return sipHash(this.#key, `${body}:${realm}`);
  }
}
