// The table of docs/who-may-do-what.md, one test for each of its cells, on a whole server in virtual time.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Header, type SipResponse } from "../src/message/index.ts";
import {
  aor,
  BOB_ADDRESS,
  Domain,
  ELSEWHERE_ADDRESS,
  SERVER_ADDRESS,
  type Sent,
} from "./support/domain.ts";
import { configured } from "./support/configured.ts";
import { assertNothingHeld } from "./support/held.ts";

const ALICE = "sip:alice@example.org";
const SECRET = "secret of alice";

/** The same test in both columns of the table, each on a server of its own. */
function inBothModes(
  name: string,
  run: (domain: Domain, auth: "digest" | "none") => Promise<void>,
): void {
  for (const auth of ["digest", "none"] as const) {
    test(`${name} [--auth ${auth}]`, () => within({ auth }, (domain) => run(domain, auth)));
  }
}

async function within(
  settings: Parameters<Domain["open"]>[0],
  run: (domain: Domain) => Promise<void>,
): Promise<void> {
  const domain = await new Domain().open(settings);
  await run(domain);
  assert.deepEqual(domain.faults, [], "no fault of ours");
  assert.equal(domain.server.counters.faults, 0);
}

const withDigest = (name: string, run: (domain: Domain) => Promise<void>): void => {
  test(`${name} [--auth digest]`, () => within({ auth: "digest" }, run));
};

const withNone = (name: string, run: (domain: Domain) => Promise<void>): void => {
  test(`${name} [--auth none]`, () => within({ auth: "none" }, run));
};

function isRefused(response: SipResponse | undefined, domain: Domain, told: string): void {
  assert.equal(`${response?.statusCode} ${domain.lastCauseId}`, told);
  assert.equal(domain.bob.requests.length, 0, "nothing reached Bob's device");
  assert.equal(domain.elsewhere.requests.length, 0, "nothing went elsewhere");
}

/** It went on to one place, and nobody has answered yet. */
function isRelayed(
  response: SipResponse | undefined,
  domain: Domain,
  to: "bob" | "elsewhere",
): void {
  assert.equal(response, undefined, `answered with ${response?.statusCode}`);
  const counts = { bob: domain.bob.requests.length, elsewhere: domain.elsewhere.requests.length };
  assert.deepEqual(counts, { bob: 0, elsewhere: 0, [to]: 1 });
}

const register = (user: string, changes: Sent = {}): Sent => ({
  method: "REGISTER",
  uri: "sip:example.org",
  from: `sip:${user}@example.org`,
  to: `sip:${user}@example.org`,
  fields: ["Contact: <sip:x@198.51.100.1>"],
  ...changes,
});

/** Without what is fresh each time: tags, nonces, branches, Call-IDs. */
function looksLike(response: SipResponse | undefined): string {
  assert.ok(response !== undefined, "it is answered");
  return response.text
    .replaceAll(/;tag=[0-9a-f]+\r/g, ";tag=T\r")
    .replaceAll(/nonce="[^"]*"/g, 'nonce="N"')
    .replaceAll(/branch=[^;\r]*/g, "branch=B")
    .replaceAll(/Call-ID: .*/g, "Call-ID: C");
}

// Row 1: REGISTER, user exists

withDigest(
  "REGISTER is challenged with 401 until that user's credentials verify (RFC 3261 §10.3 step 3)",
  async (domain) => {
    const challenged = await domain.caller.ask(register("alice"));
    assert.equal(challenged?.statusCode, 401);
    assert.equal(domain.lastCauseId, "credentials-missing");
    const wrong = await domain.caller.askAs("alice", "wrong", register("alice"));
    assert.equal(wrong?.statusCode, 401);
    assert.equal(domain.lastCauseId, "credentials-wrong");
    assert.equal((await domain.location.lookup(aor(ALICE), domain.time.nowMs)).bindings.length, 0);
    const right = await domain.caller.askAs("alice", SECRET, register("alice"));
    assert.equal(right?.statusCode, 200);
    assert.equal((await domain.location.lookup(aor(ALICE), domain.time.nowMs)).bindings.length, 1);
  },
);

withDigest(
  "REGISTER with another user's credentials is a 403 (RFC 3261 §10.3 step 4)",
  async (domain) => {
    const response = await domain.caller.askAs("alice", SECRET, register("bob"));
    isRefused(response, domain, "403 aor-not-yours");
  },
);

withNone("REGISTER is taken at its word", async (domain) => {
  const response = await domain.caller.ask(register("alice"));
  assert.equal(response?.statusCode, 200);
});

inBothModes(
  "REGISTER that comes with our own Route, as from a phone that has us as outbound proxy, is the registrar's",
  async (domain, auth) => {
    const routed = register("alice", { route: [`<sip:${SERVER_ADDRESS};lr>`] });
    const response =
      auth === "none"
        ? await domain.caller.ask(routed)
        : await domain.caller.askAs("alice", SECRET, routed);
    assert.equal(response?.statusCode, 200);
    assert.equal((await domain.location.lookup(aor(ALICE), domain.time.nowMs)).bindings.length, 1);
  },
);

// Row 2: REGISTER, no such user

withDigest(
  "REGISTER for nobody looks like one with a wrong password, byte for byte (RFC 7616 §5.3)",
  async (domain) => {
    const asNobody = await domain.caller.ask(register("nobod"));
    const asAlice = await domain.caller.ask(register("alice"));
    assert.equal(looksLike(asNobody).replaceAll("nobod", "alice"), looksLike(asAlice));
    const unknown = await domain.caller.askAs("nobod", "wrong", register("nobod"));
    assert.equal(domain.lastCauseId, "account-unknown");
    const wrong = await domain.caller.askAs("alice", "wrong", register("alice"));
    assert.equal(domain.lastCauseId, "credentials-wrong");
    assert.equal(unknown?.statusCode, 401);
    assert.equal(looksLike(unknown).replaceAll("nobod", "alice"), looksLike(wrong));
  },
);

withNone("REGISTER for nobody is a 404", async (domain) => {
  isRefused(await domain.caller.ask(register("nobody")), domain, "404 user-unknown");
});

// Row 3: any other request outside a dialog, From in our domain

for (const method of ["INVITE", "MESSAGE", "OPTIONS", "BYE", "NEWTHING"]) {
  withDigest(
    `${method} from our domain is challenged with 407, and relayed once it authenticates (RFC 3261 §22.3)`,
    async (domain) => {
      isRefused(
        await domain.caller.ask({ method, from: ALICE }),
        domain,
        "407 credentials-missing",
      );
      isRelayed(await domain.caller.askAs("alice", SECRET, { method, from: ALICE }), domain, "bob");
    },
  );
}

withDigest(
  "407 is the same whether or not the From user exists (RFC 3261 §22.3)",
  async (domain) => {
    const exists = await domain.caller.ask({ from: ALICE });
    const unknown = await domain.caller.ask({ from: "sip:alicx@example.org" });
    assert.equal(exists?.statusCode, 407);
    assert.equal(looksLike(unknown).replaceAll("alicx", "alice"), looksLike(exists));
    const wrong = await domain.caller.askAs("alice", "wrong", { from: ALICE });
    const nobody = await domain.caller.askAs("alicx", "wrong", { from: "sip:alicx@example.org" });
    assert.equal(looksLike(nobody).replaceAll("alicx", "alice"), looksLike(wrong));
  },
);

withDigest("407 comes before any word on whether the callee exists", async (domain) => {
  const uri = "sip:nobody@example.org";
  isRefused(await domain.caller.ask({ from: ALICE, uri }), domain, "407 credentials-missing");
  const response = await domain.caller.askAs("alice", SECRET, { from: ALICE, uri });
  isRefused(response, domain, "404 user-unknown");
});

withDigest(
  "authenticated with a From that is not theirs is a 403, another of our domains included (RFC 3261 §22.3)",
  async (domain) => {
    const asCarol = await domain.caller.askAs("alice", SECRET, { from: "sip:carol@example.org" });
    isRefused(asCarol, domain, "403 from-not-yours");
    const atCom = { from: "sip:bob@example.com" };
    isRefused(await domain.caller.askAs("alice", SECRET, atCom), domain, "403 from-not-yours");
  },
);

withDigest("our domain in another spelling is no way round the challenge", async (domain) => {
  for (const from of [
    "sip:alice@EXAMPLE.org",
    "sip:alice@example.org.",
    "sips:alice@example.org",
  ]) {
    // oxlint-disable-next-line no-await-in-loop
    isRefused(await domain.caller.ask({ from }), domain, "407 credentials-missing");
  }
});

withNone(
  "a From in our domain is taken at its word, whether or not that user exists",
  async (domain) => {
    isRelayed(await domain.caller.ask({ from: "sip:nobody@example.org" }), domain, "bob");
  },
);

// Row 4: from elsewhere to our user

inBothModes("from elsewhere to our user: relayed, never challenged", async (domain) => {
  isRelayed(await domain.caller.ask(), domain, "bob");
  assert.equal(domain.bob.requests[0]?.requestUri.text, `sip:bob@${BOB_ADDRESS}`);
});

inBothModes("from elsewhere: unknown is 404, unregistered 480", async (domain) => {
  const unknown = await domain.caller.ask({ uri: "sip:nobody@example.org" });
  isRefused(unknown, domain, "404 user-unknown");
  const unregistered = await domain.caller.ask({ uri: "sip:carol@example.org" });
  isRefused(unregistered, domain, "480 user-not-registered");
});

for (const auth of ["digest", "none"] as const) {
  test(`strangers: "uniform" answers both 480, with the same bytes; the operator still gets the cause [--auth ${auth}]`, () =>
    within({ auth, strangers: "uniform" }, async (domain) => {
      const unknown = await domain.caller.ask({ uri: "sip:nobod@example.org" });
      isRefused(unknown, domain, "480 user-unknown");
      const unregistered = await domain.caller.ask({ uri: "sip:carol@example.org" });
      isRefused(unregistered, domain, "480 user-not-registered");
      assert.equal(looksLike(unknown), looksLike(unregistered));
      const alias = await domain.caller.ask({ uri: "sip:out@example.org" });
      isRefused(alias, domain, "480 relay-not-allowed");
      assert.equal(looksLike(alias), looksLike(unregistered));
    }));
}

test('strangers: "uniform" is for strangers: our own user gets the true 404 [--auth digest]', () =>
  within({ strangers: "uniform" }, async (domain) => {
    const uri = "sip:nobody@example.org";
    const response = await domain.caller.askAs("alice", SECRET, { from: ALICE, uri });
    isRefused(response, domain, "404 user-unknown");
  }));

inBothModes("from elsewhere to an alias of our user: relayed", async (domain) => {
  isRelayed(await domain.caller.ask({ uri: "sip:desk@example.org" }), domain, "bob");
});

// Row 5: from elsewhere to a domain not ours

inBothModes(
  "from elsewhere to a domain that is not ours: 404, never an open relay",
  async (domain) => {
    for (const uri of [
      "sip:dora@elsewhere.net",
      `sip:dora@${ELSEWHERE_ADDRESS}`,
      "sip:bob@example.org:5099",
      `sip:bob@example.org;maddr=${ELSEWHERE_ADDRESS}`,
      `sip:bob@${BOB_ADDRESS}`,
    ]) {
      // oxlint-disable-next-line no-await-in-loop
      isRefused(await domain.caller.ask({ uri }), domain, "404 domain-not-served");
    }
  },
);

inBothModes("a Request-URI elsewhere with our own Route on it opens nothing", async (domain) => {
  for (const route of [`<sip:${SERVER_ADDRESS};lr>`, "<sip:example.org;lr>"]) {
    const sent: Sent = { uri: "sip:dora@elsewhere.net", route: [route] };
    // oxlint-disable-next-line no-await-in-loop
    isRefused(await domain.caller.ask(sent), domain, "404 domain-not-served");
  }
});

inBothModes("a stranger's preloaded Route to elsewhere opens nothing: 403", async (domain) => {
  const away = `<sip:${ELSEWHERE_ADDRESS};lr>`;
  for (const route of [[away], [`<sip:${SERVER_ADDRESS};lr>`, away]]) {
    // oxlint-disable-next-line no-await-in-loop
    isRefused(await domain.caller.ask({ route }), domain, "403 relay-not-allowed");
  }
});

inBothModes("an alias to elsewhere is no way through for a stranger: 403", async (domain) => {
  const response = await domain.caller.ask({ uri: "sip:out@example.org" });
  isRefused(response, domain, "403 relay-not-allowed");
});

// Row 6: our user to elsewhere

withDigest("our user to elsewhere: challenged, then relayed; by an alias too", async (domain) => {
  const sent: Sent = { from: ALICE, uri: "sip:dora@elsewhere.net" };
  isRefused(await domain.caller.ask(sent), domain, "407 credentials-missing");
  isRelayed(await domain.caller.askAs("alice", SECRET, sent), domain, "elsewhere");
  const before = domain.elsewhere.requests.length;
  await domain.caller.askAs("alice", SECRET, { from: ALICE, uri: "sip:out@example.org" });
  assert.equal(domain.elsewhere.requests.length, before + 1);
  assert.equal(domain.elsewhere.requests.at(-1)?.requestUri.text, "sip:dora@elsewhere.net");
});

withDigest("our user with a preloaded Route: challenged, then relayed along it", async (domain) => {
  const route = [`<sip:${SERVER_ADDRESS};lr>`, `<sip:${ELSEWHERE_ADDRESS};lr>`];
  const sent: Sent = { from: ALICE, uri: "sip:dora@far.example", route };
  isRefused(await domain.caller.ask(sent), domain, "407 credentials-missing");
  isRelayed(await domain.caller.askAs("alice", SECRET, sent), domain, "elsewhere");
  const [request] = domain.elsewhere.requests;
  assert.deepEqual(request?.values(Header.Route), [`<sip:${ELSEWHERE_ADDRESS};lr>`]);
});

withNone("our user to elsewhere: 403, since anybody can say so", async (domain) => {
  const sent: Sent = { from: ALICE, uri: "sip:dora@elsewhere.net" };
  isRefused(await domain.caller.ask(sent), domain, "403 relay-not-allowed");
  const byAlias: Sent = { from: ALICE, uri: "sip:out@example.org" };
  isRefused(await domain.caller.ask(byAlias), domain, "403 relay-not-allowed");
  const byRoute: Sent = { from: ALICE, route: [`<sip:${ELSEWHERE_ADDRESS};lr>`] };
  isRefused(await domain.caller.ask(byRoute), domain, "403 relay-not-allowed");
});

// Rows 7 and 8: inside a dialog

/** Sets up a call from elsewhere to Bob and gives its Call-ID and the Route of its dialog. */
async function inCall(
  domain: Domain,
): Promise<{ readonly callId: string; readonly route: string }> {
  const callId = "the-call";
  await domain.caller.ask({ callId });
  const invite = domain.bob.requests[0];
  assert.ok(invite !== undefined);
  await domain.bob.respond(invite, "200 OK", [`Contact: <sip:bob@${BOB_ADDRESS}>`]);
  const route = invite.values(Header.RecordRoute)[0] ?? "";
  assert.match(route, /;nht=[0-9a-f]{16}>$/);
  domain.bob.received.length = 0;
  return { callId, route };
}

inBothModes(
  "inside a dialog with our token: relayed both ways, not challenged, whatever the From",
  async (domain) => {
    const { callId, route } = await inCall(domain);
    const inside: Sent = { method: "BYE", callId, cseq: 2, toTag: "t1", route: [route] };
    const uri = `sip:bob@${BOB_ADDRESS}`;
    isRelayed(await domain.caller.ask({ ...inside, uri }), domain, "bob");
    assert.equal(domain.bob.requests[0]?.header(Header.Route), undefined);
    domain.bob.received.length = 0;
    isRelayed(await domain.caller.ask({ ...inside, uri, cseq: 3, from: ALICE }), domain, "bob");
    domain.bob.received.length = 0;
    const away = `sip:dora@${ELSEWHERE_ADDRESS}`;
    isRelayed(await domain.bob.ask({ ...inside, uri: away, cseq: 9 }), domain, "elsewhere");
  },
);

inBothModes("the ACK of a call goes by our Route to the callee's Contact", async (domain) => {
  const { callId, route } = await inCall(domain);
  const uri = `sip:bob@${BOB_ADDRESS}`;
  const ack: Sent = { method: "ACK", callId, toTag: "t1", uri, route: [route] };
  isRelayed(await domain.caller.ask(ack), domain, "bob");
});

const forgeries: readonly (readonly [name: string, forge: (route: string) => Sent])[] = [
  ["no token", () => ({ route: [`<sip:${SERVER_ADDRESS};lr>`] })],
  [
    "a token that was guessed",
    () => ({ route: [`<sip:${SERVER_ADDRESS};lr;nht=0123456789abcdef>`] }),
  ],
  ["the token of another Call-ID", (route) => ({ route: [route], callId: "another" })],
  [
    "the token in a Route that is not ours",
    (route) => ({ route: [route.replace(SERVER_ADDRESS, ELSEWHERE_ADDRESS)] }),
  ],
];

for (const [name, forge] of forgeries) {
  inBothModes(
    `inside a dialog by its To tag, with ${name}: as outside a dialog`,
    async (domain, auth) => {
      const { callId, route } = await inCall(domain);
      const sent: Sent = { method: "BYE", callId, cseq: 2, toTag: "t1", ...forge(route) };
      const away = { ...sent, uri: "sip:dora@far.example" };
      isRefused(await domain.caller.ask(away), domain, "404 domain-not-served");
      const asOurs = await domain.caller.ask({ ...away, cseq: 3, from: ALICE });
      const told = auth === "digest" ? "407 credentials-missing" : "403 relay-not-allowed";
      isRefused(asOurs, domain, told);
    },
  );
}

inBothModes(
  "a token copied into a request without To tag starts something new, and is as outside a dialog",
  async (domain, auth) => {
    const { callId, route } = await inCall(domain);
    const sent: Sent = { callId, cseq: 2, route: [route], uri: "sip:dora@far.example" };
    isRefused(await domain.caller.ask(sent), domain, "404 domain-not-served");
    const asOurs = await domain.caller.ask({ ...sent, cseq: 3, from: ALICE });
    const told = auth === "digest" ? "407 credentials-missing" : "403 relay-not-allowed";
    isRefused(asOurs, domain, told);
  },
);

inBothModes("an ACK with no valid token goes nowhere but to our own users", async (domain) => {
  for (const sent of [
    { uri: "sip:dora@elsewhere.net" },
    { uri: `sip:dora@${ELSEWHERE_ADDRESS}`, route: [`<sip:${SERVER_ADDRESS};lr>`] },
    { route: [`<sip:${ELSEWHERE_ADDRESS};lr>`] },
    { uri: "sip:out@example.org" },
    { uri: `sip:bob@example.org;maddr=${ELSEWHERE_ADDRESS}` },
  ] satisfies Sent[]) {
    for (const from of [ALICE, "sip:dora@elsewhere.net"]) {
      // oxlint-disable-next-line no-await-in-loop
      await domain.caller.ask({ method: "ACK", toTag: "t1", from, ...sent });
    }
  }
  assert.equal(domain.bob.requests.length, 0);
  assert.equal(domain.elsewhere.requests.length, 0);
  assert.equal(domain.caller.responses.length, 0, "an ACK is never answered");
});

// Row 9: ACK or BYE for a user of ours without Route

inBothModes(
  "an ACK for our user without Route is looked up and relayed, never challenged or answered (RFC 3261 §16.11)",
  async (domain) => {
    const ack: Sent = { method: "ACK", toTag: "t1" };
    isRelayed(await domain.caller.ask({ ...ack, from: ALICE }), domain, "bob");
    assert.equal(domain.bob.requests[0]?.requestUri.text, `sip:bob@${BOB_ADDRESS}`);
    await domain.caller.ask({ ...ack, uri: "sip:nobody@example.org" });
    await domain.caller.ask({ ...ack, uri: "sip:carol@example.org" });
    assert.equal(domain.caller.responses.length, 0);
    assertNothingHeld(domain.server);
  },
);

withDigest(
  "a BYE for our user without Route is as outside a dialog: challenged from our domain, relayed from elsewhere",
  async (domain) => {
    const bye: Sent = { method: "BYE", toTag: "t1" };
    isRefused(await domain.caller.ask({ ...bye, from: ALICE }), domain, "407 credentials-missing");
    isRelayed(await domain.caller.ask(bye), domain, "bob");
  },
);

withNone("a BYE for our user without Route is looked up and relayed", async (domain) => {
  isRelayed(await domain.caller.ask({ method: "BYE", toTag: "t1", from: ALICE }), domain, "bob");
});

// Row 10: CANCEL

inBothModes(
  "a CANCEL that matches nothing is a 481, and goes nowhere (RFC 3261 §9.2)",
  async (domain) => {
    for (const from of [ALICE, "sip:dora@elsewhere.net"]) {
      // oxlint-disable-next-line no-await-in-loop
      const response = await domain.caller.ask({ method: "CANCEL", from });
      isRefused(response, domain, "481 transaction-unknown");
    }
  },
);

inBothModes(
  "a CANCEL that matches is never challenged: 200, and the call ends with 487 (RFC 3261 §9.2, §22.1)",
  async (domain) => {
    const call: Sent = { callId: "c", branch: "z9hG4bKcancelled" };
    await domain.caller.ask(call);
    const [invite] = domain.bob.requests;
    assert.ok(invite !== undefined);
    await domain.bob.respond(invite, "180 Ringing");
    const response = await domain.caller.ask({ ...call, method: "CANCEL" });
    assert.equal(`${response?.statusCode} ${response?.cseq.method}`, "200 CANCEL");
    assert.equal(domain.bob.requests.at(-1)?.method, "CANCEL");
    await domain.bob.respond(invite, "487 Request Terminated");
    assert.equal(domain.caller.responses.at(-1)?.statusCode, 487);
    assert.equal(domain.lastCauseId, "caller-cancelled");
  },
);

// Rows 11 to 13: numbers, next hops and gateways that the operator has configured

/** A number is the gateway's that stands at the address of elsewhere, whose word is taken; far.example is sent there. */
const GATEWAY = {
  numbers: { country: "DE" },
  gateways: [{ name: "gw", uri: `sip:${ELSEWHERE_ADDRESS}`, trusted: true }],
  routes: [{ prefix: "+", to: "gw" }],
  nextHops: { "far.example": `sip:${ELSEWHERE_ADDRESS}` },
} as const;

function inBothModesWithGateway(
  name: string,
  run: (domain: Domain, auth: "digest" | "none") => Promise<void>,
): void {
  for (const auth of ["digest", "none"] as const) {
    test(`${name} [--auth ${auth}]`, () =>
      within({ auth, ...configured(GATEWAY) }, (domain) => run(domain, auth)));
  }
}

const NUMBER = "sip:0301234567@example.org";

test("our user to a number: challenged, then to the gateway [--auth digest]", () =>
  within(configured(GATEWAY), async (domain) => {
    const sent: Sent = { from: ALICE, uri: NUMBER };
    isRefused(await domain.caller.ask(sent), domain, "407 credentials-missing");
    isRelayed(await domain.caller.askAs("alice", SECRET, sent), domain, "elsewhere");
    const uri = `sip:+49301234567@${ELSEWHERE_ADDRESS};user=phone`;
    assert.equal(domain.elsewhere.requests[0]?.requestUri.text, uri);
  }));

test("our user to a number: 403, since anybody can say so [--auth none]", () =>
  within({ auth: "none", ...configured(GATEWAY) }, async (domain) => {
    const response = await domain.caller.ask({ from: ALICE, uri: NUMBER });
    isRefused(response, domain, "403 relay-not-allowed");
    const response2 = await domain.caller.ask({ from: ALICE, uri: "sip:dora@far.example" });
    isRefused(response2, domain, "403 relay-not-allowed");
  }));

test("our user to a domain with a static next hop: challenged, then there [--auth digest]", () =>
  within(configured(GATEWAY), async (domain) => {
    const sent: Sent = { from: ALICE, uri: "sip:dora@far.example" };
    isRefused(await domain.caller.ask(sent), domain, "407 credentials-missing");
    isRelayed(await domain.caller.askAs("alice", SECRET, sent), domain, "elsewhere");
    assert.equal(domain.elsewhere.requests[0]?.requestUri.text, "sip:dora@far.example");
  }));

inBothModesWithGateway(
  "from elsewhere to a number of a gateway: 403, in any of its forms; to a next hop's domain: 404",
  async (domain) => {
    for (const uri of [NUMBER, "sip:+49301234567@example.org", "tel:+49301234567"]) {
      // oxlint-disable-next-line no-await-in-loop
      isRefused(await domain.caller.ask({ uri }), domain, "403 relay-not-allowed");
    }
    const response = await domain.caller.ask({ uri: "sip:dora@far.example" });
    isRefused(response, domain, "404 domain-not-served");
  },
);

test('strangers: "uniform": a number of a gateway looks like an absent user', () =>
  within({ strangers: "uniform", ...configured(GATEWAY) }, async (domain) => {
    const number = await domain.caller.ask({ uri: NUMBER, to: NUMBER });
    isRefused(number, domain, "480 relay-not-allowed");
    const carol = await domain.caller.ask({ uri: "sip:carol@example.org", to: NUMBER });
    assert.equal(looksLike(number), looksLike(carol));
  }));

inBothModesWithGateway(
  "from a trusted gateway, known by its address, to our user: relayed, whatever its From",
  async (domain) => {
    for (const from of [ALICE, "sip:+4930999@example.org", "sip:anybody@far.example"]) {
      domain.bob.received.length = 0;
      // oxlint-disable-next-line no-await-in-loop
      const response = await domain.elsewhere.ask({ from });
      assert.equal(response, undefined, `answered with ${response?.statusCode}`);
      assert.equal(domain.bob.requests.length, 1, from);
    }
  },
);

inBothModesWithGateway(
  "from a trusted gateway to anywhere else: 403, to a number or by an alias too",
  async (domain) => {
    for (const uri of ["sip:dora@far.example", "sip:out@example.org", NUMBER]) {
      // oxlint-disable-next-line no-await-in-loop
      isRefused(await domain.elsewhere.ask({ uri, from: ALICE }), domain, "403 relay-not-allowed");
    }
  },
);

test("a gateway that is not trusted is a stranger like others [--auth digest]", () => {
  const gateways = [{ ...GATEWAY.gateways[0], trusted: false }];
  return within(configured({ ...GATEWAY, gateways }), async (domain) => {
    isRefused(await domain.elsewhere.ask({ from: ALICE }), domain, "407 credentials-missing");
    isRelayed(await domain.elsewhere.ask(), domain, "bob");
  });
});

test('strangers: "uniform" is for strangers: a trusted gateway gets the true 404', () =>
  within({ strangers: "uniform", ...configured(GATEWAY) }, async (domain) => {
    const response = await domain.elsewhere.ask({ uri: "sip:nobody@example.org" });
    isRefused(response, domain, "404 user-unknown");
  }));

// What is for this server itself

inBothModes(
  "OPTIONS to the domain or to our address is answered here, for strangers too (RFC 3261 §11)",
  async (domain) => {
    for (const uri of ["sip:example.org", "sip:example.com:5060", `sip:${SERVER_ADDRESS}`]) {
      // oxlint-disable-next-line no-await-in-loop
      const response = await domain.caller.ask({ method: "OPTIONS", uri, to: uri });
      assert.equal(response?.statusCode, 200, uri);
      assert.match(response.header(Header.Allow) ?? "", /INVITE/);
    }
  },
);

withDigest(
  "OPTIONS to the domain from one of ours is challenged like any other request",
  async (domain) => {
    const sent: Sent = { method: "OPTIONS", uri: "sip:example.org", from: ALICE };
    isRefused(await domain.caller.ask(sent), domain, "407 credentials-missing");
    const response = await domain.caller.askAs("alice", SECRET, sent);
    assert.equal(response?.statusCode, 200);
  },
);

inBothModes(
  "a user at our address, which is no domain of ours, is 404 and makes no loop",
  async (domain, auth) => {
    const sent: Sent = { uri: `sip:bob@${SERVER_ADDRESS}` };
    isRefused(await domain.caller.ask(sent), domain, "404 domain-not-served");
    const ours = { ...sent, from: ALICE };
    const response =
      auth === "none"
        ? await domain.caller.ask(ours)
        : await domain.caller.askAs("alice", SECRET, ours);
    isRefused(response, domain, "404 domain-not-served");
  },
);

test("after all of it nothing is left over: every transaction ends [--auth digest]", () =>
  within({}, async (domain) => {
    await domain.caller.ask();
    await domain.caller.ask({ method: "MESSAGE" });
    await domain.caller.ask({ uri: "sip:nobody@example.org" });
    await domain.caller.askAs("alice", SECRET, { from: ALICE, uri: "sip:dora@elsewhere.net" });
    await domain.caller.ask({ method: "CANCEL" });
    await domain.time.passes(300_000);
    assertNothingHeld(domain.server);
  }));
