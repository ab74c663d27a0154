import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { checkConfig } from "./check.ts";
import { dataFolderPath } from "./data-paths.ts";
import { parseHttpSpec, parseListenSpec } from "./listen-spec.ts";
import { loadConfigFile } from "./load-config-file.ts";
import { nearMiss } from "./near-miss.ts";
import { ConfigError } from "./problem.ts";
import { defineConfig } from "./types.ts";

/** The lines an operator reads about that configuration. */
function problemsOf(given: unknown): string[] {
  try {
    checkConfig("sip.config.ts", given, {});
  } catch (error) {
    assert.ok(error instanceof ConfigError);
    return error.message.split("\n");
  }
  return [];
}

test("nothing given is a whole configuration: 5060 on every address, digest (RFC 3261 §18.2.1)", () => {
  const config = checkConfig("defaults", {}, {});
  assert.equal(config.auth, "digest");
  assert.equal(config.timers.timerCMs, 185_000);
  assert.deepEqual(config.listen[0], { transport: "udp", address: "0.0.0.0", port: 5060 });
  const alsoTcp = { transport: "tcp", address: "0.0.0.0", port: 5060 };
  assert.ok(config.listen.some((each) => JSON.stringify(each) === JSON.stringify(alsoTcp)));
  assert.deepEqual(config.domains, []);
  assert.throws(() => {
    (config.limits as { connections: number }).connections = 1;
  }, TypeError);
});

test("every mistake is told at once, with its path, what was given and what is accepted", () => {
  assert.deepEqual(
    problemsOf({
      domains: ["example.org", "not a domain"],
      listen: [
        { transport: "udp", port: 5060 },
        { transport: "udp", port: 70_000 },
        "udp:localhost",
        { transport: "sctp" },
      ],
      auth: "basic",
      limit: {},
      registrar: { minExpiresSeconds: "60", maxBindings: 3, bindingPerAor: 3 },
      timers: { timerCMs: 180_000 },
      advertise: {},
    }),
    [
      "sip.config.ts: 11 problems",
      '  domains[1]: "not a domain" given; accepted: a host name such as example.org, an IPv4 address, or an IPv6 address in brackets',
      "  listen[1].port: 70000 given; accepted: a whole number from 0 to 65535",
      '  listen[2]: "udp:localhost" given; accepted: { transport, address, port }, or udp:ADDRESS:PORT or tcp:ADDRESS:PORT, IPv6 in brackets (udp:[::1]:5060), port 0 to 65535',
      '  listen[3].transport: "sctp" given; accepted: "udp" or "tcp"',
      '  auth: "basic" given; accepted: "digest" or "none"',
      "  advertise.host: accepted: a host name or an IP address",
      "  timers.timerCMs: 180000 given; accepted: a whole number of milliseconds from 180001 to 86400000",
      '  registrar.minExpiresSeconds: "60" given; accepted: a whole number of seconds from 1 to 3600',
      "  registrar.maxBindings: not known here; accepted: defaultExpiresSeconds, minExpiresSeconds, maxExpiresSeconds, bindingsPerAor",
      "  registrar.bindingPerAor: not known here; did you mean bindingsPerAor?",
      "  limit: not known here; did you mean limits?",
    ],
  );
});

test("the user agents that are offered MD5 alone are named by the operator, and an empty name is nobody's", () => {
  assert.deepEqual(problemsOf({ digest: { md5OnlyFor: ["PJSUA v2.10", ""] } }), [
    "sip.config.ts: 1 problem",
    '  digest.md5OnlyFor[1]: "" given; accepted: a list of at most 100 beginnings of User-Agent values',
  ]);
  const { digest } = checkConfig("sip.config.ts", { digest: { md5OnlyFor: [] } }, {});
  assert.deepEqual(digest.md5OnlyFor, []);
});

test("name servers are addresses, with a port where it is not 53", () => {
  const servers = ["192.0.2.53", "192.0.2.53:5353", "2001:db8::53", "[2001:db8::53]:5353"];
  const { dns } = checkConfig("sip.config.ts", { dns: { servers } }, {});
  assert.deepEqual(dns, { servers, avoidDeadMs: 30_000 });
  assert.equal(
    problemsOf({ dns: { servers: ["ns.example.org", "192.0.2.53:port"] } }).length,
    1 + 2,
  );
});

test("what is right by itself and wrong together is told too", () => {
  assert.deepEqual(
    problemsOf({
      listen: ["udp:127.0.0.1:5060", { transport: "udp", address: "127.0.0.1" }],
      registrar: { maxExpiresSeconds: 60, minExpiresSeconds: 120 },
    }),
    [
      "sip.config.ts: 2 problems",
      "  registrar.maxExpiresSeconds: 60 given; accepted: minExpiresSeconds (120) or more",
      "  listen[1]: udp:127.0.0.1:5060 given; the same as listen[0]",
    ],
  );
  assert.deepEqual(problemsOf({ listen: ["udp:127.0.0.1:0", "udp:127.0.0.1:0"] }), []);
});

test("what is no object at all is told what a configuration is", () => {
  for (const given of [undefined, null, 7, "udp:127.0.0.1:5060"]) {
    assert.match(problemsOf(given)[1] ?? "", /accepted: an object: export default defineConfig/);
  }
});

test("a flag goes before the file, and its absence leaves the file alone", () => {
  const given = defineConfig({ domains: ["Example.ORG"], auth: "none" });
  const config = checkConfig("file", given, { domains: ["example.net"] });
  assert.deepEqual(config.domains, ["example.net"]);
  assert.equal(config.auth, "none");
  assert.deepEqual(checkConfig("file", given, {}).domains, ["example.org"]);
});

test("a listener is written transport:address:port, with brackets around IPv6", () => {
  assert.deepEqual(parseListenSpec("udp:192.0.2.1:5060"), {
    transport: "udp",
    address: "192.0.2.1",
    port: 5060,
  });
  assert.deepEqual(parseListenSpec("TCP:[2001:DB8::1]:0"), {
    transport: "tcp",
    address: "2001:db8::1",
    port: 0,
  });
  for (const wrong of [
    "udp",
    "udp:192.0.2.1",
    "192.0.2.1:5060",
    "udp:::1:5060",
    "udp:[192.0.2.1]:5060",
    "udp:example.org:5060",
    "udp:192.0.2.1:65536",
    "udp:192.0.2.256:5060",
    "tls:192.0.2.1:5061",
  ]) {
    assert.equal(parseListenSpec(wrong), undefined, wrong);
  }
});

test("a config file finds the running package wherever it lies", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "nexthop-config-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const write = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  const good = write(
    "good.config.ts",
    'import { defineConfig, type ConfigInput } from "nexthop";\nimport { parseUri } from "nexthop/message";\n' +
      'const more: ConfigInput = { domains: [String(parseUri("sip:a@example.org")?.kind)] };\n' +
      'export default defineConfig({ ...more, auth: "none" });\n',
  );
  assert.deepEqual(await loadConfigFile(good), { domains: ["sip"], auth: "none" });
  const wrong: readonly (readonly [name: string, text: string, told: RegExp])[] = [
    ["none.ts", "export const config = {};", /exports nothing by default/],
    ["typo.ts", "export default {", /SyntaxError/],
    [
      "sub.ts",
      'import "nexthop/valkey"; export default {};',
      /nexthop\/valkey does not exist; there are nexthop, /,
    ],
    ["throws.ts", 'throw new Error("no URL set"); export default {};', /Error: no URL set/],
  ];
  for (const [name, text, told] of wrong) {
    // oxlint-disable-next-line no-await-in-loop
    await assert.rejects(loadConfigFile(write(name, text)), (error) => {
      assert.ok(error instanceof ConfigError);
      assert.match(error.message, told);
      assert.ok(error.message.includes(name));
      return true;
    });
  }
  await assert.rejects(loadConfigFile(join(folder, "missing.ts")), /there is no such file/);
});

test("the data folder is the flag's, else the environment's, else below the state folder", () => {
  const all = { NEXTHOP_DATA: "/n", XDG_STATE_HOME: "/x" };
  assert.equal(dataFolderPath("/flag", all), "/flag");
  assert.equal(dataFolderPath(undefined, all), "/n");
  assert.equal(dataFolderPath(undefined, { XDG_STATE_HOME: "/x", NEXTHOP_DATA: "" }), "/x/nexthop");
  assert.match(dataFolderPath(undefined, {}), /\.local\/state\/nexthop$/);
});

test("a near miss is two edits away at most, one in a short word", () => {
  assert.equal(nearMiss("domain", ["listen", "domains"]), "domains");
  assert.equal(nearMiss("Listen", ["listen", "domains"]), "listen");
  assert.equal(nearMiss("port", ["host", "transport"]), undefined);
  assert.equal(nearMiss("x", ["ab"]), undefined);
  assert.equal(nearMiss("certificate", ["listen", "domains"]), undefined);
});

test("http is off, or where to listen; what is neither is told with what is accepted", () => {
  assert.equal(checkConfig("defaults", {}, {}).http, "off");
  assert.equal(checkConfig("file", { http: "off" }, {}).http, "off");
  assert.deepEqual(checkConfig("file", { http: "127.0.0.1:80" }, { http: "[::1]:8080" }).http, {
    address: "::1",
    port: 8080,
  });
  assert.deepEqual(parseHttpSpec("localhost:0"), { address: "127.0.0.1", port: 0 });
  for (const http of ["8080", ":8080", "::1:8080", "127.0.0.1:65536", "example.org:80", 8080]) {
    assert.match(
      problemsOf({ http })[1] ?? "",
      /^ {2}http: .* given; accepted: "off", or ADDRESS:PORT/,
    );
  }
});
