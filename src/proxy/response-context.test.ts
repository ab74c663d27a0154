import assert from "node:assert/strict";
import { test } from "node:test";
import { Header, parseMessage, type SipResponse } from "../message/index.ts";
import { eventsIn } from "../../test/support/proxy.ts";
import { Fork, plays, START_MS, type ForkSetup } from "../../test/support/response-context.ts";

const A = "sip:a@192.0.2.1";
const B = "sip:b@192.0.2.2";
const C = "sip:c@192.0.2.3";
const one: ForkSetup = { targets: [A] };
const two: ForkSetup = { targets: [A, B] };
const serial: ForkSetup = { targets: [`${A} 1000`, `${B} 500`, `${C} 100`] };
const startA = "start 1 to udp:192.0.2.1:5060";
const startB = "start 2 to udp:192.0.2.2:5060";
const startC = "start 3 to udp:192.0.2.3:5060";

/** Any method but INVITE. */
const message = (targets: readonly string[]): ForkSetup => ({
  targets,
  request: { method: "MESSAGE" },
});

function lastResponse(fork: Fork): SipResponse {
  const text = fork.outputs.flatMap((output) => (output.kind === "respond" ? [output.text] : []));
  const response = parseMessage(text.at(-1) ?? "");
  assert.ok(response.kind === "response");
  return response;
}

test("provisionals but 100 and the 2xx go upstream at once (RFC 3261 §16.7 step 5)", () => {
  plays(one, [
    [0, "start", startA],
    [10, "1: 100"],
    [20, "1: 180", "180 from 1"],
    [30, "1: 183", "183 from 1"],
    [900, "1: 200", "200 from 1", "ended"],
  ]);
});

test("a response goes upstream without our Via, the rest as it came (RFC 3261 §16.7 steps 3 and 9, RFC 3261 §16.7 step 8)", () => {
  const fork = new Fork(one);
  fork.feed(0, "start");
  fork.feed(10, "1: 200", ["X-Odd: \xff", "Record-Route: <sip:192.0.2.100:5060;lr>"]);
  const response = lastResponse(fork);
  assert.deepEqual(response.values(Header.Via), [
    "SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bKcaller",
  ]);
  assert.equal(response.headerByName("X-Odd"), "\xff");
  assert.equal(response.header(Header.RecordRoute), "<sip:192.0.2.100:5060;lr>");
});

test("equal targets are called in parallel, the first 2xx cancels the others (RFC 3261 §16.7 step 10)", () => {
  plays(two, [
    [0, "start", startA, startB],
    [10, "1: 180", "180 from 1"],
    [20, "2: 180", "180 from 2"],
    [500, "1: 200", "200 from 1", "cancel 2"],
    [520, "2: 487", "ended"],
  ]);
});

test("a 2xx from a second branch goes upstream too (RFC 3261 §16.7 step 5)", () => {
  plays(two, [
    [0, "start", startA, startB],
    [10, "1: 180", "180 from 1"],
    [20, "2: 180", "180 from 2"],
    [500, "1: 200", "200 from 1", "cancel 2"],
    [501, "2: 200", "200 from 2", "ended"],
  ]);
});

test("a 2xx that comes again, because its ACK is late, goes upstream again (RFC 3261 §16.7 step 5)", () => {
  plays(two, [
    [0, "start", startA, startB],
    [10, "2: 100"],
    [500, "1: 200", "200 from 1", "cancel 2"],
    [1_000, "1: 200", "200 from 1"],
    [1_100, "2: 487", "ended"],
  ]);
});

test("a provisional that comes after the 2xx stays here (RFC 3261 §16.7 step 5)", () => {
  plays(two, [
    [0, "start", startA, startB],
    [500, "1: 200", "200 from 1"],
    [510, "2: 180", "cancel 2"],
    [530, "2: 487", "ended"],
  ]);
});

test("to anything but an INVITE only the first final goes upstream, and nothing is cancelled (RFC 3261 §16.7 step 5, §9.1)", () => {
  const fork = plays(message([A, B]), [
    [0, "start", startA, startB],
    [10, "2: 100"],
    [20, "1: 200", "200 from 1"],
    [30, "2: 200", "ended"],
  ]);
  assert.deepEqual(eventsIn(fork.trace, "response-dropped"), ["2 200 RFC 3261 §16.7 step 5"]);
});

test("to anything but an INVITE no provisional but 100 may be sent: it stays here (RFC 4320 §4.1)", () => {
  const fork = plays(message([A]), [
    [0, "start", startA],
    [10, "1: 183"],
    [20, "1: 200", "200 from 1", "ended"],
  ]);
  assert.deepEqual(eventsIn(fork.trace, "response-dropped"), ["1 183 RFC 4320 §4.1"]);
});

test("targets are tried by q, the next when the one before has ended (RFC 3261 §16.6)", () => {
  plays(serial, [
    [0, "start", startA],
    [10, "1: 180", "180 from 1"],
    [500, "1: 486", startB],
    [600, "2: 404", startC],
    [700, "3: 480", "486 from 1", "ended"],
  ]);
});

test("a group of equal q ends as a whole before the next begins (RFC 3261 §16.6)", () => {
  plays({ targets: [A, B, `${C} 500`] }, [
    [0, "start", startA, startB],
    [10, "1: 486"],
    [20, "2: 180", "180 from 2"],
    [30, "2: 486", startC],
    [40, "3: 200", "200 from 3", "ended"],
  ]);
});

test("a 2xx ends serial forking: what was not tried is named (RFC 3261 §16.7 step 5)", () => {
  const fork = plays(serial, [
    [0, "start", startA],
    [10, "1: 200", "200 from 1", "ended"],
  ]);
  assert.deepEqual(eventsIn(fork.trace, "target-skipped"), [
    `${B} answered-elsewhere`,
    `${C} answered-elsewhere`,
  ]);
});

test("Max-Breadth 1 makes equal targets wait for one another (RFC 5393 §5.3.3)", () => {
  const fork = plays({ ...two, request: { fields: ["Max-Breadth: 1"] } }, [
    [0, "start", startA],
    [10, "1: 486", startB],
    [20, "2: 200", "200 from 2", "ended"],
  ]);
  assert.deepEqual(
    fork.context.branches.map(({ breadth }) => breadth),
    [1, 1],
  );
});

const start = (at: number): string => `start ${at} to udp:192.0.2.${at}:5060`;

test("as many branches at once as Max-Breadth allows; one that ends makes room (RFC 5393 §5.5, RFC 5393 §5.3.3.1)", () => {
  const targets = [1, 2, 3, 4, 5].map((at) => `sip:d${at}@192.0.2.${at}`);
  plays({ targets, request: { fields: ["Max-Breadth: 3"] } }, [
    [0, "start", start(1), start(2), start(3)],
    [10, "2: 486", start(4)],
    [20, "1: 486", start(5)],
    [30, "5: 486"],
    [40, "3: 486"],
    [50, "4: 486", "486 from 2", "ended"],
  ]);
});

const breadths = (targets: readonly string[], maxBreadth?: number): number[] => {
  const fields = maxBreadth === undefined ? [] : [`Max-Breadth: ${maxBreadth}`];
  const fork = new Fork({ targets, request: { fields } });
  fork.feed(0, "start");
  return fork.context.branches.map(({ breadth }) => breadth);
};

test("branches share Max-Breadth evenly and never have more than came in (RFC 5393 §5.3.3)", () => {
  assert.deepEqual(breadths([A]), [60]);
  assert.deepEqual(breadths([A, B, C]), [20, 20, 20]);
  assert.deepEqual(breadths([A, B, C], 7), [2, 2, 3]);
  assert.deepEqual(breadths([A, B, C], 200), [20, 20, 20]);
  assert.deepEqual(breadths([A], 5), [5]);
});

test("a 6xx is kept, cancels the others and ends the trying; it goes upstream when they have ended (RFC 3261 §16.7 step 5, RFC 3261 §16.7 step 4)", () => {
  const fork = plays({ targets: [A, B, `${C} 500`] }, [
    [0, "start", startA, startB],
    [10, "1: 180", "180 from 1"],
    [20, "2: 603", "cancel 1"],
    [40, "1: 487", "603 from 2", "ended"],
  ]);
  assert.deepEqual(eventsIn(fork.trace, "target-skipped"), [`${C} declined-everywhere`]);
});

test("a 2xx that crosses the CANCEL after a 6xx wins: the caller never gets both (RFC 3261 §16.7 step 5)", () => {
  plays(two, [
    [0, "start", startA, startB],
    [10, "1: 180", "180 from 1"],
    [20, "2: 600", "cancel 1"],
    [30, "1: 200", "200 from 1", "ended"],
  ]);
});

test("a 6xx while another branch's name is looked up: that branch is forgotten, and nobody is said to have cancelled", () => {
  const fork = plays({ targets: [A, "sip:b@elsewhere.net"] }, [
    [0, "start", startA, "resolve 2 NAPTR elsewhere.net"],
    [20, "1: 603", "603 from 1", "ended"],
    [30, "2: resolved 192.0.2.9"],
  ]);
  assert.deepEqual(eventsIn(fork.trace, "branch-failed"), []);
  assert.deepEqual(eventsIn(fork.trace, "branch-cancelled"), ["2 declined-everywhere"]);
});

test("401 and 407 go upstream with the challenges of all other branches (RFC 3261 §16.7 step 7, RFC 8760 §2.5; RFC 3261 §22.3)", () => {
  const fork = new Fork({ targets: [A, B, C, "sip:d@192.0.2.4"] });
  fork.feed(0, "start");
  fork.feed(1, "1: 407", ['Proxy-Authenticate: Digest realm="a", nonce="1"']);
  fork.feed(2, "2: 401", ['WWW-Authenticate: Digest realm="b", nonce="2", qop="auth,auth-int"']);
  fork.feed(3, "3: 486", ['WWW-Authenticate: Digest realm="no", nonce="0"']);
  fork.feed(4, "4: 407", ['Proxy-Authenticate: Digest realm="c", nonce="3"']);
  const response = lastResponse(fork);
  assert.equal(response.statusCode, 407);
  assert.deepEqual(response.values(Header.ProxyAuthenticate), [
    'Digest realm="a", nonce="1"',
    'Digest realm="c", nonce="3"',
  ]);
  assert.deepEqual(response.values(Header.WwwAuthenticate), [
    'Digest realm="b", nonce="2", qop="auth,auth-int"',
  ]);
});

test("a final that is no challenge carries nobody else's (RFC 3261 §16.7 step 7)", () => {
  const fork = new Fork(two);
  fork.feed(0, "start");
  fork.feed(1, "1: 401", ['WWW-Authenticate: Digest realm="a", nonce="1"']);
  fork.feed(2, "2: 603");
  assert.equal(lastResponse(fork).statusCode, 603);
  assert.equal(lastResponse(fork).header(Header.WwwAuthenticate), undefined);
});

test("a 503 does not go upstream: the caller gets a 500 of ours (RFC 3261 §16.7 step 6)", () => {
  const fork = plays(two, [
    [0, "start", startA, startB],
    [10, "1: 503"],
    [20, "2: 503", "500 service-unavailable-hidden", "ended"],
  ]);
  assert.deepEqual(eventsIn(fork.trace, "response-rewritten"), ["503 500 RFC 3261 §16.7 step 6"]);
});

test("a 503 beside another 5xx leaves that one to go upstream", () => {
  plays(two, [
    [0, "start", startA, startB],
    [10, "1: 503"],
    [20, "2: 502", "502 from 2", "ended"],
  ]);
});

test("a branch that is silent for 64*T1 counts as a 408 with its cause (RFC 3261 §16.6 step 7, RFC 3261 §8.1.3.1)", () => {
  plays(one, [
    [0, "start", startA],
    [32_000, "1: timed out", "408 branch-timed-out", "ended"],
  ]);
});

test("a branch that cannot be reached counts as a 503, which the caller sees as 500 (RFC 3261 §16.9, RFC 3261 §8.1.3.1)", () => {
  plays(one, [
    [0, "start", startA],
    [5, "1: unreachable", "500 next-hop-unreachable", "ended"],
  ]);
});

test("every branch failed in its own way: each cause is in the trace, the best goes upstream", () => {
  const fork = plays({ targets: [A, B, "sip:c@elsewhere.net"] }, [
    [0, "start", startA, startB, "resolve 3 NAPTR elsewhere.net"],
    [5, "3: unresolvable"],
    [10, "2: unreachable"],
    [32_000, "1: timed out", "408 branch-timed-out", "ended"],
  ]);
  assert.deepEqual(eventsIn(fork.trace, "branch-failed"), [
    "3 next-hop-unresolvable elsewhere.net: no such name",
    "2 next-hop-unreachable port closed",
    "1 branch-timed-out ",
  ]);
  assert.deepEqual(eventsIn(fork.trace, "best-chosen"), ["1 408 3 RFC 3261 §16.7 step 6"]);
});

test("one of the finals is chosen, and the trace says of how many (RFC 3261 §16.7 step 6)", () => {
  const fork = plays({ targets: [A, B, C] }, [
    [0, "start", startA, startB, startC],
    [10, "1: 404"],
    [20, "2: 486"],
    [30, "3: 500", "486 from 2", "ended"],
  ]);
  assert.deepEqual(eventsIn(fork.trace, "best-chosen"), ["2 486 3 RFC 3261 §16.7 step 6"]);
});

test("a destination that fails gives way to the resolver's next, in a branch of its own (RFC 3261 §16.6 step 7)", () => {
  const fork = plays({ targets: ["sip:a@elsewhere.net"] }, [
    [0, "start", "resolve 1 NAPTR elsewhere.net"],
    [5, "1: resolved 192.0.2.5 192.0.2.6 192.0.2.7", "start 1 to udp:192.0.2.5:5060"],
    [10, "1: unreachable", "start 2 to udp:192.0.2.6:5060"],
    [32_010, "2: timed out", "start 3 to udp:192.0.2.7:5060"],
    [32_020, "3: 503", "500 service-unavailable-hidden", "ended"],
  ]);
  const ids = fork.context.branches.map(({ branchId }) => branchId);
  assert.equal(new Set(ids).size, 3);
});

test("a destination that failed is no final of its target: the next one's answer stands alone (RFC 3261 §16.6 step 7)", () => {
  const fork = plays({ targets: ["sip:a@elsewhere.net"] }, [
    [0, "start", "resolve 1 NAPTR elsewhere.net"],
    [5, "1: resolved 192.0.2.5 192.0.2.6", "start 1 to udp:192.0.2.5:5060"],
    [32_005, "1: timed out", "start 2 to udp:192.0.2.6:5060"],
    [32_020, "2: 500", "500 from 2", "ended"],
  ]);
  assert.deepEqual(eventsIn(fork.trace, "best-chosen"), ["2 500 1 RFC 3261 §16.7 step 6"]);
});

test("a response other than 503 is an answer: the next destination is not tried (RFC 3263 §4.3)", () => {
  for (const status of [486, 500, 600]) {
    plays({ targets: ["sip:a@elsewhere.net"] }, [
      [0, "start", "resolve 1 NAPTR elsewhere.net"],
      [5, "1: resolved 192.0.2.5 192.0.2.6", "start 1 to udp:192.0.2.5:5060"],
      [10, `1: ${status}`, `${status} from 1`, "ended"],
    ]);
  }
});

test("the next destination is not tried for a caller who has cancelled", () => {
  plays({ targets: ["sip:a@elsewhere.net"] }, [
    [0, "start", "resolve 1 NAPTR elsewhere.net"],
    [5, "1: resolved 192.0.2.5 192.0.2.6", "start 1 to udp:192.0.2.5:5060"],
    [10, "cancel"],
    [20, "1: unreachable", "487 caller-cancelled", "ended"],
  ]);
});

test("a resolver that answers with nothing fails the branch with 500", () => {
  plays({ targets: ["sip:a@elsewhere.net"] }, [
    [0, "start", "resolve 1 NAPTR elsewhere.net"],
    [5, "1: resolved", "500 next-hop-unresolvable", "ended"],
  ]);
});

test("no more branches than branchesPerRequest, destinations tried again included", () => {
  plays({ targets: ["sip:a@elsewhere.net"], options: { branchesPerRequest: 2 } }, [
    [0, "start", "resolve 1 NAPTR elsewhere.net"],
    [5, "1: resolved 192.0.2.5 192.0.2.6 192.0.2.7", "start 1 to udp:192.0.2.5:5060"],
    [10, "1: unreachable", "start 2 to udp:192.0.2.6:5060"],
    [15, "2: unreachable", "500 next-hop-unreachable", "ended"],
  ]);
});

test("a target that nothing can be sent to ends at once with its cause", () => {
  plays({ targets: ["sip:a@192.0.2.1;transport=ws"] }, [
    [0, "start", "500 next-hop-unreachable", "ended"],
  ]);
  plays({ targets: ["sip:a@192.0.2.1;transport=ws", `${B} 500`] }, [
    [0, "start", startB],
    [10, "2: 200", "200 from 2", "ended"],
  ]);
});

test("Timer C runs from the INVITE and is set anew by 101 to 199, not by 100 (RFC 3261 §16.6 step 11, §16.7 step 2)", () => {
  const fork = new Fork(one);
  fork.feed(0, "start");
  assert.equal(fork.context.deadlineMs, START_MS + 185_000);
  fork.feed(100, "1: 100");
  assert.equal(fork.context.deadlineMs, START_MS + 185_000);
  fork.feed(5_000, "1: 180");
  assert.equal(fork.context.deadlineMs, START_MS + 190_000);
  fork.feed(6_000, "1: 199");
  assert.equal(fork.context.deadlineMs, START_MS + 191_000);
});

test("no Timer C for anything but an INVITE (RFC 3261 §16.6 step 11)", () => {
  const fork = new Fork(message([A]));
  fork.feed(0, "start");
  assert.equal(fork.context.deadlineMs, Infinity);
});

test("Timer C in proceeding cancels; the 487 that follows counts as our 408, with its cause (RFC 3261 §16.8)", () => {
  plays(one, [
    [0, "start", startA],
    [80, "1: 100"],
    [184_999, "time"],
    [185_000, "time", "cancel 1"],
    [185_020, "1: 487", "408 branch-silent-after-100", "ended"],
  ]);
});

test("a branch that rang until Timer C is told apart from one that only said 100 (RFC 3261 §16.8)", () => {
  const fork = plays(one, [
    [0, "start", startA],
    [80, "1: 180", "180 from 1"],
    [185_080, "time", "cancel 1"],
    [185_100, "1: 487", "408 branch-unanswered", "ended"],
  ]);
  const refusal = fork.outputs.find((output) => output.kind === "respond" && output.branch === 0);
  assert.ok(refusal?.kind === "respond");
  assert.deepEqual(refusal.cause?.evidence, {
    target: A,
    lastStatusCode: 180,
    waitedMs: 185_100,
  });
});

test("a 2xx that crosses the CANCEL of Timer C is a call all the same (RFC 3261 §16.8)", () => {
  plays(one, [
    [0, "start", startA],
    [80, "1: 180", "180 from 1"],
    [185_080, "time", "cancel 1"],
    [185_090, "1: 200", "200 from 1", "ended"],
  ]);
});

test("Timer C of one branch lets the others go on, and the next group begin", () => {
  plays({ targets: [A, `${B} 500`] }, [
    [0, "start", startA],
    [80, "1: 180", "180 from 1"],
    [185_080, "time", "cancel 1"],
    [185_100, "1: 487", startB],
    [185_200, "2: 486", "486 from 2", "ended"],
  ]);
});

test("Timer C without any provisional gives the branch up as if 408 had come (RFC 3261 §16.8)", () => {
  plays(one, [
    [0, "start", startA],
    [185_000, "time", "abandon 1", "408 branch-timed-out", "ended"],
  ]);
});

test("the caller's CANCEL cancels each branch that gave a provisional; the 487 goes upstream (RFC 3261 §16.10)", () => {
  plays(two, [
    [0, "start", startA, startB],
    [10, "1: 180", "180 from 1"],
    [20, "2: 100"],
    [500, "cancel", "cancel 1", "cancel 2"],
    [520, "2: 487"],
    [530, "1: 487", "487 from 2", "ended"],
  ]);
});

test("before a provisional the CANCEL waits for one, 100 included (RFC 3261 §9.1)", () => {
  plays(one, [
    [0, "start", startA],
    [5, "cancel"],
    [600, "1: 100", "cancel 1"],
    [620, "1: 487", "487 from 1", "ended"],
  ]);
});

test("a branch that never says a word after the caller's CANCEL ends with its time-out as 487 (RFC 3261 §9.1)", () => {
  plays(one, [
    [0, "start", startA],
    [5, "cancel"],
    [32_000, "1: timed out", "487 caller-cancelled", "ended"],
  ]);
});

test("a branch silent after our CANCEL is given up after 64*T1: 487 with its cause (RFC 3261 §9.1)", () => {
  const fork = plays(one, [
    [0, "start", startA],
    [10, "1: 180", "180 from 1"],
    [1_000, "cancel", "cancel 1"],
    [32_999, "time"],
    [33_000, "time", "abandon 1", "487 cancel-unanswered", "ended"],
  ]);
  assert.deepEqual(eventsIn(fork.trace, "timer-fired"), ["64*T1 1 RFC 3261 §9.1"]);
});

test("ringing on after our CANCEL buys no time (RFC 3261 §9.1)", () => {
  plays(one, [
    [0, "start", startA],
    [10, "1: 180", "180 from 1"],
    [1_000, "cancel", "cancel 1"],
    [20_000, "1: 180", "180 from 1"],
    [33_000, "time", "abandon 1", "487 cancel-unanswered", "ended"],
  ]);
});

test("a branch cancelled by Timer C that stays silent is given up after 64*T1 (RFC 3261 §9.1, §16.8)", () => {
  plays(one, [
    [0, "start", startA],
    [10, "1: 100"],
    [185_000, "time", "cancel 1"],
    [216_999, "time"],
    [217_000, "time", "abandon 1", "408 branch-silent-after-100", "ended"],
  ]);
});

test("a 2xx that crosses the caller's CANCEL goes upstream (RFC 3261 §16.7 step 5)", () => {
  plays(one, [
    [0, "start", startA],
    [10, "1: 180", "180 from 1"],
    [500, "cancel", "cancel 1"],
    [501, "1: 200", "200 from 1", "ended"],
  ]);
});

test("no target is tried after the caller's CANCEL, and a 487 is better than what was kept", () => {
  const fork = plays({ targets: [A, B, `${C} 500`] }, [
    [0, "start", startA, startB],
    [10, "1: 486"],
    [20, "2: 180", "180 from 2"],
    [500, "cancel", "cancel 2"],
    [520, "2: 487", "487 from 2", "ended"],
  ]);
  assert.deepEqual(eventsIn(fork.trace, "target-skipped"), [`${C} caller-cancelled`]);
});

test("a CANCEL while a name is looked up ends it at once: 487 (RFC 3261 §16.10)", () => {
  plays({ targets: ["sip:a@elsewhere.net"] }, [
    [0, "start", "resolve 1 NAPTR elsewhere.net"],
    [5, "cancel", "487 caller-cancelled", "ended"],
    [9, "1: resolved 192.0.2.5"],
  ]);
});

test("a second CANCEL, and one after the final response, change nothing (RFC 3261 §9.1)", () => {
  plays(two, [
    [0, "start", startA, startB],
    [10, "1: 180", "180 from 1"],
    [20, "cancel", "cancel 1"],
    [30, "cancel"],
    [40, "1: 487"],
    [50, "2: 100", "cancel 2"],
    [60, "2: 487", "487 from 1", "ended"],
  ]);
  plays(two, [
    [0, "start", startA, startB],
    [10, "1: 200", "200 from 1"],
    [20, "cancel"],
    [30, "2: 486", "ended"],
  ]);
});

test("a request but INVITE that nobody answers gets no final at all: a 408 may not be sent (RFC 4320 §4.2)", () => {
  const fork = plays(message([A]), [
    [0, "start", startA],
    [32_000, "1: timed out", "no answer, branch-timed-out", "ended"],
  ]);
  assert.deepEqual(eventsIn(fork.trace, "response-dropped"), ["1 408 RFC 4320 §4.2"]);
});

test("a 408 that a next hop sends to anything but an INVITE stays here too (RFC 4320 §4.2)", () => {
  plays(message([A]), [
    [0, "start", startA],
    [900, "1: 408", "no answer, branch-timed-out", "ended"],
  ]);
});

test("to anything but an INVITE any other final is better than a 408 (RFC 4320 §4.2)", () => {
  plays(message([A, B]), [
    [0, "start", startA, startB],
    [10, "1: 408"],
    [20, "2: 500", "500 from 2", "ended"],
  ]);
});

test("what comes for a branch after its final changes nothing", () => {
  plays(two, [
    [0, "start", startA, startB],
    [10, "1: 486"],
    [20, "1: 180"],
    [30, "1: 603"],
    [40, "1: timed out"],
    [50, "2: 404", "486 from 1", "ended"],
    [60, "2: 486"],
    [70, "time"],
  ]);
});
