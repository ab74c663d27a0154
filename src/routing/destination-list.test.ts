import assert from "node:assert/strict";
import { test } from "node:test";
import { formatEndpoint, type Endpoint } from "../base/endpoint.ts";
import { NameZone, type ZoneEntry } from "../testing/index.ts";
import { AvoidedDestinations, AVOIDED_MAX } from "./avoided-destinations.ts";
import { DestinationList, DESTINATIONS_MAX, type ListedHop } from "./destination-list.ts";

const A1 = place("192.0.2.1");
const A2 = place("192.0.2.2");
const A3 = place("192.0.2.3");

function place(address: string, port = 5060): Endpoint {
  return { transport: "udp", address, port };
}

function hopTo(name: string): ListedHop {
  return { name, port: 5060, transport: undefined };
}

interface Play {
  readonly zone?: Readonly<Record<string, ZoneEntry>>;
  readonly avoided?: AvoidedDestinations;
  readonly failed?: Set<string>;
  readonly nowMs?: number;
}

/** All destinations of a list, each followed by what was skipped before it. */
function played(hops: readonly ListedHop[], play: Play = {}): string[] {
  const { avoided = new AvoidedDestinations(), failed = new Set<string>(), nowMs = 0 } = play;
  const zone = new NameZone(play.zone);
  const list = new DestinationList(hops, { fraction: () => 0, avoided, failed });
  const lines: string[] = [];
  for (;;) {
    const step = list.next(nowMs, (destination, why, untilMs) => {
      lines.push(`${why} ${destination}${why === "avoided" ? ` until ${untilMs}` : ""}`);
    });
    if (step.kind === "ask") {
      for (const question of step.questions) list.answered(question, zone.ask(question));
    } else if (step.kind === "destination") {
      const { transport, address, port } = step.destination;
      lines.push(formatEndpoint(transport, address, port));
    } else {
      return step.kind === "exhausted" && step.detail !== "" ? [...lines, step.detail] : lines;
    }
  }
}

test("hops that somebody listed take the place of what the DNS says: places and names, in their order", () => {
  const name = { name: "gw.example", port: 5070, transport: "tcp" } as const;
  assert.deepEqual(played([A1, name, A2], { zone: { "A gw.example": ["192.0.2.9"] } }), [
    "udp:192.0.2.1:5060",
    "tcp:192.0.2.9:5070",
    "udp:192.0.2.2:5060",
  ]);
});

test("one destination is tried once, however many names lead to it (RFC 3263 §4.3)", () => {
  const zone = { "A a.example": ["192.0.2.1", "192.0.2.2"], "A b.example": ["192.0.2.2"] };
  assert.deepEqual(played([hopTo("a.example"), hopTo("b.example")], { zone }), [
    "udp:192.0.2.1:5060",
    "udp:192.0.2.2:5060",
  ]);
});

test("one that failed for this request is not tried again", () => {
  const failed = new Set(["udp:192.0.2.1:5060"]);
  const why = "udp:192.0.2.1:5060 failed for this request already";
  assert.deepEqual(played([A1, A2], { failed }), [
    "failed udp:192.0.2.1:5060",
    "udp:192.0.2.2:5060",
    why,
  ]);
  assert.deepEqual(played([A1], { failed }), ["failed udp:192.0.2.1:5060", why]);
});

test("one that was found dead is tried last, until its time is over or it answers (RFC 3261 §21.5.4)", () => {
  const avoided = new AvoidedDestinations(30_000);
  assert.equal(avoided.avoid(A1, "silent", 1_000), 31_000);
  const last = [
    "avoided udp:192.0.2.1:5060 until 31000",
    "udp:192.0.2.2:5060",
    "udp:192.0.2.3:5060",
    "udp:192.0.2.1:5060",
  ];
  const first = ["udp:192.0.2.1:5060", "udp:192.0.2.2:5060", "udp:192.0.2.3:5060"];
  assert.deepEqual(played([A1, A2, A3], { avoided, nowMs: 30_999 }), last);
  assert.deepEqual(played([A1, A2, A3], { avoided, nowMs: 31_000 }), first);
  avoided.avoid(A1, "unreachable", 40_000);
  avoided.trust(A1);
  assert.deepEqual(played([A1, A2, A3], { avoided, nowMs: 40_001 }), first);
});

test("when all are avoided all are tried, in their order", () => {
  const avoided = new AvoidedDestinations();
  for (const one of [A2, A1]) avoided.avoid(one, "unreachable", 0);
  assert.deepEqual(
    played([A1, A2], { avoided }).filter((line) => !line.startsWith("avoided")),
    ["udp:192.0.2.1:5060", "udp:192.0.2.2:5060"],
  );
});

test("a server's own Retry-After counts, up to an hour; no time at all avoids nothing (RFC 3261 §20.33)", () => {
  const avoided = new AvoidedDestinations(0);
  assert.equal(avoided.avoid(A1, "busy", 0, 120_000), 120_000);
  assert.equal(avoided.avoid(A2, "busy", 0, 86_400_000), 3_600_000);
  avoided.avoid(A3, "silent", 0);
  assert.equal(avoided.find(A1, 119_999)?.reason, "busy");
  assert.equal(avoided.find(A3, 0), undefined);
});

test("no more destinations are remembered or handed out than the limits say", () => {
  const avoided = new AvoidedDestinations();
  for (let port = 1; port <= AVOIDED_MAX + 1; port += 1)
    avoided.avoid(place("192.0.2.1", port), "silent", 0);
  assert.equal(avoided.find(place("192.0.2.1", 1), 0), undefined);
  assert.notEqual(avoided.find(place("192.0.2.1", 2), 0), undefined);
  const many = Array.from({ length: 40 }, (_, at) => place("192.0.2.9", 6000 + at));
  assert.equal(played(many).length, DESTINATIONS_MAX);
});
