import assert from "node:assert/strict";
import { test } from "node:test";
import { readNumber, type NumberRule } from "./phone-number.ts";

const within = (text: string, context: string | undefined): string => {
  const found = readNumber(text, context, undefined);
  return `${found?.number} ${found?.rule}`;
};

type Case = readonly [dialled: string, country: string | undefined, read: string, rule: NumberRule];

const read = (dialled: string, country: string | undefined): string => {
  const found = readNumber(dialled, undefined, country);
  return found === undefined ? "no number" : `${found.number} ${found.rule}`;
};

test("what people dial in their country is read as one number of the world", () => {
  const cases: readonly Case[] = [
    ["0301234", "DE", "+49301234", "national"],
    ["030 1234", "DE", "+49301234", "national"],
    ["(030)%201234-56", "DE", "+4930123456", "national"],
    ["0049301234567", "DE", "+49301234567", "international-prefix"],
    ["0033612345678", "DE", "+33612345678", "international-prefix"],
    ["01149301234567", "US", "+49301234567", "international-prefix"],
    ["2125550100", "US", "+12125550100", "national"],
    ["12125550100", "US", "+12125550100", "national"],
    ["0612345678", "FR", "+33612345678", "national"],
    ["0612345678", "IT", "+390612345678", "national"],
    ["89161234567", "RU", "+79161234567", "national"],
    ["13812345678", "CN", "+8613812345678", "national"],
    ["011912345678", "BR", "+5511912345678", "national"],
  ];
  for (const [dialled, country, number, rule] of cases) {
    assert.equal(read(dialled, country), `${number} ${rule}`, `${dialled} in ${country}`);
  }
});

test("a number with + needs no country; what is only for the eye is taken out (RFC 3966 §5.1.1)", () => {
  assert.equal(read("+49301234567", undefined), "+49301234567 as-written");
  assert.equal(read("+49-30-123.45(67)", undefined), "+49301234567 separators");
  assert.equal(read("+49(0)301234567", undefined), "+49301234567 separators");
  assert.equal(read("+3906123456", undefined), "+3906123456 as-written");
});

test("short codes and extensions are never part of a longer number, emergency numbers first of all", () => {
  for (const country of ["DE", "US", "GB", "FR", "CN", "JP", "KR", "BR", "RU", "AU", undefined]) {
    for (const short of ["101", "112", "911", "999", "110", "119", "000", "15", "190", "116117"]) {
      assert.equal(read(short, country), `${short} as-written`, `${short} in ${country}`);
    }
  }
  assert.equal(read("00112", "DE"), "00112 as-written");
  assert.equal(read("0112", "DE"), "0112 as-written");
  assert.equal(read("+112", "DE"), "+112 as-written");
});

test("digits that may be part of a number or all of one are left as they are", () => {
  // Without its 0 it is a number in the same town, and which town that is nobody said.
  assert.equal(read("1234567", "DE"), "1234567 as-written");
  assert.equal(read("301234567", "DE"), "301234567 as-written");
  assert.equal(read("5551234", "US"), "5551234 as-written");
  assert.equal(read("4930123456", "DE"), "4930123456 as-written");
  // No country: 0 and 00 mean nothing in particular.
  assert.equal(read("0301234567", undefined), "0301234567 as-written");
  assert.equal(read("1-01", "DE"), "101 separators");
});

test("what is no number is none", () => {
  for (const user of ["alice", "alice+49", "+", "", "*21", "030x", "%2B49", "1".repeat(21)]) {
    assert.equal(read(user, "DE"), "no number", user);
  }
});

test("phone-context stands before a local number, and a domain there changes nothing (RFC 3966 §5.1.5)", () => {
  assert.equal(within("301234567", "+49"), "+49301234567 phone-context");
  assert.equal(within("301234567;phone-context=+49", undefined), "+49301234567 phone-context");
  assert.equal(within("7042;phone-context=example.org", undefined), "7042 separators");
  assert.equal(within("+49301234567", "+1"), "+49301234567 as-written");
});
