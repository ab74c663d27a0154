import assert from "node:assert/strict";
import { test } from "node:test";
import { parseUri } from "../message/index.ts";
import { Gateway, inOrderToTry, type ProbeResult } from "./gateway.ts";
import { GatewayProbe, isAnswer } from "./gateway-probe.ts";

const SETTINGS = { everyMs: 30_000, timeoutMs: 4_000, downAfter: 2, upAfter: 1 };

function gateway(name = "gw", uriText = "sip:192.0.2.40;transport=tcp"): Gateway {
  const uri = parseUri(uriText);
  assert.ok(uri?.kind === "sip");
  const hop = { transport: "tcp", address: "192.0.2.40", port: 5060 } as const;
  return new Gateway({ name, uri, hop, isTrusted: false, probe: SETTINGS });
}

const at = (uri: string, number: string): string | undefined =>
  gateway("gw", uri).requestUriFor(number)?.text;

/** Jitter in the middle: rounds are as long as they say. */
function probeOf(changes: Partial<typeof SETTINGS> = {}): GatewayProbe {
  const probe = new GatewayProbe(gateway(), { ...SETTINGS, ...changes }, () => 0.5);
  probe.start(0);
  return probe;
}

/** Each asking ends so, after 10 ms or when its time is over; what its health becomes, and when. */
function plays(probe: GatewayProbe, results: readonly ProbeResult[]): string[] {
  const told: string[] = [];
  for (const result of results) {
    let atMs = probe.deadlineMs;
    assert.equal(probe.advance(atMs), "ask");
    atMs = result === "silent" ? probe.deadlineMs : atMs + 10;
    if (result === "silent") assert.equal(probe.advance(atMs), "late");
    const changed = probe.ended(result, atMs);
    if (changed !== undefined) told.push(`${atMs} ${changed.state} ${changed.result}`);
  }
  return told;
}

test("nothing is asked before the start, then within a second, then every round", () => {
  const probe = new GatewayProbe(gateway(), SETTINGS, () => 0.5);
  assert.equal(probe.deadlineMs, Infinity);
  probe.start(0);
  assert.equal(probe.deadlineMs, 500);
  assert.equal(probe.advance(499), undefined);
  assert.deepEqual(plays(probe, ["200", "200"]), ["510 up 200"]);
  assert.equal(probe.deadlineMs, 30_510 + 10 + 30_000);
});

test("a first failure is doubt and asked again after a second; the second in a row is down", () => {
  const probe = probeOf();
  assert.deepEqual(plays(probe, ["200", "silent", "silent"]), ["510 up 200", "39510 down silent"]);
  assert.deepEqual(plays(probe, ["silent"]), []);
  assert.equal(probe.gateway.health.sinceMs, 39_510);
  assert.deepEqual(plays(probe, ["404"]), ["103520 up 404"]);
});

test("failures with an answer in between are not in a row", () => {
  assert.deepEqual(plays(probeOf(), ["200", "503", "200", "503", "200"]), ["510 up 200"]);
});

test("one that never answered is down after its failures; until then it is used", () => {
  const probe = probeOf({ downAfter: 3 });
  assert.deepEqual(plays(probe, ["unresolvable", "unreachable"]), []);
  assert.equal(probe.gateway.health.state, "unknown");
  assert.deepEqual(plays(probe, ["unreachable"]), ["2530 down unreachable"]);
});

test("one that was down is up again after as many answers as the settings ask for", () => {
  const probe = probeOf({ downAfter: 1, upAfter: 2 });
  assert.deepEqual(plays(probe, ["silent", "200", "silent", "200", "200"]), [
    "4500 down silent",
    "128530 up 200",
  ]);
});

test("rounds are up to a tenth shorter or longer", () => {
  for (const [fraction, dueMs] of [
    [0, 27_000],
    [0.999, 32_994],
  ] as const) {
    const probe = new GatewayProbe(gateway(), SETTINGS, () => fraction);
    probe.start(-fraction * 1_000);
    probe.advance(0);
    probe.ended("200", 0);
    assert.equal(Math.round(probe.deadlineMs), dueMs);
  }
});

test("any answer shows that somebody is there, but for 408 and 503 (RFC 3261 §11.2, §21.5.4)", () => {
  for (const up of ["200", "302", "401", "404", "405", "481", "500", "501", "603"] as const) {
    assert.ok(isAnswer(up), up);
  }
  for (const down of ["408", "503", "silent", "unreachable", "unresolvable"] as const) {
    assert.ok(!isAnswer(down), down);
  }
});

test("gateways that are down come after all others, each group in the order of the route", () => {
  const [a, b, c] = ["a", "b", "c"].map((name) => gateway(name)) as [Gateway, Gateway, Gateway];
  assert.deepEqual(inOrderToTry([a, b, c]), { order: [a, b, c], passedOver: [] });
  a.health = { state: "down", sinceMs: 1, result: "silent" };
  c.health = { state: "up", sinceMs: 1, result: "200" };
  assert.deepEqual(inOrderToTry([a, b, c]), { order: [b, c, a], passedOver: [a] });
  b.health = c.health = a.health;
  assert.deepEqual(inOrderToTry([a, b, c]).order, [a, b, c]);
});

test("the Request-URI is the number at the gateway; only a whole number is user=phone (RFC 3966 §3)", () => {
  assert.equal(at("sip:gw.example", "+49301234"), "sip:+49301234@gw.example;user=phone");
  assert.equal(
    at("sip:[2001:db8::1]:5070;transport=tcp", "+49301234"),
    "sip:+49301234@[2001:db8::1]:5070;transport=tcp;user=phone",
  );
  assert.equal(at("sip:gw.example", "112"), "sip:112@gw.example");
});
