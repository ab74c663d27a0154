import assert from "node:assert/strict";
import { test } from "node:test";
import { breadthShare, incomingBreadthOf, MAX_BREADTH_LIMIT } from "./max-breadth.ts";
import { requestOf } from "../../test/support/proxy.ts";

const breadthOf = (...fields: string[]): number => incomingBreadthOf(requestOf({ fields }));

test("a request without Max-Breadth gets 60 (RFC 5393 §5.3.3)", () => {
  assert.equal(breadthOf(), 60);
});

test("a Max-Breadth up to our maximum is taken as it is, one beyond is cut to it (RFC 5393 §5.3.3)", () => {
  assert.equal(breadthOf("Max-Breadth: 1"), 1);
  assert.equal(breadthOf("Max-Breadth: 59"), 59);
  assert.equal(breadthOf("Max-Breadth: 60"), MAX_BREADTH_LIMIT);
  assert.equal(breadthOf("Max-Breadth: 61"), MAX_BREADTH_LIMIT);
  assert.equal(breadthOf("Max-Breadth: 4294967295"), MAX_BREADTH_LIMIT);
});

test("shares are equal, at least one, and never more in all than there is (RFC 5393 §5.3.3)", () => {
  for (const incoming of [1, 2, 3, 7, 59, 60]) {
    for (const branches of [1, 2, 3, 8, 60]) {
      let free = incoming;
      for (let left = branches; left > 0 && free > 0; left -= 1) {
        const share = breadthShare(free, left);
        assert.ok(share >= 1);
        free -= share;
      }
      assert.ok(free >= 0, `${incoming} for ${branches}`);
      if (branches >= incoming) assert.equal(free, 0);
    }
  }
  assert.equal(breadthShare(60, 1), 60);
  assert.equal(breadthShare(60, 3), 20);
  assert.equal(breadthShare(4, 8), 1);
});
