import assert from "node:assert/strict";
import { test } from "node:test";
import type { DigestAlgorithm } from "../base/credential.ts";
import { seededRandom } from "../base/random.ts";
import { parseMessage, type SipRequest } from "../message/index.ts";
import { answerChallenge } from "./answer.ts";
import { Authenticator } from "./authenticator.ts";
import { credentialOf, hashOf } from "./digest.ts";
import type { Accepted, Account, AuthenticatorOptions, AuthRefusal } from "./verdict.ts";

const REALM = "example.org";
const LIFETIME_MS = 300_000;
const START_MS = 1_700_000_000_000;
const alice = { credential: credentialOf("alice", REALM, "secret") };

function server(options: Partial<AuthenticatorOptions> = {}): Authenticator {
  return new Authenticator({
    secret: "of the server",
    nonceLifetimeMs: LIFETIME_MS,
    random: seededRandom(1),
    ...options,
  });
}

function register(...fields: readonly string[]): SipRequest {
  const text = [
    "REGISTER sip:example.org SIP/2.0",
    "Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1",
    "From: <sip:alice@example.org>;tag=1",
    "To: <sip:alice@example.org>",
    "Call-ID: c1",
    "CSeq: 1 REGISTER",
    ...fields,
    "",
    "",
  ].join("\r\n");
  const message = parseMessage(text);
  assert.ok(message.kind === "request");
  return message;
}

interface Answer {
  readonly username?: string;
  readonly password?: string;
  readonly method?: string;
  readonly uri?: string;
  readonly nonceCount?: number;
  readonly algorithm?: DigestAlgorithm;
}

/** The client's half: an Authorization value for one of the server's challenges. */
function answer(challenges: readonly string[], options: Answer = {}): string {
  const { algorithm } = options;
  const chosen = challenges.filter(
    (value) => algorithm === undefined || value.includes(`algorithm=${algorithm},`),
  );
  const value = answerChallenge(chosen, {
    username: options.username ?? "alice",
    password: options.password ?? "secret",
    method: options.method ?? "REGISTER",
    uri: options.uri ?? "sip:example.org",
    cnonce: "0a4f113b",
    nonceCount: options.nonceCount ?? 1,
  });
  assert.ok(value !== undefined);
  return value;
}

type Verdict = Accepted | AuthRefusal;

function check(
  authenticator: Authenticator,
  authorization: string,
  nowMs: number,
  account: Account | "nobody" = alice,
  countNonce = true,
): Verdict {
  const claim = authenticator.identify(register(`Authorization: ${authorization}`), REALM, 401);
  if (claim.kind === "refused") return claim;
  return authenticator.verify(claim, account === "nobody" ? undefined : account, nowMs, {
    countNonce,
  });
}

/** `accepted`, or the cause and whether the next challenge says stale. */
function told(verdict: Verdict): string {
  if (verdict.kind === "accepted") return `accepted ${verdict.username} ${verdict.algorithm}`;
  return verdict.cause.id + (verdict.stale ? " stale" : "");
}

function detailOf(verdict: Verdict): unknown {
  return verdict.kind === "refused" ? verdict.cause.evidence["detail"] : undefined;
}

const fresh = { stale: false } as const;

test("one challenge for each algorithm, the strongest first, with qop (RFC 8760 §2.3, §2.6, RFC 7616 §3.7)", () => {
  const challenges = server().challenge(REALM, START_MS, fresh);
  const nonce = /nonce="([0-9a-f]{43})"/.exec(challenges[0] ?? "")?.[1] ?? "none";
  assert.deepEqual(challenges, [
    `Digest realm="example.org", nonce="${nonce}", algorithm=SHA-512-256, qop="auth"`,
    `Digest realm="example.org", nonce="${nonce}", algorithm=SHA-256, qop="auth"`,
    `Digest realm="example.org", nonce="${nonce}", algorithm=MD5, qop="auth"`,
  ]);
});

test("no two challenges share a nonce, even within a millisecond (RFC 7616 §3.3)", () => {
  const authenticator = server();
  const [first] = authenticator.challenge(REALM, START_MS, fresh);
  assert.notEqual(first, authenticator.challenge(REALM, START_MS, fresh)[0]);
});

test("only what is configured is offered and accepted", () => {
  const strict = server({ algorithms: ["SHA-256"] });
  const challenges = strict.challenge(REALM, START_MS, fresh);
  assert.equal(challenges.length, 1);
  const value = answer(challenges);
  assert.equal(told(check(strict, value, START_MS)), "accepted alice SHA-256");
  const weaker = check(strict, value.replace("algorithm=SHA-256", "algorithm=MD5"), START_MS);
  assert.equal(told(weaker), "credentials-malformed");
  assert.equal(detailOf(weaker), "algorithm was not offered");
});

const WITH_WEAK_PHONES = { md5OnlyFor: ["Baresip"] } as const;

test("a user agent that stops at a challenge it does not know is offered MD5 alone (RFC 8760 §2.3: MAY, RFC 7616 §5.3)", () => {
  const authenticator = server(WITH_WEAK_PHONES);
  const algorithms = authenticator.algorithmsFor(register("User-Agent: baresip v1.0.0 (x86_64)"));
  assert.deepEqual(algorithms, ["MD5"]);
  const challenges = authenticator.challenge(REALM, START_MS, { stale: true, algorithms });
  assert.equal(challenges.length, 1);
  assert.match(challenges[0] ?? "", /algorithm=MD5, qop="auth", stale=true$/);
});

test("all others are offered everything, and so is everybody where MD5 is not offered at all", () => {
  const authenticator = server(WITH_WEAK_PHONES);
  for (const fields of [
    [],
    ["User-Agent: not baresip"],
    ["User-Agent: bare"],
    ["Server: baresip"],
  ]) {
    assert.equal(authenticator.algorithmsFor(register(...fields)).length, 3, fields.join());
  }
  const strict = server({ ...WITH_WEAK_PHONES, algorithms: ["SHA-256"] });
  assert.deepEqual(strict.algorithmsFor(register("User-Agent: baresip v1.0.0")), ["SHA-256"]);
});

for (const algorithm of ["SHA-512-256", "SHA-256", "MD5"] as const) {
  test(`the right password is accepted with ${algorithm}, a wrong one is not (RFC 8760 §2.1)`, () => {
    const authenticator = server();
    const challenges = authenticator.challenge(REALM, START_MS, fresh);
    const right = answer(challenges, { algorithm });
    assert.equal(told(check(authenticator, right, START_MS + 5)), `accepted alice ${algorithm}`);
    const wrong = answer(challenges, { algorithm, password: "Secret", nonceCount: 2 });
    assert.equal(told(check(authenticator, wrong, START_MS + 6)), "credentials-wrong");
  });
}

test("an algorithm that is not named is MD5 (RFC 7616 §3.3)", () => {
  const authenticator = server();
  const challenges = authenticator.challenge(REALM, START_MS, fresh);
  const value = answer(challenges, { algorithm: "MD5" }).replace(", algorithm=MD5", "");
  assert.ok(!value.includes("algorithm"));
  assert.equal(told(check(authenticator, value, START_MS)), "accepted alice MD5");
});

test("no credentials, another scheme's or another realm's: all are missing (RFC 3261 §22.1)", () => {
  const authenticator = server();
  const elsewhere = answer(authenticator.challenge("example.com", START_MS, fresh));
  for (const fields of [
    [],
    ["Authorization: Basic QWxhZGRpbg=="],
    [`Authorization: ${elsewhere}`],
  ]) {
    const claim = authenticator.identify(register(...fields), REALM, 401);
    assert.ok(claim.kind === "refused");
    assert.equal(claim.cause.id, "credentials-missing");
    assert.equal(claim.cause.statusCode, 401);
  }
});

test("a registrar reads Authorization, a proxy Proxy-Authorization (RFC 3261 §22.2, §22.3)", () => {
  const authenticator = server();
  const value = answer(authenticator.challenge(REALM, START_MS, fresh));
  const request = register(`Proxy-Authorization: ${value}`);
  assert.equal(authenticator.identify(request, REALM, 401).kind, "refused");
  const claim = authenticator.identify(request, REALM, 407);
  assert.ok(claim.kind === "claim");
  assert.equal(claim.aor, "sip:alice@example.org");
  const wrong = authenticator.verify(claim, undefined, START_MS, { countNonce: true });
  assert.ok(wrong.kind === "refused");
  assert.equal(wrong.cause.statusCode, 407);
});

test("of several credentials those for our realm count, wherever they stand (RFC 3261 §22.3)", () => {
  const authenticator = server();
  const ours = answer(authenticator.challenge(REALM, START_MS, fresh));
  const theirs = answer(authenticator.challenge("example.com", START_MS, fresh));
  const request = register(
    "Authorization: Basic QWxhZGRpbg==",
    `Authorization: ${theirs}`,
    `Authorization: Digest realm="${REALM}"`,
    `Authorization: ${ours}`,
  );
  assert.equal(authenticator.identify(request, REALM, 401).kind, "claim");
});

test("the whole address is accepted as username; another case of the name is another name", () => {
  const authenticator = server();
  const challenges = authenticator.challenge(REALM, START_MS, fresh);
  const whole = answer(challenges, { username: "alice@example.org" });
  assert.equal(
    told(check(authenticator, whole, START_MS)),
    "accepted alice@example.org SHA-512-256",
  );
  const claim = authenticator.identify(
    register(`Authorization: ${answer(challenges, { username: "Alice" })}`),
    REALM,
    401,
  );
  assert.ok(claim.kind === "claim");
  assert.equal(claim.aor, "sip:Alice@example.org");
});

test("an imported account without the hash that is asked for matches nothing", () => {
  const authenticator = server();
  const challenges = authenticator.challenge(REALM, START_MS, fresh);
  const { MD5 } = alice.credential.ha1;
  const onlyMd5 = {
    credential: { realm: REALM, ha1: { MD5, "SHA-256": "", "SHA-512-256": "" } },
  };
  const md5 = answer(challenges, { algorithm: "MD5" });
  assert.equal(told(check(authenticator, md5, START_MS, onlyMd5)), "accepted alice MD5");
  const sha = answer(challenges, { algorithm: "SHA-256", nonceCount: 2 });
  assert.equal(told(check(authenticator, sha, START_MS, onlyMd5)), "credentials-wrong");
  const whole = answer(challenges, { algorithm: "MD5", username: "alice@example.org" });
  assert.equal(told(check(authenticator, whole, START_MS, onlyMd5)), "credentials-wrong");
});

test("the operator is told an unknown account from a wrong password; the work is the same", () => {
  let hashes = 0;
  const authenticator = server({
    hash: (algorithm, text) => {
      hashes += 1;
      return hashOf(algorithm, text);
    },
  });
  const counts: number[] = [];
  const ids: string[] = [];
  for (const account of [alice, "nobody", { credential: undefined }] as const) {
    const challenges = authenticator.challenge(REALM, START_MS, fresh);
    hashes = 0;
    ids.push(told(check(authenticator, answer(challenges, { password: "x" }), START_MS, account)));
    counts.push(hashes);
  }
  assert.deepEqual(ids, ["credentials-wrong", "account-unknown", "credentials-wrong"]);
  assert.deepEqual(counts, [2, 2, 2]);
});

test("the password of an account that does not exist cannot be guessed as empty", () => {
  const authenticator = server();
  const challenges = authenticator.challenge(REALM, START_MS, fresh);
  const empty = {
    credential: { realm: REALM, ha1: { MD5: "", "SHA-256": "", "SHA-512-256": "" } },
  };
  // The response that an HA1 of "" would ask for.
  const nonce = /nonce="([^"]+)"/.exec(challenges[0] ?? "")?.[1] ?? "";
  const ha2 = hashOf("MD5", "REGISTER:sip:example.org");
  const response = hashOf("MD5", `:${nonce}:00000001:c:auth:${ha2}`);
  const value =
    `Digest username="alice", realm="example.org", nonce="${nonce}", uri="sip:example.org",` +
    ` response="${response}", algorithm=MD5, cnonce="c", qop=auth, nc=00000001`;
  assert.equal(told(check(authenticator, value, START_MS, empty)), "credentials-wrong");
});

test("a nonce is good to the last millisecond of its life, then stale (RFC 7616 §3.3)", () => {
  const authenticator = server();
  const challenges = authenticator.challenge(REALM, START_MS, fresh);
  const lastMs = START_MS + LIFETIME_MS;
  assert.equal(
    told(check(authenticator, answer(challenges), lastMs)),
    "accepted alice SHA-512-256",
  );
  const later = answer(challenges, { nonceCount: 2 });
  assert.equal(told(check(authenticator, later, lastMs + 1)), "nonce-stale stale");
  assert.match(
    authenticator.challenge(REALM, lastMs + 1, { stale: true })[2] ?? "",
    /algorithm=MD5, qop="auth", stale=true$/,
  );
});

test("stale is said only to who knows the password (RFC 7616 §3.3)", () => {
  const authenticator = server();
  const challenges = authenticator.challenge(REALM, START_MS, fresh);
  const lateMs = START_MS + LIFETIME_MS + 1;
  const wrong = answer(challenges, { password: "x" });
  assert.equal(told(check(authenticator, wrong, lateMs)), "credentials-wrong");
  assert.equal(told(check(authenticator, wrong, lateMs, "nobody")), "account-unknown");
});

test("a nonce that we did not mint is stale: invented, of another secret, or of another realm", () => {
  const authenticator = server();
  const invented = ['Digest realm="example.org", nonce="abc", qop="auth"'];
  assert.equal(told(check(authenticator, answer(invented), START_MS)), "nonce-stale stale");
  const other = server({ secret: "another" }).challenge(REALM, START_MS, fresh);
  assert.equal(told(check(authenticator, answer(other), START_MS)), "nonce-stale stale");
  const realm = authenticator
    .challenge("example.com", START_MS, fresh)
    .map((value) => value.replace("example.com", REALM));
  assert.equal(told(check(authenticator, answer(realm), START_MS)), "nonce-stale stale");
});

test("a clock that was set back does not make a nonce live longer", () => {
  const authenticator = server();
  const challenges = authenticator.challenge(REALM, START_MS, fresh);
  const value = answer(challenges);
  assert.equal(told(check(authenticator, value, START_MS - LIFETIME_MS - 1)), "nonce-stale stale");
});

test("nonces from before the floor are stale: their counts are not known", () => {
  const before = server().challenge(REALM, START_MS, fresh);
  const restarted = server({ nonceFloorMs: START_MS + 1 });
  assert.equal(told(check(restarted, answer(before), START_MS + 5)), "nonce-stale stale");
  const after = restarted.challenge(REALM, START_MS + 1, fresh);
  assert.equal(told(check(restarted, answer(after), START_MS + 5)), "accepted alice SHA-512-256");
});

test("the same count again is a replay, the next one is not (RFC 7616 §5.5)", () => {
  const authenticator = server();
  const challenges = authenticator.challenge(REALM, START_MS, fresh);
  const first = answer(challenges);
  assert.equal(told(check(authenticator, first, START_MS)), "accepted alice SHA-512-256");
  const again = check(authenticator, first, START_MS + 1);
  assert.equal(told(again), "nonce-replayed stale");
  assert.ok(again.kind === "refused");
  assert.deepEqual(again.cause.evidence, { realm: REALM, username: "alice", nonceCount: 1 });
  const next = answer(challenges, { nonceCount: 2 });
  assert.equal(told(check(authenticator, next, START_MS + 2)), "accepted alice SHA-512-256");
});

test("ACK, CANCEL and a spiral may repeat a count, and use none up (RFC 3261 §22.1)", () => {
  const authenticator = server();
  const value = answer(authenticator.challenge(REALM, START_MS, fresh));
  const counted = [false, true, false, true].map((countNonce) =>
    told(check(authenticator, value, START_MS, alice, countNonce)),
  );
  assert.deepEqual(counted, [
    "accepted alice SHA-512-256",
    "accepted alice SHA-512-256",
    "accepted alice SHA-512-256",
    "nonce-replayed stale",
  ]);
});

test("a wrong password uses no count up", () => {
  const authenticator = server();
  const challenges = authenticator.challenge(REALM, START_MS, fresh);
  const wrong = answer(challenges, { password: "x" });
  assert.equal(told(check(authenticator, wrong, START_MS)), "credentials-wrong");
  assert.equal(
    told(check(authenticator, answer(challenges), START_MS)),
    "accepted alice SHA-512-256",
  );
});

test("a nonce that gave way to others is stale, so its requests cannot be replayed", () => {
  const authenticator = server({ noncesTrackedMax: 2 });
  const values = [0, 1, 2].map((n) => answer(authenticator.challenge(REALM, START_MS + n, fresh)));
  for (const value of values) {
    assert.equal(told(check(authenticator, value, START_MS + 5)), "accepted alice SHA-512-256");
  }
  assert.equal(told(check(authenticator, values[0] ?? "", START_MS + 6)), "nonce-stale stale");
  assert.equal(told(check(authenticator, values[2] ?? "", START_MS + 6)), "nonce-replayed stale");
});

test("a client without qop is heard, once for each nonce (RFC 8760 §2.6 item 8)", () => {
  const authenticator = server();
  const old = authenticator
    .challenge(REALM, START_MS, fresh)
    .map((value) => value.replace(', qop="auth"', ""));
  const value = answer([old[2] ?? ""]);
  assert.ok(!value.includes("qop"));
  assert.equal(told(check(authenticator, value, START_MS)), "accepted alice MD5");
  assert.equal(told(check(authenticator, value, START_MS + 1)), "nonce-stale stale");
});

test("the uri may differ from the Request-URI but must be a URI (RFC 8760 §2.6 item 6, RFC 7616 §3.4.6)", () => {
  const authenticator = server();
  const challenges = authenticator.challenge(REALM, START_MS, fresh);
  const rewritten = answer(challenges, { uri: "sip:192.0.2.7:5070;transport=tcp" });
  assert.equal(told(check(authenticator, rewritten, START_MS)), "accepted alice SHA-512-256");
  const none = check(authenticator, answer(challenges, { uri: "/dir/index.html" }), START_MS);
  assert.equal(told(none), "credentials-malformed");
  assert.equal(detailOf(none), "uri is not a URI");
});

test("credentials for another method do not fit (RFC 7616 §3.4.3)", () => {
  const authenticator = server();
  const value = answer(authenticator.challenge(REALM, START_MS, fresh), { method: "INVITE" });
  assert.equal(told(check(authenticator, value, START_MS)), "credentials-wrong");
});

test("what is malformed is said to the operator, and never stale", () => {
  const authenticator = server();
  const value = answer(authenticator.challenge(REALM, START_MS, fresh));
  const cases: readonly (readonly [from: string | RegExp, to: string, detail: string])[] = [
    ['username="alice", ', "", "username is not given"],
    ['"alice"', '""', "username cannot be the user of an address"],
    ['realm="example.org", ', "", "realm is not given"],
    [/nonce="[^"]*", /, "", "nonce is not given"],
    ['uri="sip:example.org", ', "", "uri is not given"],
    [/response="[^"]*", /, "", "response is not given"],
    [", nc=00000001", "", "nc is not given"],
    ["nc=00000001", "nc=1", "nc is not eight hex digits"],
    ["nc=00000001", "nc=0000000g", "nc is not eight hex digits"],
    [/cnonce="[^"]*", /, "", "cnonce is not given"],
    ["qop=auth", "qop=auth-int", "qop was not offered"],
    ["algorithm=SHA-512-256", "algorithm=MD5-sess", "algorithm was not offered"],
    ["qop=auth", "qop=auth, userhash=true", "userhash was not offered"],
    ["qop=auth", "qop=auth, qop=auth", "qop is given twice"],
  ];
  for (const [from, to, detail] of cases) {
    const changed = value.replace(from, to);
    assert.notEqual(changed, value, detail);
    const verdict = check(authenticator, changed, START_MS);
    assert.equal(told(verdict), "credentials-malformed", detail);
    assert.equal(detailOf(verdict), detail);
  }
  assert.equal(told(check(authenticator, value, START_MS)), "accepted alice SHA-512-256");
});

test("capital letters in qop, algorithm and response are read (seen from phones)", () => {
  const authenticator = server();
  const value = answer(authenticator.challenge(REALM, START_MS, fresh))
    .replace("qop=auth", 'qop="AUTH"')
    .replace("algorithm=SHA-512-256", "algorithm=sha-512-256")
    .replace(/response="([^"]*)"/, (_, hex: string) => `response="${hex.toUpperCase()}"`);
  assert.equal(told(check(authenticator, value, START_MS)), "accepted alice SHA-512-256");
});
