import type { TransportName } from "../base/endpoint.ts";

/** A TARGET of RFC 3263 §4 that is a name: what the URI says about it, and nothing that was looked up. */
export interface ServerName {
  /** Lower case, no dot at the end. */
  readonly name: string;
  readonly port: number | undefined;
  /** undefined: NAPTR or the SRV records that are there decide. */
  readonly transport: TransportName | undefined;
}

/** As people write it: `sip.example.org`, `sip.example.org:5070/tcp`. */
export function formatServerName({ name, port, transport }: ServerName): string {
  return (
    name + (port === undefined ? "" : `:${port}`) + (transport === undefined ? "" : `/${transport}`)
  );
}
