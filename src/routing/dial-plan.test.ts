import assert from "node:assert/strict";
import { test } from "node:test";
import { formatRoute, routeFor, type NumberRoute } from "./dial-plan.ts";

const prefix = (digits: string): NumberRoute => ({ digits, isWhole: false, gateways: [] });
const whole = (digits: string): NumberRoute => ({ digits, isWhole: true, gateways: [] });

const routes = [prefix("+"), prefix("+49"), prefix("+4930"), prefix("+4930"), whole("112")];

test("the longest prefix wins, whatever the order, and of equals the first", () => {
  assert.equal(routeFor("+493012345", routes), routes[2]);
  assert.equal(routeFor("+493012345", routes.toReversed()), routes[3]);
  assert.equal(routeFor("+498912345", routes), routes[1]);
  assert.equal(routeFor("+33612345678", routes), routes[0]);
});

test("a whole number is that number alone, and goes before every prefix", () => {
  assert.equal(routeFor("112", routes), routes[4]);
  assert.equal(routeFor("1123", routes), undefined);
  assert.equal(routeFor("112", [prefix("112"), whole("112")])?.isWhole, true);
});

test("digits without + are another number than those with it", () => {
  assert.equal(routeFor("493012345", routes), undefined);
  assert.equal(formatRoute(prefix("+49")), "+49…");
  assert.equal(formatRoute(whole("112")), "112");
});
