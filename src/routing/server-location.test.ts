import assert from "node:assert/strict";
import { test } from "node:test";
import { formatEndpoint } from "../base/endpoint.ts";
import { seededRandom } from "../base/random.ts";
import { parseUri } from "../message/index.ts";
import { NameZone, type ZoneEntry } from "../testing/index.ts";
import { nextHopOf } from "./next-hop.ts";
import { QUESTIONS_MAX, ServerLocation } from "./server-location.ts";

type Zone = Readonly<Record<string, ZoneEntry>>;

const NAPTR_BOTH = [
  '90 50 "s" "SIP+D2T" "" _sip._tcp.example.org.',
  '100 50 "s" "SIP+D2U" "" _sip._udp.example.org.',
];

/** Locates to the end. @returns what was asked and what came of it, in order; the last line is why it ended */
function located(uri: string, entries: Zone, fraction: () => number = () => 0): string[] {
  const parsed = parseUri(uri);
  const hop = parsed === undefined ? undefined : nextHopOf(parsed);
  assert.ok(hop?.kind === "locate", uri);
  const zone = new NameZone(entries);
  const location = new ServerLocation(hop.server, fraction);
  const lines: string[] = [];
  for (;;) {
    const step = location.next();
    if (step.kind === "ask") {
      lines.push(step.questions.map(({ type, name }) => `${type} ${name}`).join(" + "));
      for (const question of step.questions) location.answered(question, zone.ask(question));
    } else if (step.kind === "destination") {
      const { transport, address, port } = step.destination;
      lines.push(`-> ${formatEndpoint(transport, address, port)}`);
    } else {
      assert.equal(step.kind, "exhausted");
      return step.kind === "exhausted" && step.detail !== "" ? [...lines, step.detail] : lines;
    }
  }
}

/** The destinations alone. */
function destinations(uri: string, zone: Zone, fraction?: () => number): string[] {
  return located(uri, zone, fraction)
    .filter((line) => line.startsWith("-> "))
    .map((line) => line.slice(3));
}

test("a port in the URI: addresses and no SRV, and UDP where no transport is named (RFC 3263 §4.1, §4.2)", () => {
  const zone = { "A example.org": ["192.0.2.1", "192.0.2.2"] };
  assert.deepEqual(located("sip:example.org:5060", zone), [
    "A example.org + AAAA example.org",
    "-> udp:192.0.2.1:5060",
    "-> udp:192.0.2.2:5060",
  ]);
  assert.deepEqual(destinations("sip:example.org:5070;transport=tcp", zone), [
    "tcp:192.0.2.1:5070",
    "tcp:192.0.2.2:5070",
  ]);
});

test("a transport in the URI: its SRV records, and no NAPTR (RFC 3263 §4.1, §4.2)", () => {
  assert.deepEqual(
    located("sip:example.org;transport=tcp", {
      "SRV _sip._tcp.example.org": ["10 0 5080 a.example.org"],
      "A a.example.org": ["192.0.2.1"],
    }),
    ["SRV _sip._tcp.example.org", "A a.example.org + AAAA a.example.org", "-> tcp:192.0.2.1:5080"],
  );
});

test("neither: NAPTR chooses transport and SRV name, also in another domain (RFC 3263 §4.1)", () => {
  assert.deepEqual(
    located("sip:bob@example.org", {
      "NAPTR example.org": ['100 50 "s" "SIP+D2T" "" _sip._tcp.carrier.net.'],
      "SRV _sip._tcp.carrier.net": ["0 0 5062 sbc.carrier.net"],
      "A sbc.carrier.net": ["192.0.2.1"],
    }),
    [
      "NAPTR example.org",
      "SRV _sip._tcp.carrier.net",
      "A sbc.carrier.net + AAAA sbc.carrier.net",
      "-> tcp:192.0.2.1:5062",
    ],
  );
});

test("of NAPTR records those that we cannot use are discarded, then the lowest order holds (RFC 3263 §4.1, RFC 2915 §2)", () => {
  const servers = {
    "SRV _sip._tcp.example.org": ["0 1 5060 t.example.org"],
    "SRV _sip._udp.example.org": ["0 1 5060 u.example.org"],
    "A t.example.org": ["192.0.2.1"],
    "A u.example.org": ["192.0.2.2"],
  };
  const chosen = (...records: string[]): string[] =>
    destinations("sip:example.org", { ...servers, "NAPTR example.org": records });
  // RFC 3263's own example, without TLS.
  assert.deepEqual(chosen('50 50 "s" "SIPS+D2T" "" _sips._tcp.example.org.', ...NAPTR_BOTH), [
    "tcp:192.0.2.1:5060",
  ]);
  assert.deepEqual(
    chosen('10 1 "s" "SIP+D2S" "" _sip._sctp.example.org.', ...NAPTR_BOTH.slice(1)),
    ["udp:192.0.2.2:5060"],
  );
  // One order: both, by preference.
  assert.deepEqual(
    chosen(
      '10 2 "S" "sip+d2t" "" _sip._tcp.example.org.',
      '10 1 "s" "SIP+D2U" "" _sip._udp.example.org.',
    ),
    ["udp:192.0.2.2:5060", "tcp:192.0.2.1:5060"],
  );
  // A rewriting rule is no SRV name, and neither is a terminal address.
  assert.deepEqual(
    chosen(
      '10 1 "u" "SIP+D2T" "!^.*$!sip:x@example.org!" .',
      '10 1 "a" "SIP+D2T" "" t.example.org.',
      '20 1 "s" "SIP+D2U" "" _sip._udp.example.org.',
    ),
    ["udp:192.0.2.2:5060"],
  );
});

test("no NAPTR record that can be used: SRV for what is spoken here, UDP first, the other when it is needed (RFC 3263 §4.1)", () => {
  const zone = {
    "SRV _sip._udp.example.org": ["0 1 5060 u.example.org"],
    "SRV _sip._tcp.example.org": ["0 1 5061 t.example.org"],
    "A u.example.org": ["192.0.2.2"],
    "A t.example.org": ["192.0.2.1"],
  };
  const both = ["udp:192.0.2.2:5060", "tcp:192.0.2.1:5061"];
  assert.deepEqual(destinations("sip:example.org", zone), both);
  const sips = ['50 50 "s" "SIPS+D2T" "" _sips._tcp.example.org.'];
  assert.deepEqual(destinations("sip:example.org", { ...zone, "NAPTR example.org": sips }), both);
  const broken = { ...zone, "NAPTR example.org": "SERVFAIL" } as const;
  assert.deepEqual(destinations("sip:example.org", broken), both);
  assert.deepEqual(
    destinations("sip:example.org", { ...zone, "SRV _sip._udp.example.org": [] }),
    both.slice(1),
  );
});

test("no SRV records at all: the domain's own addresses at 5060, by UDP or the transport chosen (RFC 3263 §4.2)", () => {
  const zone = { "A example.org": ["192.0.2.1"] };
  assert.deepEqual(located("sip:example.org", zone), [
    "NAPTR example.org",
    "SRV _sip._udp.example.org",
    "SRV _sip._tcp.example.org",
    "A example.org + AAAA example.org",
    "-> udp:192.0.2.1:5060",
  ]);
  assert.deepEqual(destinations("sip:example.org;transport=tcp", zone), ["tcp:192.0.2.1:5060"]);
  assert.deepEqual(destinations("sip:example.org", { ...zone, "NAPTR example.org": NAPTR_BOTH }), [
    "tcp:192.0.2.1:5060",
  ]);
});

test("servers by priority, the addresses of each asked for when its turn comes, and never the domain's own (RFC 2782)", () => {
  assert.deepEqual(
    located("sip:example.org;transport=udp", {
      "SRV _sip._udp.example.org": ["20 0 5090 b.example.org", "10 0 5080 a.example.org"],
      "A a.example.org": ["192.0.2.1", "192.0.2.2"],
      "A b.example.org": ["192.0.2.3"],
      "A example.org": ["192.0.2.99"],
    }),
    [
      "SRV _sip._udp.example.org",
      "A a.example.org + AAAA a.example.org",
      "-> udp:192.0.2.1:5080",
      "-> udp:192.0.2.2:5080",
      "A b.example.org + AAAA b.example.org",
      "-> udp:192.0.2.3:5090",
    ],
  );
});

test("IPv4 before IPv6, also when the IPv6 addresses are known first", () => {
  const location = new ServerLocation(
    { name: "example.org", port: 5060, transport: "udp" },
    () => 0,
  );
  assert.equal(location.next().kind, "ask");
  location.answered(
    { type: "AAAA", name: "example.org" },
    {
      kind: "records",
      records: [{ type: "AAAA", address: "2001:db8::1" }],
    },
  );
  assert.equal(location.next().kind, "awaiting");
  location.answered(
    { type: "A", name: "example.org" },
    {
      kind: "records",
      records: [{ type: "A", address: "192.0.2.1" }],
    },
  );
  const addresses = [location.next(), location.next()].map((step) =>
    step.kind === "destination" ? step.destination.address : step.kind,
  );
  assert.deepEqual(addresses, ["192.0.2.1", "2001:db8::1"]);
});

test("an IPv4 address is not held back for an answer about IPv6 that has not come", () => {
  const location = new ServerLocation(
    { name: "example.org", port: 5060, transport: "udp" },
    () => 0,
  );
  location.next();
  location.answered(
    { type: "A", name: "example.org" },
    { kind: "records", records: [{ type: "A", address: "192.0.2.1" }] },
  );
  assert.equal(location.next().kind, "destination");
  assert.equal(location.next().kind, "awaiting");
});

test("an SRV record that names an address is taken at its word; one without addresses is passed over", () => {
  assert.deepEqual(
    destinations("sip:example.org;transport=udp", {
      "SRV _sip._udp.example.org": ["1 0 5060 gone.example.org", "2 0 5066 192.0.2.6"],
    }),
    ["udp:192.0.2.6:5066"],
  );
});

test("one SRV record that names the root: not offered, and nothing else is tried (RFC 2782)", () => {
  const zone = { "SRV _sip._udp.example.org": ["0 0 0 ."], "A example.org": ["192.0.2.1"] };
  assert.deepEqual(located("sip:example.org;transport=udp", zone), [
    "SRV _sip._udp.example.org",
    "_sip._udp.example.org: the domain says that it offers no such service",
  ]);
  // Without a transport in the URI the other one may be offered.
  assert.deepEqual(
    destinations("sip:example.org", {
      ...zone,
      "SRV _sip._tcp.example.org": ["0 0 5060 t.example.org"],
      "A t.example.org": ["192.0.2.2"],
    }),
    ["tcp:192.0.2.2:5060"],
  );
});

test("when SRV cannot be known the domain's own address is not guessed at, and silence ends it", () => {
  const addresses = { "A example.org": ["192.0.2.1"] };
  assert.deepEqual(
    located("sip:example.org;transport=udp", {
      ...addresses,
      "SRV _sip._udp.example.org": "SERVFAIL",
    }).slice(1),
    ["_sip._udp.example.org: SERVFAIL"],
  );
  assert.deepEqual(located("sip:example.org", { ...addresses, "NAPTR example.org": "silence" }), [
    "NAPTR example.org",
    "example.org: no name server answered",
  ]);
});

test("two servers whose addresses nobody tells are enough waiting: the others are not asked about", () => {
  const zone: Record<string, ZoneEntry> = {
    "SRV _sip._udp.example.org": [1, 2, 3].map((at) => `${at} 0 5060 s${at}.example.org`),
    "A s3.example.org": ["192.0.2.3"],
  };
  for (const at of [1, 2]) {
    zone[`A s${at}.example.org`] = "silence";
    zone[`AAAA s${at}.example.org`] = "silence";
  }
  const uri = "sip:example.org;transport=udp";
  assert.deepEqual(located(uri, zone), [
    "SRV _sip._udp.example.org",
    "A s1.example.org + AAAA s1.example.org",
    "A s2.example.org + AAAA s2.example.org",
    "s1.example.org: no name server answered; s2.example.org: no name server answered",
  ]);
  assert.deepEqual(
    destinations(uri, { ...zone, "A s2.example.org": [], "AAAA s2.example.org": [] }),
    ["udp:192.0.2.3:5060"],
  );
});

test("what was not found is said once, with the name", () => {
  assert.equal(
    located("sip:missing.example:5060", {
      "A missing.example": "NXDOMAIN",
      "AAAA missing.example": "NXDOMAIN",
    }).at(-1),
    "missing.example: NXDOMAIN: there is no such name",
  );
  assert.equal(
    located("sip:empty.example", {}).at(-1),
    "empty.example: the name has no A record; empty.example: the name has no AAAA record",
  );
});

test("within one priority the draw goes by weight, and zero weight comes last but not never (RFC 2782)", () => {
  const zone: Zone = {
    "SRV _sip._udp.example.org": [
      "1 60 1 192.0.2.60",
      "1 30 1 192.0.2.30",
      "1 10 1 192.0.2.10",
      "1 0 1 192.0.2.99",
      "2 9 1 192.0.2.2",
    ],
  };
  const random = seededRandom(5);
  const firsts = new Map<string, number>();
  const rounds = 4_000;
  for (let round = 0; round < rounds; round += 1) {
    const order = destinations("sip:example.org;transport=udp", zone, () => random.fraction());
    assert.equal(order.length, 5);
    assert.equal(order.at(-1), "udp:192.0.2.2:1");
    firsts.set(order[0] ?? "", (firsts.get(order[0] ?? "") ?? 0) + 1);
  }
  const share = (last: number): number => (firsts.get(`udp:192.0.2.${last}:1`) ?? 0) / rounds;
  assert.ok(Math.abs(share(60) - 0.6) < 0.03, `${share(60)}`);
  assert.ok(Math.abs(share(30) - 0.3) < 0.03, `${share(30)}`);
  assert.ok(Math.abs(share(10) - 0.1) < 0.02, `${share(10)}`);
  assert.ok(share(99) > 0 && share(99) < 0.03, `${share(99)}`);
});

test("a domain that names ever more names is asked no more than the limit says", () => {
  const zone: Record<string, ZoneEntry> = {
    "NAPTR example.org": Array.from(
      { length: 200 },
      (_, at) => `10 ${at} "s" "SIP+D2U" "" _sip._udp.n${at}.example.org.`,
    ),
  };
  const asked = located("sip:example.org", zone).filter((line) => /^[A-Z]+ /.test(line));
  assert.equal(asked.length, QUESTIONS_MAX);
});
