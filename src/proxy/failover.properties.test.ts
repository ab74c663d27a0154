import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import type { Endpoint } from "../base/endpoint.ts";
import { AvoidedDestinations } from "../routing/index.ts";
import { eventsIn } from "../../test/support/proxy.ts";
import { Fork } from "../../test/support/response-context.ts";

type End = number | "timed out" | "unreachable";

const ends = fc.constantFrom<End>("timed out", "unreachable", 503, 503, 200, 404, 486, 500, 603);

function place(at: number): Endpoint {
  return { transport: "udp", address: `192.0.2.${at + 1}`, port: 5060 };
}

/** What the caller must get when the destinations of one target end so, one after the other (RFC 3263 §4.3). */
function obvious(order: readonly End[]): { readonly tried: number; readonly statusCode: number } {
  for (const [at, end] of order.entries()) {
    if (typeof end === "number" && end !== 503) return { tried: at + 1, statusCode: end };
  }
  const statusCode = order.at(-1) === "timed out" ? 408 : 500;
  return { tried: order.length, statusCode };
}

test("whatever the destinations do: each is tried once, in its order, until one answers, and the last speaks for all (RFC 3263 §4.3)", () => {
  fc.assert(
    fc.property(
      fc.array(ends, { minLength: 1, maxLength: 8 }),
      fc.array(fc.nat(7), { maxLength: 4 }),
      (given, deadBefore) => {
        const avoided = new AvoidedDestinations(1_000_000);
        for (const at of deadBefore) avoided.avoid(place(at), "silent", 1_000_000);
        // Those that are avoided come last, all else stays in its order.
        const numbers = given.map((_, at) => at);
        const isDead = (at: number): boolean => deadBefore.includes(at);
        const order = [...numbers.filter((at) => !isDead(at)), ...numbers.filter(isDead)];
        const wanted = obvious(order.map((at) => given[at] as End));

        const fork = new Fork({ targets: ["sip:a@elsewhere.net"], options: { avoided } });
        fork.feed(0, "start");
        fork.feed(1, `1: resolved ${numbers.map((at) => place(at).address).join(" ")}`);
        let atMs = 1;
        for (let number = 1; !fork.context.hasEnded && number <= given.length; number += 1) {
          const { destination } = fork.branch(number);
          const at = Number(destination?.address.split(".").at(-1)) - 1;
          assert.equal(at, order[number - 1]);
          atMs += 1_000;
          fork.feed(atMs, `${number}: ${given[at]}`);
        }
        assert.ok(fork.context.hasEnded);
        assert.equal(fork.context.branches.length, wanted.tried);
        assert.equal(
          new Set(fork.context.branches.map(({ branchId }) => branchId)).size,
          wanted.tried,
        );
        assert.equal(eventsIn(fork.trace, "failed-over").length, wanted.tried - 1);
        const finals = fork.outputs.flatMap((output) =>
          output.kind === "respond" && output.statusCode >= 200 ? [output.statusCode] : [],
        );
        assert.deepEqual(finals, [wanted.statusCode]);
      },
    ),
    { numRuns: 500 },
  );
});
