import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { a, openNameServer, srv, type Said } from "../../test/support/name-server.ts";
import { formatEndpoint } from "../base/endpoint.ts";
import type { NameQuestion } from "./name-question.ts";
import { createResolver } from "./resolver.ts";
import { inOrder } from "./service-order.ts";

async function lab(t: TestContext, zone: Readonly<Record<string, Said>>, cacheEntries = 10) {
  const folder = mkdtempSync(join(tmpdir(), "nexthop-dns-"));
  const hostsPath = join(folder, "hosts");
  writeFileSync(hostsPath, "192.0.2.9 Gateway gateway.example # the trunk\n2001:db8::9\tgateway\n");
  const server = await openNameServer(zone);
  const clock = { nowMs: 0 };
  const resolver = createResolver({
    cacheEntries,
    nowMs: () => clock.nowMs,
    fraction: () => 0,
    servers: [server.address],
    hostsPath,
    tryMs: 50,
  });
  t.after(() => {
    resolver.close();
    server.close();
    rmSync(folder, { recursive: true });
  });
  /** Places as text, or the cause's detail. */
  const ask = async (name: string, rest: Partial<NameQuestion> = {}): Promise<string> => {
    const found = await resolver.resolve({ transport: "udp", port: undefined, ...rest, name });
    if ("kind" in found) {
      assert.equal(found.id, "next-hop-unresolvable");
      return String(found.evidence["detail"]);
    }
    return found
      .map(({ transport, address, port }) => formatEndpoint(transport, address, port))
      .join(" ");
  };
  return { ask, clock, asked: server.asked };
}

test("a name with a port is asked for its addresses only (RFC 3263 §4.2)", async (t) => {
  const { ask, asked } = await lab(t, { "A example.org": [a("192.0.2.1"), a("192.0.2.2")] });
  const places = await ask("example.org", { port: 5070, transport: "tcp" });
  assert.equal(places, "tcp:192.0.2.1:5070 tcp:192.0.2.2:5070");
  assert.deepEqual(
    asked.toSorted((one, other) => one.localeCompare(other)),
    ["A example.org", "AAAA example.org"],
  );
});

test("a name without a port is asked for its service of that transport (RFC 3263 §4.2)", async (t) => {
  const { ask } = await lab(t, {
    "SRV _sip._tcp.example.org": [
      srv(20, 0, 5090, "b.example.org"),
      srv(10, 0, 5080, "a.example.org"),
    ],
    "A a.example.org": [a("192.0.2.1")],
    "A b.example.org": [a("192.0.2.2")],
  });
  assert.equal(
    await ask("example.org", { transport: "tcp" }),
    "tcp:192.0.2.1:5080 tcp:192.0.2.2:5090",
  );
});

test("a name without such a service leads to its addresses at 5060 (RFC 3263 §4.2)", async (t) => {
  const { ask } = await lab(t, { "A example.org": [a("192.0.2.1")] });
  assert.equal(await ask("Example.ORG."), "udp:192.0.2.1:5060");
});

test("a domain that says it offers no such service is not asked for addresses (RFC 2782)", async (t) => {
  const { ask } = await lab(t, {
    "SRV _sip._udp.example.org": [srv(0, 0, 0, ".")],
    "A example.org": [a("192.0.2.1")],
  });
  assert.match(await ask("example.org"), /offers no such service/);
});

test("each way to find nothing is told apart", async (t) => {
  const { ask } = await lab(t, {
    "SRV _sip._udp.missing.example": "NXDOMAIN",
    "A missing.example": "NXDOMAIN",
    "AAAA missing.example": "NXDOMAIN",
    "SRV _sip._udp.broken.example": "SERVFAIL",
    "A silent.example": "silence",
  });
  assert.equal(await ask("missing.example"), "missing.example: NXDOMAIN: there is no such name");
  assert.equal(
    await ask("empty.example"),
    "empty.example: the name has neither A nor AAAA records",
  );
  assert.equal(
    await ask("silent.example", { port: 5060 }),
    "silent.example: no name server answered, 2 tries",
  );
  assert.match(await ask("broken.example"), /^_sip\._udp\.broken\.example: SERVFAIL/);
});

test("the hosts file and localhost are never asked outside (RFC 6761 §6.3)", async (t) => {
  const { ask, asked } = await lab(t, {});
  assert.equal(await ask("GATEWAY"), "udp:192.0.2.9:5060 udp:[2001:db8::9]:5060");
  assert.equal(await ask("gateway.example", { port: 5070 }), "udp:192.0.2.9:5070");
  assert.equal(await ask("localhost"), "udp:127.0.0.1:5060 udp:[::1]:5060");
  assert.deepEqual(asked, []);
});

test("an answer is used again until its time to live is over, and a failure for a few seconds", async (t) => {
  const { ask, asked, clock } = await lab(t, {
    "A example.org": [a("192.0.2.1", 20), a("192.0.2.2", 10)],
    "A broken.example": "SERVFAIL",
  });
  const both = async (): Promise<number> => {
    await ask("example.org", { port: 5060 });
    await ask("broken.example", { port: 5060 });
    return asked.filter((key) => key.startsWith("A ")).length;
  };
  const first = await both();
  clock.nowMs = 2_999;
  assert.equal(await both(), first);
  clock.nowMs = 9_999;
  const second = await both();
  assert.ok(second > first, "the failure is asked for again");
  clock.nowMs = 10_000;
  await both();
  assert.equal(asked.filter((key) => key === "A example.org").length, 2);
});

test("many who ask for one name at once are one question", async (t) => {
  const { ask, asked } = await lab(t, { "A example.org": [a("192.0.2.1")] });
  await Promise.all(Array.from({ length: 50 }, () => ask("example.org", { port: 5060 })));
  assert.equal(asked.length, 2);
});

test("no more answers are kept than the limit says: the first is asked for again", async (t) => {
  const { ask, asked } = await lab(t, { "A one.example": [a("192.0.2.1", 60)] }, 2);
  for (const name of ["one.example", "two.example", "three.example", "one.example"]) {
    // oxlint-disable-next-line no-await-in-loop
    await ask(name, { port: 5060 });
  }
  assert.equal(asked.filter((key) => key === "A one.example").length, 2);
});

test("within one priority the draw goes by weight (RFC 2782)", () => {
  const port = 5060;
  const records = [
    { name: "heavy", priority: 1, weight: 90, port },
    { name: "light", priority: 1, weight: 10, port },
    { name: "last", priority: 2, weight: 100, port },
  ];
  const names = (fraction: number): string =>
    inOrder(records, () => fraction)
      .map(({ name }) => name)
      .join(" ");
  assert.equal(names(0), "light heavy last");
  assert.equal(names(0.5), "heavy light last");
});
