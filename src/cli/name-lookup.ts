import { lookup, resolveSrv } from "node:dns/promises";
import { because } from "../causes/index.ts";
import type { ResolveQuestion } from "../routing/index.ts";
import type { Resolver } from "../server/index.ts";
import type { Endpoint } from "../base/endpoint.ts";

const DEFAULT_PORT = 5060;

/** Names as this machine knows them, the hosts file included: SRV where no port is named, then addresses. */
export function systemResolver(): Resolver {
  return {
    resolve: async (question) => {
      try {
        return await placesOf(question);
      } catch (error) {
        const detail = error instanceof Error ? error.message : String(error);
        return because("next-hop-unresolvable", 503, { target: question.name, detail });
      }
    },
  };
}

async function placesOf({ name, port, transport }: ResolveQuestion): Promise<Endpoint[]> {
  const services = port === undefined ? await servicesOf(name, transport) : [];
  const hosts = services.length > 0 ? services : [{ name, port: port ?? DEFAULT_PORT }];
  const found = await Promise.all(
    hosts.map(async (host) =>
      (await lookup(host.name, { all: true })).map(({ address }): Endpoint => ({
        transport,
        address,
        port: host.port,
      })),
    ),
  );
  return found.flat();
}

/** Of equal priority the heavier first: a test call needs no lottery (RFC 2782). */
async function servicesOf(
  name: string,
  transport: string,
): Promise<{ readonly name: string; readonly port: number }[]> {
  try {
    const records = await resolveSrv(`_sip._${transport}.${name}`);
    return records.toSorted(
      (one, other) => one.priority - other.priority || other.weight - one.weight,
    );
  } catch {
    return []; // no SRV record, or no name server at all: the addresses decide
  }
}
