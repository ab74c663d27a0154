import { ServerError } from "../causes/index.ts";
import type { Endpoint } from "../base/endpoint.ts";
import type { Random } from "../base/random.ts";
import { AvoidedDestinations, DestinationList, type ServerName } from "../routing/index.ts";
import type { Resolver } from "./parts.ts";

/**
 * The first destination of a name, for who sends one request and fails over to nowhere (RFC 3263 §4).
 *
 * @throws ServerError `next-hop-unresolvable`
 */
export async function locate(
  server: ServerName,
  resolver: Resolver,
  random: Random,
): Promise<Endpoint> {
  const list = new DestinationList([server], {
    fraction: () => random.fraction(),
    avoided: new AvoidedDestinations(),
    failed: new Set(),
  });
  for (;;) {
    const step = list.next(0, () => undefined);
    if (step.kind === "destination") return step.destination;
    if (step.kind !== "ask") {
      const detail = step.kind === "exhausted" ? step.detail : "";
      throw new ServerError("next-hop-unresolvable", detail);
    }
    const asked = step.questions.map((question) => [question, resolver.ask(question)] as const);
    for (const [question, answer] of asked) {
      // oxlint-disable-next-line no-await-in-loop -- all were asked before the first is waited for
      list.answered(question, await answer);
    }
  }
}
