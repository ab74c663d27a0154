import assert from "node:assert/strict";
import { test } from "node:test";
import { seededRandom } from "../../base/random.ts";
import { AvoidedDestinations } from "../../routing/index.ts";
import { NameZone } from "../../testing/index.ts";
import { dns, type Located } from "./dns.ts";

const zone = {
  "SRV _sip._udp.example.net": ["1 0 5060 a.example.net", "2 0 5060 b.example.net"],
  "A a.example.net": ["192.0.2.1"],
  "A b.example.net": ["192.0.2.2"],
};

async function located(name: string, avoided = new AvoidedDestinations(), nowMs = 0) {
  const names = new NameZone(zone);
  const port = { resolver: names, avoided, random: seededRandom(1), nowMs: () => nowMs };
  const outputs = [];
  for await (const output of dns({ name }, port)) outputs.push(output);
  const row = outputs.find((output) => output.kind === "row");
  return { outputs, row: row?.kind === "row" ? (row.value as Located) : undefined };
}

test("one that is avoided stands last, with the reason and how long it still will", async () => {
  const avoided = new AvoidedDestinations(30_000);
  avoided.avoid({ transport: "udp", address: "192.0.2.1", port: 5060 }, "silent", 1_000);
  const { row } = await located("sip:bob@example.net", avoided, 11_000);
  assert.deepEqual(row?.destinations, [
    { destination: "udp:192.0.2.2:5060" },
    { destination: "udp:192.0.2.1:5060", avoided: { reason: "silent", forSeconds: 20 } },
  ]);
  assert.deepEqual((await located("example.net", avoided, 31_000)).row?.destinations, [
    { destination: "udp:192.0.2.1:5060" },
    { destination: "udp:192.0.2.2:5060" },
  ]);
});

test("where no TCP was found it is said, and the order stays (RFC 3261 §18.1.1)", async () => {
  const avoided = new AvoidedDestinations(30_000);
  avoided.avoid({ transport: "tcp", address: "192.0.2.1", port: 5060 }, "unreachable", 0);
  assert.deepEqual((await located("example.net", avoided, 5_000)).row?.destinations, [
    { destination: "udp:192.0.2.1:5060", withoutTcp: { forSeconds: 25 } },
    { destination: "udp:192.0.2.2:5060" },
  ]);
});

test("a name that leads nowhere is told with its questions, and fails", async () => {
  const { outputs, row } = await located("missing.example");
  assert.equal(row?.questions.length, 5);
  assert.deepEqual(outputs.at(-1), {
    kind: "failed",
    causeId: "next-hop-unresolvable",
    text:
      "missing.example leads nowhere: missing.example: the name has no A record; " +
      "missing.example: the name has no AAAA record",
    exitCode: 1,
  });
});

test("an address needs no question, and what is no name is wrong usage", async () => {
  const { row } = await located("[2001:db8::1]:5070");
  assert.deepEqual(row?.questions, []);
  assert.deepEqual(row?.destinations, [{ destination: "udp:[2001:db8::1]:5070" }]);
  assert.deepEqual((await located("tel:+4930")).outputs, [
    { kind: "failed", text: '"tel:+4930" is neither a host name nor a SIP URI', exitCode: 2 },
  ]);
});
