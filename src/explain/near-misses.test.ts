import assert from "node:assert/strict";
import { test } from "node:test";
import { ExampleCase, START_MS } from "./example-case.ts";
import {
  NEAR_MISS_QUESTION_LIMIT,
  nearMissesFrom,
  nearMissQuestions,
  type NearMissAnswer,
} from "./near-misses.ts";
import type { TraceRecord } from "../trace/index.ts";

const domains = ["example.org", "example.com"];

function unknown(user: string, from = "sip:alice@example.org"): TraceRecord {
  const aor = `sip:${user}@example.org`;
  return new ExampleCase({ requestUri: aor, to: aor, from })
    .refused("user-unknown", 404, { aor, domain: "example.org" })
    .ended();
}

function asked(record: TraceRecord): ReadonlyMap<string, string> {
  return new Map(nearMissQuestions(record, { domains }).map(({ aor, how }) => [aor, how]));
}

test("one letter left out, added, changed, two swapped: each is asked for", () => {
  const questions = asked(unknown("bob"));
  for (const near of ["bo", "boob", "bobb", "rob", "bo7", "obb", "bbo", "b.ob"]) {
    assert.equal(questions.get(`sip:${near}@example.org`), "one-away", near);
  }
  assert.equal(questions.get("sip:boobs@example.org"), undefined, "two letters away");
  assert.equal(questions.get("sip:bob@example.org"), undefined, "who was looked up already");
});

test("the same user at our other domains, and in another letter case (RFC 3261 §19.1.4)", () => {
  const questions = asked(unknown("Bob"));
  assert.equal(questions.get("sip:Bob@example.com"), "other-domain");
  assert.equal(questions.get("sip:bob@example.org"), "letter-case");
  assert.equal(questions.get("sip:BOB@example.org"), "letter-case");
});

test("a number is asked for with and without +, international and national", () => {
  const questions = asked(unknown("+5511987654321"));
  for (const form of ["5511987654321", "005511987654321", "11987654321"]) {
    assert.equal(questions.get(`sip:${form}@example.org`), "number", form);
  }
  assert.equal(asked(unknown("bob")).get("sip:+bob@example.org"), "one-away");
});

test("a national number takes the country of the caller's own number", () => {
  const questions = asked(unknown("030901820", "sip:+4930123456@example.org"));
  assert.equal(questions.get("sip:+4930901820@example.org"), "number");
  assert.equal(asked(unknown("030901820")).get("sip:+4930901820@example.org"), undefined);
});

test("for a domain that is not ours the same user is asked for at those that are", () => {
  const requestUri = "sip:bob@192.0.2.80";
  const record = new ExampleCase({ requestUri, to: requestUri })
    .refused("domain-not-served", 404, { domain: "192.0.2.80", requestUri })
    .ended();
  const questions = asked(record);
  assert.equal(questions.get("sip:bob@example.org"), "other-domain");
  assert.equal(questions.get("sip:bob@example.com"), "other-domain");
});

test("a user without a device: what lapsed, and other forms; nobody with a similar name", () => {
  const aor = "sip:bob@example.org";
  const record = new ExampleCase().refused("user-not-registered", 480, { aor }).ended();
  const questions = asked(record);
  assert.equal(questions.get(aor), "lapsed");
  assert.equal(questions.get("sip:bob@example.com"), "other-domain");
  assert.equal(questions.get("sip:rob@example.org"), undefined);
});

test("an account that does not exist is looked for under similar names, in either form of user name", () => {
  for (const username of ["bbo", "bbo@example.org"]) {
    const record = new ExampleCase({ method: "REGISTER" })
      .refused("account-unknown", 401, { realm: "example.org", username })
      .ended();
    assert.equal(asked(record).get("sip:bob@example.org"), "one-away", username);
  }
});

test("where nobody was missed nothing is asked", () => {
  const busy = new ExampleCase({ causeId: "relayed-busy", statusCode: 486 }).ended();
  assert.equal(asked(busy).size, 0);
  assert.equal(asked(new ExampleCase({ statusCode: 200 }).ended()).size, 0);
});

test("about 700 questions for a name of eight letters, and a limit for any name", () => {
  const { size } = asked(unknown("jonathan"));
  assert.ok(size > 500 && size < 800, String(size));
  for (const user of ["x".repeat(32), "%C3%BC".repeat(9), "a".repeat(500), "'or1=1--"]) {
    assert.ok(asked(unknown(user)).size <= NEAR_MISS_QUESTION_LIMIT, user);
  }
});

test("who can be reached comes first, then the likelier difference", () => {
  const [first] = nearMissQuestions(unknown("bob"), { domains });
  assert.ok(first !== undefined);
  const answer = (
    how: NearMissAnswer["question"]["how"],
    devices: number | undefined,
    lapsedAtMs?: number,
  ): NearMissAnswer => ({
    question: { aor: first.aor, how },
    entry: { kind: "subscriber" },
    devices,
    lapsedAtMs,
  });
  const ranked = nearMissesFrom([
    answer("one-away", 0),
    answer("one-away", 2),
    answer("other-domain", 0),
    answer("other-domain", 1),
    answer("letter-case", undefined),
    answer("lapsed", 0, START_MS - 60_000),
    answer("lapsed", 0),
  ]);
  assert.deepEqual(
    ranked.map(({ how, devices }) => [how, devices]),
    [
      ["lapsed", 0],
      ["other-domain", 1],
      ["one-away", 2],
      ["letter-case", undefined],
      ["other-domain", 0],
      ["one-away", 0],
    ],
  );
});
