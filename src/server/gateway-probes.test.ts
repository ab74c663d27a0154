import assert from "node:assert/strict";
import { test } from "node:test";
import { loadCauseContent } from "../codes/index.ts";
import type { GatewayInput } from "../config/index.ts";
import { explain } from "../explain/index.ts";
import { eventsOf, type TraceEvent } from "../trace/index.ts";
import { parseMessage } from "../message/index.ts";
import { Domain, Peer } from "../../test/support/domain.ts";
import { configured } from "../../test/support/configured.ts";
import { assertNothingHeld } from "../../test/support/held.ts";
import type { GatewayState } from "./gateway-states.ts";

const FIRST = "203.0.113.21";
const SECOND = "203.0.113.22";
const PROBE = { everyMs: 10_000, timeoutMs: 2_000, downAfter: 2, upAfter: 1 };

/** A gateway that answers each OPTIONS with what it is set to; "" is silence. */
class GatewayPeer extends Peer {
  says = "200 OK";
  override message(text: string): void {
    super.message(text);
    const request = this.requests.at(-1);
    const parsed = parseMessage(text);
    if (parsed.kind !== "request" || parsed.method !== "OPTIONS" || request === undefined) return;
    if (this.says !== "") void this.respond(request, this.says);
  }
}

interface Played {
  readonly domain: Domain;
  readonly first: GatewayPeer;
  readonly second: GatewayPeer;
}

/** Two gateways, both probed, on a whole server in virtual time. */
async function withGateways(
  run: (played: Played) => Promise<void>,
  changes: Partial<GatewayInput> = {},
): Promise<void> {
  const domain = new Domain();
  const first = await new GatewayPeer(domain, FIRST).open();
  const second = await new GatewayPeer(domain, SECOND).open();
  await domain.open({
    auth: "digest",
    ...configured({
      numbers: { country: "DE" },
      gateways: [
        { name: "first", uri: `sip:${FIRST}`, probe: PROBE, ...changes },
        { name: "second", uri: `sip:${SECOND}`, probe: PROBE },
      ],
      routes: [{ prefix: "+", to: ["first", "second"] }],
    }),
  });
  await run({ domain, first, second });
  assert.deepEqual(domain.faults, []);
  await domain.server.close();
}

const states = (domain: Domain): string[] =>
  domain.server
    .gateways()
    .map(
      ({ gateway: { name, health } }: GatewayState) => `${name} ${health.state} ${health.result}`,
    );

const optionsAt = (peer: Peer): number =>
  peer.requests.filter(({ method }) => method === "OPTIONS").length;

const callsAt = (peer: Peer): number =>
  peer.requests.filter(({ method }) => method === "INVITE").length;

async function call(domain: Domain): Promise<readonly TraceEvent[]> {
  const from = "sip:alice@example.org";
  await domain.caller.askAs("alice", "secret of alice", {
    from,
    uri: "sip:0301234567@example.org",
  });
  const pending = domain.server.pending()[0];
  assert.ok(pending !== undefined);
  return eventsOf(pending.startedAtMs, pending.values);
}

test("a probe is a request of its own each time, and asks for nothing of a dialog (RFC 3261 §11.1, §8.1.1)", () =>
  withGateways(async ({ domain, first }) => {
    await domain.time.passes(25_000);
    const probes = first.requests;
    assert.ok(probes.length >= 2);
    for (const request of probes) {
      assert.equal(request.method, "OPTIONS");
      assert.equal(request.requestUri.text, `sip:${FIRST}`);
      assert.equal(request.toTag, undefined);
      assert.match(request.fromTag ?? "", /^[0-9a-f]{16}$/);
      assert.equal(request.maxForwards, 70);
    }
    for (const field of ["callId", "fromTag"] as const) {
      assert.equal(new Set(probes.map((request) => request[field])).size, probes.length, field);
    }
    assertNothingHeld(domain.server);
    assert.deepEqual(states(domain), ["first up 200", "second up 200"]);
  }));

test("two probes without an answer: down, passed over with its reason; an answer brings it back", () =>
  withGateways(async ({ domain, first, second }) => {
    await domain.time.passes(2_000);
    first.says = "";
    await domain.time.passes(20_000);
    assert.deepEqual(states(domain), ["first down silent", "second up 200"]);
    const events = await call(domain);
    assert.equal(callsAt(first), 0);
    assert.equal(callsAt(second), 1);
    const [skipped] = events.filter(({ kind }) => kind === "gateway-skipped");
    assert.ok(skipped?.kind === "gateway-skipped");
    assert.equal(`${skipped.gateway} ${skipped.why}`, "first silent");
    assert.ok(skipped.forMs > 0);
    first.says = "404 Not Found";
    await domain.time.passes(15_000);
    assert.deepEqual(states(domain), ["first up 404", "second up 200"]);
    await call(domain);
    assert.equal(callsAt(first), 1);
  }));

test("503 is down and every other refusal is up; who is told is told once for each change (RFC 3261 §21.5.4)", () =>
  withGateways(async ({ domain, first, second }) => {
    first.says = "503 Service Unavailable";
    second.says = "405 Method Not Allowed";
    await domain.time.passes(40_000);
    assert.deepEqual(states(domain), ["first down 503", "second up 405"]);
    assert.deepEqual(domain.gatewayNews, ["second up 405", "first down 503"]);
    const [one] = domain.server.gateways();
    assert.equal(one?.last?.result, "503");
    assert.deepEqual(one?.routes, ["+…"]);
  }));

test("all down: each is tried all the same, in the order of the route", () =>
  withGateways(async ({ domain, first, second }) => {
    first.says = second.says = "";
    await domain.time.passes(20_000);
    assert.deepEqual(states(domain), ["first down silent", "second down silent"]);
    const events = await call(domain);
    assert.equal(events.filter(({ kind }) => kind === "gateway-skipped").length, 2);
    assert.ok(callsAt(first) > 0);
    await domain.time.passes(33_000);
    assert.ok(callsAt(second) > 0);
    await domain.time.passes(33_000);
    const final = domain.caller.responses.at(-1);
    assert.equal(`${final?.statusCode} ${domain.lastCauseId}`, "408 branch-timed-out");
    const ended = domain.records.at(-1);
    assert.ok(ended !== undefined);
    const content = await loadCauseContent("en");
    const { evidence } = explain([ended], { content, nowMs: domain.time.nowMs });
    const told = evidence
      .map(({ label, value, note }) => `${label} ${value} ${note}`)
      .map((line) => line.replace(/\d+(?:\.\d+)? s/g, "N s"));
    const down = "down for N s: OPTIONS was not answered; tried after the others";
    assert.ok(told.includes(`skipped first ${down}`), told.join("\n"));
    assert.ok(told.includes(`skipped second ${down}`), told.join("\n"));
    assert.ok(told.some((line) => line.includes("through gateway second, in place of branch 1")));
  }));

test("a gateway that is not to be probed is not asked, and its state is unknown", () =>
  withGateways(
    async ({ domain, first }) => {
      await domain.time.passes(60_000);
      assert.equal(optionsAt(first), 0);
      assert.deepEqual(states(domain), ["first unknown ", "second up 200"]);
    },
    { probe: false },
  ));

test("behind a name each server is asked in turn, and one that is dead is tried last by calls too (RFC 3263 §4.3)", () =>
  withGateways(
    async ({ domain }) => {
      // The name leads to the address of elsewhere, where nobody answers OPTIONS by himself.
      await domain.time.passes(20_000);
      assert.deepEqual(states(domain), ["first down silent", "second up 200"]);
      const { elsewhere } = domain;
      assert.ok(optionsAt(elsewhere) > 0);
      const destination = { transport: "udp", address: "203.0.113.9", port: 5060 } as const;
      assert.equal(domain.server.avoided.find(destination, domain.time.nowMs)?.reason, "silent");
    },
    { uri: "sip:gateway.example:5060;transport=udp" },
  ));

test("a server that closes asks nothing more", () =>
  withGateways(async ({ domain, first }) => {
    await domain.time.passes(2_000);
    await domain.server.close();
    const before = optionsAt(first);
    await domain.time.passes(60_000);
    assert.equal(optionsAt(first), before);
    assert.equal(domain.time.pendingCount, 0);
  }));
