import assert from "node:assert/strict";
import { test } from "node:test";
import { seededRandom } from "../base/random.ts";
import { ServerError } from "../causes/index.ts";
import { parseUri } from "../message/index.ts";
import { nextHopOf } from "../routing/index.ts";
import { NameZone } from "../testing/index.ts";
import { locate } from "./locate.ts";

const zone = new NameZone({
  "SRV _sip._udp.example.net": ["1 0 5070 phone.example.net"],
  "A phone.example.net": ["203.0.113.1"],
});

const located = (text: string) => {
  const uri = parseUri(text);
  const hop = uri === undefined ? undefined : nextHopOf(uri);
  assert.ok(hop?.kind === "locate", text);
  return locate(hop.server, zone, seededRandom(1));
};

test("a name is resolved as its URI says, and the first destination is taken (RFC 3261 §8.1.2, RFC 3263 §4)", async () => {
  const found = await located("sip:bob@example.net");
  assert.deepEqual(found, { transport: "udp", address: "203.0.113.1", port: 5070 });
});

test("a name that leads nowhere is said so", async () => {
  await assert.rejects(located("sip:bob@nowhere.example"), ServerError);
});
