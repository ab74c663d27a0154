import type { Gateway } from "./gateway.ts";

/** Which gateways take a number, in the order to try. */
export interface NumberRoute {
  /** `+49`, or digits that are dialled as they are: `112`. */
  readonly digits: string;
  /** Exactly that number, and not all that begin so. */
  readonly isWhole: boolean;
  readonly gateways: readonly Gateway[];
}

/** What is done with numbers that no user and no alias has. */
export interface DialPlan {
  /** Where `0` and `00` are dialled, ISO 3166: "DE"; undefined: only numbers with `+` are whole. */
  readonly country: string | undefined;
  readonly routes: readonly NumberRoute[];
}

/** The route for a number: the one that names it whole, else the longest prefix; of equals the first. */
export function routeFor(number: string, routes: readonly NumberRoute[]): NumberRoute | undefined {
  let best: NumberRoute | undefined;
  for (const route of routes) {
    const { digits, isWhole } = route;
    if (isWhole && digits === number) return route;
    if (isWhole || !number.startsWith(digits)) continue;
    if (best === undefined || digits.length > best.digits.length) best = route;
  }
  return best;
}

/** As `why` and traces write it: `+49…` for a prefix, `112` for a whole number. */
export function formatRoute({ digits, isWhole }: NumberRoute): string {
  return isWhole ? digits : `${digits}…`;
}
