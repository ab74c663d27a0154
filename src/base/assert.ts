/** Insists on what our own code promised. A failure is a bug of ours, never the peer's doing. */
export function assert(condition: boolean, claim: string): asserts condition {
  if (!condition) throw new AssertionFailed(claim);
}

/** Closes a `switch` over a union: does not compile when a case is missing. */
export function assertNever(value: never): never {
  throw new AssertionFailed(`no case for ${JSON.stringify(value)}`);
}

/** A bug of ours. The driver counts it, ends that one request with 500 and goes on. */
export class AssertionFailed extends Error {
  override readonly name = "AssertionFailed";
}
