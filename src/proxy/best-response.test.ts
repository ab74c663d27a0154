import assert from "node:assert/strict";
import { test } from "node:test";
import { because } from "../causes/index.ts";
import { responseOf } from "../../test/support/proxy.ts";
import { isBetter, type Candidate, type Weighing } from "./best-response.ts";

/** `486` came from a device; `made 408` stands for a branch that gave nothing. */
type Final = number | `made ${408 | 480 | 487 | 500}`;

function candidate(final: Final): Candidate {
  if (typeof final === "number") {
    return { kind: "received", branch: 1, response: responseOf(final) };
  }
  const target = "sip:bob@192.0.2.7";
  const causes = {
    "made 408": because("branch-timed-out", 408, { target, waitedMs: 32_000 }),
    "made 480": because("sips-not-available", 480, { requestUri: target }),
    "made 487": because("caller-cancelled", 487, { afterMs: 1 }),
    "made 500": because("next-hop-unreachable", 500, { target, detail: "refused" }),
  };
  return { kind: "made", branch: 1, cause: causes[final] };
}

const invite: Weighing = { isInvite: true, wasCancelled: false };
const cancelled: Weighing = { isInvite: true, wasCancelled: true };
const other: Weighing = { isInvite: false, wasCancelled: false };

/** The better one first: it wins whichever came first. */
const pairs: readonly (readonly [better: Final, worse: Final, weighing: Weighing, why: string])[] =
  [
    [600, 300, invite, "a 6xx before all else"],
    [603, 401, invite, "a 6xx before all else"],
    [603, 487, cancelled, "a 6xx even before the 487 of a cancelled call"],
    [606, "made 408", invite, "a 6xx before all else"],
    [302, 401, invite, "the lowest class"],
    [302, 487, invite, "the lowest class"],
    [486, 500, invite, "the lowest class"],
    [404, 503, invite, "the lowest class"],
    ["made 408", 500, invite, "the lowest class, even where nothing came"],
    ["made 408", "made 500", invite, "the lowest class, even where nothing came"],
    [401, 486, invite, "what helps to send it again"],
    [407, 404, invite, "what helps to send it again"],
    [415, 480, invite, "what helps to send it again"],
    [420, 486, invite, "what helps to send it again"],
    [484, 403, invite, "what helps to send it again"],
    [486, 404, invite, "a device that is there before one that is not"],
    [486, 480, invite, "a device that is there before one that is not"],
    [488, 481, invite, "a device that is there before one that is not"],
    [480, 408, invite, "anything before a time-out"],
    [404, "made 408", invite, "what a device said before what we made up"],
    [408, "made 408", invite, "what a device said before what we made up"],
    [480, "made 480", invite, "what a device said before what we made up"],
    [486, 487, invite, "anything before a 487 that nobody asked for"],
    ["made 408", 487, invite, "anything before a 487 that nobody asked for"],
    [487, 486, cancelled, "487 is what a caller who cancelled waits for"],
    [487, 407, cancelled, "487 is what a caller who cancelled waits for"],
    ["made 487", 486, cancelled, "487 is what a caller who cancelled waits for"],
    [302, 487, cancelled, "the lowest class, cancelled or not"],
    [500, 503, invite, "a 503 is not passed on"],
    [504, 503, invite, "a 503 is not passed on"],
    [503, "made 500", invite, "what a device said before what we made up"],
    [500, 408, other, "a 408 may not be sent (RFC 4320 §4.2)"],
    [503, "made 408", other, "a 408 may not be sent (RFC 4320 §4.2)"],
    [404, "made 408", other, "a 408 may not be sent (RFC 4320 §4.2)"],
    ["made 500", 408, other, "a 408 may not be sent (RFC 4320 §4.2)"],
  ];

for (const [better, worse, weighing, why] of pairs) {
  const note = weighing.wasCancelled ? ", cancelled" : weighing.isInvite ? "" : ", not an INVITE";
  test(`${better} is better than ${worse}${note}: ${why} (RFC 3261 §16.7 step 6)`, () => {
    assert.equal(isBetter(candidate(better), candidate(worse), weighing), true);
    assert.equal(isBetter(candidate(worse), candidate(better), weighing), false);
  });
}

test("of equals the first that came stays", () => {
  const equals: readonly (readonly [Final, Final])[] = [
    [486, 403],
    [401, 407],
    [600, 603],
    [404, 480],
    [500, 502],
    [301, 302],
    ["made 408", "made 408"],
  ];
  for (const [one, two] of equals) {
    assert.equal(isBetter(candidate(one), candidate(two), invite), false, `${one} ${two}`);
    assert.equal(isBetter(candidate(two), candidate(one), invite), false, `${two} ${one}`);
  }
});

test("better is an order: no three finals beat one another in a circle", () => {
  const finals: readonly Final[] = [
    300,
    401,
    403,
    404,
    408,
    480,
    486,
    487,
    500,
    503,
    600,
    "made 408",
    "made 487",
    "made 500",
  ];
  for (const weighing of [invite, cancelled, other]) {
    for (const a of finals) {
      for (const b of finals) {
        for (const c of finals) {
          const [x, y, z] = [candidate(a), candidate(b), candidate(c)];
          if (!isBetter(x, y, weighing) || !isBetter(y, z, weighing)) continue;
          assert.equal(isBetter(x, z, weighing), true, `${a} ${b} ${c}`);
        }
      }
    }
  }
});
