import type { RegisteredFacts } from "../types.ts";

/** How two codes stand to each other, the lower number first. */
export type Relation =
  | { readonly kind: "bothProvisional" }
  | { readonly kind: "provisionalFinal" }
  /** One request, one final response: this one or that one. */
  | { readonly kind: "alternatives" }
  /** Alternatives; and a client that acts on `first` by itself may get `second` on its next attempt. */
  | {
      readonly kind: "alternativesThenSteps";
      readonly first: RegisteredFacts;
      readonly second: RegisteredFacts;
    }
  /** No request can get both. */
  | { readonly kind: "apart"; readonly sameCall: boolean };

/**
 * What a client's software can do about a refusal without asking anybody, in the order in which a request meets them:
 * the first hop's demands before a proxy's, a proxy's before the callee's.
 */
const ACTS_BY_ITSELF: readonly number[] = [
  494, 407, 401, 421, 420, 305, 300, 301, 302, 439, 422, 423, 412, 415, 503, 491,
];

/** What can answer the second attempt of a request inside a dialog. */
const AFTER_REQUEST_PENDING: readonly number[] = [200, 408, 481, 488, 500, 503];

/** Methods that belong to a call; the others can come in one only by chance. */
const CALL_METHODS: readonly string[] = ["INVITE", "UPDATE", "INFO", "REFER"];

/** @param a the lower number */
export function relationOf(a: RegisteredFacts, b: RegisteredFacts): Relation {
  const common = commonMethods(a, b);
  if (common.length === 0) {
    return { kind: "apart", sameCall: isOfACall(a) && isOfACall(b) };
  }
  if (!b.final) return { kind: "bothProvisional" };
  if (!a.final) return { kind: "provisionalFinal" };
  const [first, second] = actsFirst(a) <= actsFirst(b) ? [a, b] : [b, a];
  if (actsFirst(first) === Infinity || !canFollow(first, second)) return { kind: "alternatives" };
  return { kind: "alternativesThenSteps", first, second };
}

/** The methods that both can answer; `any` when both can answer all. */
export function commonMethods(a: RegisteredFacts, b: RegisteredFacts): readonly string[] {
  if (a.methods.includes("any")) return b.methods;
  if (b.methods.includes("any")) return a.methods;
  return a.methods.filter((method) => b.methods.includes(method));
}

export function answers(facts: RegisteredFacts, method: string): boolean {
  return facts.methods.includes("any") || facts.methods.includes(method);
}

function isOfACall(facts: RegisteredFacts): boolean {
  return CALL_METHODS.some((method) => answers(facts, method));
}

function actsFirst({ code }: RegisteredFacts): number {
  const at = ACTS_BY_ITSELF.indexOf(code);
  return at === -1 ? Infinity : at;
}

function canFollow(first: RegisteredFacts, second: RegisteredFacts): boolean {
  if (first.code === 491) return AFTER_REQUEST_PENDING.includes(second.code);
  // These two need a dialog, which no first attempt has.
  return second.code !== 481 && second.code !== 491;
}
