import { isIP } from "node:net";
import { isSupportedCountry } from "libphonenumber-js/min";
import { z } from "zod";
import { probeDefaults } from "./defaults.ts";
import { domain, isHost, list, oneLine, section, whole } from "./schema-parts.ts";

// Where requests go because the operator says so: next hops, gateways, numbers, routes.

const HOP_ACCEPTED =
  "accepted: sip:HOST or sip:HOST:PORT, with ;transport=udp or ;transport=tcp where one is wanted";
const HOP = /^sip:(\[[0-9a-f:.]+\]|[^\s:;@?[\]]+)(?::([0-9]{1,5}))?(?:;transport=(?:udp|tcp))?$/i;

const hopUri = z.string({ error: HOP_ACCEPTED }).refine(
  (uri) => {
    const [, host = "", port] = HOP.exec(uri) ?? [];
    return isHost(host) && (port === undefined || (Number(port) > 0 && Number(port) < 65_536));
  },
  { error: HOP_ACCEPTED },
);

/** A request tries no more places than that. */
const HOPS_MAX = 16;
const GATEWAYS_MAX = 1_000;
const ROUTES_MAX = 10_000;
const HOUR_MS = 3_600_000;

const hopUris = z.preprocess(
  (given) => (typeof given === "string" ? [given] : given),
  list(hopUri, `${HOP_ACCEPTED}; or a list of at most ${HOPS_MAX} of them`, 1, HOPS_MAX),
);

export const nextHops = z
  .record(domain, hopUris, {
    error: 'accepted: an object, nextHops: { "partner.example": "sip:proxy.partner.example" }',
  })
  .default({});

const PROBE_ACCEPTED = "accepted: true, false, or { everyMs, timeoutMs, downAfter, upAfter }";

const probe = z.preprocess(
  (given) => (given === true ? {} : given === false ? undefined : given),
  z
    .strictObject(
      {
        everyMs: whole(1_000, HOUR_MS, "milliseconds").default(probeDefaults.everyMs),
        timeoutMs: whole(100, 32_000, "milliseconds").default(probeDefaults.timeoutMs),
        downAfter: whole(1, 100).default(probeDefaults.downAfter),
        upAfter: whole(1, 100).default(probeDefaults.upAfter),
      },
      { error: PROBE_ACCEPTED },
    )
    .optional(),
);

const GATEWAY_NAME = "accepted: a name of letters, digits, - _ and . for logs and routes";
const NAME = /^[A-Za-z0-9_.-]{1,64}$/;
const gatewayName = oneLine(GATEWAY_NAME, (name) => NAME.test(name));

export const gateways = list(
  z.strictObject(
    {
      name: gatewayName,
      uri: hopUri,
      probe,
      trusted: z.boolean({ error: "accepted: true or false" }).default(false),
    },
    { error: "accepted: { name, uri, probe, trusted }" },
  ),
  `accepted: a list of at most ${GATEWAYS_MAX} gateways`,
  0,
  GATEWAYS_MAX,
).default([]);

const COUNTRY = 'accepted: a country by its two letters, as in "DE" (ISO 3166)';

export const numbers = section("numbers", {
  country: oneLine(COUNTRY, (country) => isSupportedCountry(country)).optional(),
}).prefault({});

const PREFIX_ACCEPTED =
  'accepted: how numbers begin, "+49" or "+"; or digits as they are dialled, "118"';
const NUMBER_ACCEPTED = 'accepted: one whole number, "+4930123456"; or as it is dialled, "112"';
const TO_ACCEPTED = `accepted: the name of a gateway, or a list of 1 to ${HOPS_MAX} of them in the order to try`;

const to = z.preprocess(
  (given) => (typeof given === "string" ? [given] : given),
  list(gatewayName, TO_ACCEPTED, 1, HOPS_MAX),
);

const route = z.strictObject(
  {
    prefix: oneLine(PREFIX_ACCEPTED, (text) =>
      /^(?:\+[0-9]{0,15}|[0-9]{1,15})$/.test(text),
    ).optional(),
    number: oneLine(NUMBER_ACCEPTED, (text) => /^\+?[0-9]{1,15}$/.test(text)).optional(),
    to,
  },
  { error: "accepted: { prefix, to } or { number, to }" },
);

export const routes = list(
  route,
  `accepted: a list of at most ${ROUTES_MAX} routes`,
  0,
  ROUTES_MAX,
).default([]);

/** Is the host of that URI an address, so that it is known without asking where requests from there come from? */
export function hasNumericHost(uri: string): boolean {
  const [, host = ""] = HOP.exec(uri) ?? [];
  return isIP(host.startsWith("[") ? host.slice(1, -1) : host) !== 0;
}
