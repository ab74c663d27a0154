import { parseUri, type SipUri, type Uri } from "../message/index.ts";
import type { ListedHop } from "./destination-list.ts";

/** How a gateway is asked whether it is there. */
export interface ProbeSettings {
  readonly everyMs: number;
  /** Each of its destinations may take so long. */
  readonly timeoutMs: number;
  /** Probes in a row that must fail before it counts as down. */
  readonly downAfter: number;
  /** Probes in a row that must succeed before it counts as up again. */
  readonly upAfter: number;
}

/** What a probe came to: a status code as text, or why none came. */
export type ProbeResult = `${number}` | "silent" | "unreachable" | "unresolvable";

/** "unknown": not probed, or not yet; it is used like one that is up. */
export interface GatewayHealth {
  readonly state: "unknown" | "up" | "down";
  /** Since when it is in that state. */
  readonly sinceMs: number;
  /** The probe that brought it there; "" while unknown. */
  readonly result: ProbeResult | "";
}

const UNKNOWN: GatewayHealth = { state: "unknown", sinceMs: 0, result: "" };

/** An element that takes calls to numbers: where it is, and whether it is there. */
export class Gateway {
  readonly name: string;
  readonly uri: SipUri;
  readonly hop: ListedHop;
  /** Requests from its address may say that they are from our users. */
  readonly isTrusted: boolean;
  /** undefined: it is never asked. */
  readonly probe: ProbeSettings | undefined;
  /** Written by its probe alone. */
  health: GatewayHealth = UNKNOWN;

  constructor(options: {
    readonly name: string;
    readonly uri: SipUri;
    readonly hop: ListedHop;
    readonly isTrusted: boolean;
    readonly probe: ProbeSettings | undefined;
  }) {
    this.name = options.name;
    this.uri = options.uri;
    this.hop = options.hop;
    this.isTrusted = options.isTrusted;
    this.probe = options.probe;
  }

  /**
   * That number as a Request-URI there. `user=phone` says that the user part is a telephone number (RFC 3261 §19.1.1);
   * a short code without a context is none by the grammar of RFC 3966 §3, so it goes without.
   */
  requestUriFor(number: string): Uri | undefined {
    const place = this.uri.text.slice(this.uri.text.indexOf(":") + 1);
    const isPhone = number.startsWith("+");
    return parseUri(`sip:${number}@${place}${isPhone ? ";user=phone" : ""}`);
  }
}

/**
 * In the order to try: as the route has them, those that are down after all others, never not at all. A probe may be
 * wrong (a gateway that ignores OPTIONS takes calls all the same), and worse than no answer is not to have asked.
 */
export function inOrderToTry(gateways: readonly Gateway[]): {
  readonly order: readonly Gateway[];
  readonly passedOver: readonly Gateway[];
} {
  const passedOver = gateways.filter(({ health }) => health.state === "down");
  if (passedOver.length === 0) return { order: gateways, passedOver };
  const first = gateways.filter(({ health }) => health.state !== "down");
  return { order: [...first, ...passedOver], passedOver };
}
