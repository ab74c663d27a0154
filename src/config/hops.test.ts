import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { checkConfig } from "./check.ts";
import { loadConfigFile } from "./load-config-file.ts";
import { ConfigError } from "./problem.ts";
import { defineConfig } from "./types.ts";

function problemsOf(given: unknown): string[] {
  try {
    checkConfig("sip.config.ts", given, {});
  } catch (error) {
    assert.ok(error instanceof ConfigError);
    return error.message.split("\n").slice(1);
  }
  return [];
}

test("next hops, gateways and routes are completed with their defaults", () => {
  const given = defineConfig({
    domains: ["example.org"],
    nextHops: { "Partner.example": "sip:192.0.2.9;transport=tcp" },
    gateways: [
      { name: "a", uri: "sip:gw.example:5070", probe: true },
      { name: "b", uri: "sip:[2001:db8::1]", probe: { everyMs: 5_000 }, trusted: true },
      { name: "c", uri: "sip:192.0.2.10", probe: false },
    ],
    numbers: { country: "DE" },
    routes: [
      { prefix: "+", to: "a" },
      { number: "112", to: ["b", "c"] },
    ],
  });
  const { nextHops, gateways, numbers, routes } = checkConfig("file", given, {});
  assert.deepEqual(nextHops, { "partner.example": ["sip:192.0.2.9;transport=tcp"] });
  const probe = { everyMs: 30_000, timeoutMs: 4_000, downAfter: 2, upAfter: 1 };
  assert.deepEqual(gateways, [
    { name: "a", uri: "sip:gw.example:5070", probe, trusted: false },
    { name: "b", uri: "sip:[2001:db8::1]", probe: { ...probe, everyMs: 5_000 }, trusted: true },
    { name: "c", uri: "sip:192.0.2.10", probe: undefined, trusted: false },
  ]);
  assert.deepEqual(numbers, { country: "DE" });
  assert.deepEqual(routes, [
    { prefix: "+", number: undefined, to: ["a"] },
    { prefix: undefined, number: "112", to: ["b", "c"] },
  ]);
});

test("each mistake in them is told with its path, what was given and what is accepted", () => {
  assert.deepEqual(
    problemsOf({
      nextHops: { "not a domain": "sip:a.example", "b.example": ["b.example"] },
      gateways: [
        { name: "two words", uri: "sip:user@192.0.2.1" },
        { name: "b", uri: "sip:192.0.2.1;transport=tls", probe: "often" },
        { name: "c", uri: "sip:192.0.2.1:0", probe: { everyMs: 5, evryMs: 6 }, truste: true },
      ],
      numbers: { country: "Germany" },
      routes: [
        { prefix: "0049x", to: [] },
        { number: "one one two", to: 1 },
      ],
    }),
    [
      '  nextHops.not a domain: "sip:a.example" given; accepted: an object, nextHops: { "partner.example": "sip:proxy.partner.example" }',
      '  nextHops.b.example[0]: "b.example" given; accepted: sip:HOST or sip:HOST:PORT, with ;transport=udp or ;transport=tcp where one is wanted',
      '  gateways[0].name: "two words" given; accepted: a name of letters, digits, - _ and . for logs and routes',
      '  gateways[0].uri: "sip:user@192.0.2.1" given; accepted: sip:HOST or sip:HOST:PORT, with ;transport=udp or ;transport=tcp where one is wanted',
      '  gateways[1].uri: "sip:192.0.2.1;transport=tls" given; accepted: sip:HOST or sip:HOST:PORT, with ;transport=udp or ;transport=tcp where one is wanted',
      '  gateways[1].probe: "often" given; accepted: true, false, or { everyMs, timeoutMs, downAfter, upAfter }',
      '  gateways[2].uri: "sip:192.0.2.1:0" given; accepted: sip:HOST or sip:HOST:PORT, with ;transport=udp or ;transport=tcp where one is wanted',
      "  gateways[2].probe.everyMs: 5 given; accepted: a whole number of milliseconds from 1000 to 3600000",
      "  gateways[2].probe.evryMs: not known here; did you mean everyMs?",
      "  gateways[2].truste: not known here; did you mean trusted?",
      '  numbers.country: "Germany" given; accepted: a country by its two letters, as in "DE" (ISO 3166)',
      '  routes[0].prefix: "0049x" given; accepted: how numbers begin, "+49" or "+"; or digits as they are dialled, "118"',
      "  routes[0].to: [] given; accepted: the name of a gateway, or a list of 1 to 16 of them in the order to try",
      '  routes[1].number: "one one two" given; accepted: one whole number, "+4930123456"; or as it is dialled, "112"',
      "  routes[1].to: 1 given; accepted: the name of a gateway, or a list of 1 to 16 of them in the order to try",
    ],
  );
});

test("what is right by itself and wrong together is told too", () => {
  const gateway = { name: "berlin", uri: "sip:192.0.2.1" };
  assert.deepEqual(
    problemsOf({
      domains: ["example.org"],
      nextHops: { "example.org": "sip:192.0.2.9" },
      gateways: [
        gateway,
        { ...gateway, uri: "sip:gw.example", trusted: true },
        { name: "slow", uri: "sip:192.0.2.3", probe: { everyMs: 2_000, timeoutMs: 3_000 } },
      ],
      routes: [
        { prefix: "+49", to: "berln" },
        { prefix: "+49", to: "berlin" },
        { to: "berlin" },
        { prefix: "+4", number: "+4", to: ["berlin", "x"] },
      ],
    }),
    [
      "  nextHops.example.org: this domain is ours: its users are looked up here, and nothing is sent on for it",
      '  gateways[1].name: "berlin" given; the name of gateways[0] already',
      "  gateways[1].trusted: true given; with an address in uri: who may be trusted is known by the address alone",
      "  gateways[2].probe.timeoutMs: 3000 given; accepted: everyMs (2000) or less",
      '  routes[0].to[0]: "berln" given; no gateway has that name; did you mean berlin?',
      "  routes[1]: prefix +49 given; the same as routes[0]",
      "  routes[2]: accepted: one of prefix and number",
      "  routes[3]: accepted: one of prefix and number",
    ],
  );
});

test("each config file that the README shows is right", async (t) => {
  const readme = readFileSync(new URL("../../README.md", import.meta.url), "utf8");
  const shown = [...readme.matchAll(/^```ts\n(import { defineConfig[^]*?)^```/gm)];
  assert.ok(shown.length >= 2);
  const folder = mkdtempSync(join(tmpdir(), "nexthop-readme-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  let gatewayCount = 0;
  for (const [at, [, text = ""]] of shown.entries()) {
    const file = join(folder, `${at}.config.ts`);
    writeFileSync(file, text);
    // oxlint-disable-next-line no-await-in-loop
    gatewayCount += checkConfig(file, await loadConfigFile(file), {}).gateways.length;
  }
  assert.equal(gatewayCount, 2);
});
