import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import {
  a,
  aaaa,
  cname,
  naptr,
  openNameServer,
  srv,
  type Said,
} from "../../test/support/name-server.ts";
import type { DnsRecord, DnsType } from "../base/dns.ts";
import { createResolver, type KnownAnswer } from "./resolver.ts";

interface LabOptions {
  readonly cacheEntries?: number;
  readonly soaMinimum?: number;
}

async function lab(t: TestContext, zone: Readonly<Record<string, Said>>, options: LabOptions = {}) {
  const folder = mkdtempSync(join(tmpdir(), "nexthop-dns-"));
  const hostsPath = join(folder, "hosts");
  writeFileSync(hostsPath, "192.0.2.9 Gateway gateway.example # the trunk\n2001:db8::9\tgateway\n");
  const server = await openNameServer(zone, options.soaMinimum);
  const clock = { nowMs: 0 };
  const resolver = createResolver({
    cacheEntries: options.cacheEntries ?? 10,
    nowMs: () => clock.nowMs,
    servers: [server.address],
    hostsPath,
    tryMs: 50,
  });
  t.after(() => {
    resolver.close();
    server.close();
    rmSync(folder, { recursive: true });
  });
  const known = async (type: DnsType, name: string): Promise<KnownAnswer> =>
    resolver.ask({ type, name });
  /** Records as text, or the kind of answer and why. */
  const ask = async (type: DnsType, name: string): Promise<string> => {
    const answer = await known(type, name);
    return answer.kind === "records"
      ? answer.records.map(textOf).join(", ")
      : `${answer.kind}: ${answer.detail}`;
  };
  return { ask, known, clock, ...server, resolver };
}

function textOf({ type, ...fields }: DnsRecord): string {
  return `${type} ${Object.values(fields).join(" ")}`;
}

test("each type of record is read as it is (RFC 1035 §4.1, RFC 2782, RFC 2915 §8, RFC 3596)", async (t) => {
  const { ask } = await lab(t, {
    "A example.org": [a("192.0.2.1"), a("192.0.2.2")],
    "AAAA example.org": [
      aaaa("20010db8000000000000000000000001"),
      aaaa("20010db8000100000000000000000000"),
    ],
    "SRV _sip._udp.example.org": [srv(10, 5, 5080, "A.example.org"), srv(0, 0, 0, ".")],
    "NAPTR example.org": [naptr(50, 10, "SIP+D2T", "_sip._tcp.example.org")],
  });
  assert.equal(await ask("A", "example.org"), "A 192.0.2.1, A 192.0.2.2");
  assert.equal(await ask("AAAA", "example.org"), "AAAA 2001:db8::1, AAAA 2001:db8:1::");
  assert.equal(
    await ask("SRV", "_sip._udp.example.org"),
    "SRV 10 5 5080 a.example.org, SRV 0 0 0 ",
  );
  assert.equal(await ask("NAPTR", "example.org"), "NAPTR 50 10 s SIP+D2T  _sip._tcp.example.org");
});

test("what does not fit in a datagram is asked for again over TCP (RFC 7766)", async (t) => {
  const many = Array.from({ length: 40 }, (_, at) => srv(at, 0, 5060, `server${at}.example.org`));
  const { known, askedOverTcp } = await lab(t, { "SRV _sip._udp.example.org": many });
  const answer = await known("SRV", "_sip._udp.example.org");
  assert.ok(answer.kind === "records");
  assert.equal(answer.records.length, 40);
  assert.deepEqual(askedOverTcp, ["SRV _sip._udp.example.org"]);
});

test("a server from before EDNS is asked again without it (RFC 6891 §7)", async (t) => {
  const { ask, asked } = await lab(t, { "A example.org": "FORMERR with EDNS" });
  assert.equal(await ask("A", "example.org"), "none: the name has no A record");
  assert.equal(asked.length, 2);
});

test("a name that is another's leads to its records, for as long as the shorter of both (RFC 1034 §3.6.2)", async (t) => {
  const { known } = await lab(t, {
    "A sip.example.org": cname("host.example.net", 20, a("192.0.2.1", 300)),
  });
  const answer = await known("A", "sip.example.org");
  assert.deepEqual(answer.kind === "records" && answer.records, [
    { type: "A", address: "192.0.2.1" },
  ]);
  assert.equal(answer.ttlSeconds, 20);
});

test("each way to find nothing is told apart", async (t) => {
  const { ask } = await lab(t, {
    "A missing.example": "NXDOMAIN",
    "A broken.example": "SERVFAIL",
    "A silent.example": "silence",
  });
  assert.equal(await ask("A", "missing.example"), "none: NXDOMAIN: there is no such name");
  assert.equal(await ask("A", "empty.example"), "none: the name has no A record");
  assert.equal(
    await ask("A", "broken.example"),
    "failed: SERVFAIL: the name server could not answer",
  );
  assert.equal(await ask("A", "silent.example"), "silent: no name server answered, 2 tries");
  assert.equal(await ask("A", "a..example"), "none: that is not a domain name");
  assert.equal(await ask("A", `${"a".repeat(64)}.example`), "none: that is not a domain name");
});

test("a name server that is not there is told at once", async (t) => {
  const gone = await openNameServer({});
  gone.close();
  const resolver = createResolver({ cacheEntries: 1, nowMs: () => 0, servers: [gone.address] });
  t.after(() => resolver.close());
  const answer = await resolver.ask({ type: "A", name: "example.org" });
  assert.equal(answer.kind, "silent");
  assert.match(answer.kind === "silent" ? answer.detail : "", /^no name server listens/);
});

test("the hosts file and localhost are never asked outside, nor their services (RFC 6761 §6.3)", async (t) => {
  const { ask, asked } = await lab(t, {});
  assert.equal(await ask("A", "gateway"), "A 192.0.2.9");
  assert.equal(await ask("AAAA", "gateway"), "AAAA 2001:db8::9");
  assert.equal(await ask("A", "localhost"), "A 127.0.0.1");
  assert.match(await ask("NAPTR", "gateway"), /^none: the hosts file/);
  assert.match(await ask("SRV", "_sip._udp.gateway.example"), /^none: the hosts file/);
  assert.deepEqual(asked, []);
});

test("an answer is used again until its time to live is over, SRV and NAPTR too, and a failure for a few seconds", async (t) => {
  const { ask, asked, clock } = await lab(t, {
    "SRV _sip._udp.example.org": [
      srv(1, 0, 5060, "a.example.org", 20),
      srv(2, 0, 5060, "b.example.org", 10),
    ],
    "A broken.example": "SERVFAIL",
  });
  const countAfter = async (nowMs: number): Promise<readonly number[]> => {
    clock.nowMs = nowMs;
    await ask("SRV", "_sip._udp.example.org");
    await ask("A", "broken.example");
    return ["SRV", "A"].map((type) => asked.filter((key) => key.startsWith(`${type} `)).length);
  };
  const [, failing = 0] = await countAfter(0);
  assert.deepEqual(await countAfter(2_999), [1, failing]);
  assert.deepEqual(await countAfter(9_999), [1, 2 * failing]);
  assert.deepEqual(await countAfter(10_000), [2, 2 * failing]);
});

test("an answer that is known is given at once, and not by promise", async (t) => {
  const { resolver } = await lab(t, { "A example.org": [a("192.0.2.1")] });
  const question = { type: "A", name: "example.org" } as const;
  const first = resolver.ask(question);
  assert.ok(first instanceof Promise);
  const known = await first;
  assert.equal(resolver.ask(question), known);
});

test("that there is nothing is believed as long as the SOA record says, and no longer than five minutes (RFC 2308 §5)", async (t) => {
  const short = await lab(t, { "A missing.example": "NXDOMAIN" }, { soaMinimum: 40 });
  assert.equal((await short.known("A", "missing.example")).ttlSeconds, 40);
  assert.equal((await short.known("A", "empty.example")).ttlSeconds, 40);
  const long = await lab(t, {}, { soaMinimum: 86_400 });
  assert.equal((await long.known("A", "empty.example")).ttlSeconds, 300);
  const silent = await lab(t, {});
  assert.equal((await silent.known("A", "empty.example")).ttlSeconds, 1);
});

test("many who ask for one name at once are one question", async (t) => {
  const { ask, asked } = await lab(t, { "A example.org": [a("192.0.2.1")] });
  await Promise.all(Array.from({ length: 50 }, () => ask("A", "example.org")));
  assert.equal(asked.length, 1);
});

test("no more answers are kept than the limit says: the first is asked for again", async (t) => {
  const { ask, asked } = await lab(
    t,
    { "A one.example": [a("192.0.2.1", 60)] },
    { cacheEntries: 2 },
  );
  for (const name of ["one.example", "two.example", "three.example", "one.example"]) {
    // oxlint-disable-next-line no-await-in-loop
    await ask("A", name);
  }
  assert.equal(asked.filter((key) => key === "A one.example").length, 2);
});
