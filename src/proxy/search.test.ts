import assert from "node:assert/strict";
import { test } from "node:test";
import type { DirectoryEntry } from "../directory/index.ts";
import type { Binding, Held } from "../location/index.ts";
import { parseAor, type Aor } from "../message/index.ts";
import { Trace } from "../trace/index.ts";
import { configured, TWO_GATEWAYS } from "../../test/support/configured.ts";
import { describe, eventsIn, optionsOf, told, uriOf } from "../../test/support/proxy.ts";
import type { ProxyOptions } from "./options.ts";
import type { ProxyOutput } from "./output.ts";
import { ALIAS_CHAIN_MAX, Search } from "./search.ts";
import type { Target } from "./target-set.ts";

const NOW_MS = 1_000_000;

function aor(text: string): Aor {
  const parsed = parseAor(text);
  assert.ok(parsed !== undefined, text);
  return parsed;
}

function binding(contactUri: string, changes: Partial<Binding> = {}): Binding {
  return {
    contactUri,
    callId: "r1",
    cseq: 1,
    qMilli: 1000,
    expiresAtMs: NOW_MS + 60_000,
    updatedAtMs: NOW_MS - 1_000,
    path: [],
    source: "udp:192.0.2.7:5060",
    ...changes,
  };
}

/** Who exists and where; a driver that answers each question from two maps. */
class World {
  readonly directory = new Map<Aor, DirectoryEntry>();
  readonly location = new Map<Aor, Held>();
  readonly trace = new Trace(NOW_MS);
  readonly asked: string[] = [];

  user(text: string, bindings: readonly Binding[] = [], lapsed: readonly Binding[] = []): this {
    this.directory.set(aor(text), { kind: "subscriber", aor: aor(text), credential: undefined });
    this.location.set(aor(text), { version: 1, bindings, lapsed });
    return this;
  }

  alias(text: string, target: string): this {
    this.directory.set(aor(text), { kind: "alias", aor: aor(text), target });
    return this;
  }

  search(
    uri: string,
    {
      mayRelay = false,
      options = optionsOf(),
    }: { mayRelay?: boolean; options?: ProxyOptions } = {},
  ): Search {
    const search = new Search(uriOf(uri), mayRelay, options, this.trace);
    const out: ProxyOutput[] = [];
    search.start(NOW_MS, out);
    for (let output = out.shift(); output !== undefined; output = out.shift()) {
      assert.equal(out.length, 0, "one question at a time");
      assert.equal(search.outcome, undefined, "no question after the end");
      this.asked.push(describe(output));
      if (output.kind === "find") search.found(this.directory.get(output.aor), NOW_MS, out);
      else if (output.kind === "lookup") {
        const nothing: Held = { version: 0, bindings: [], lapsed: [] };
        search.held(this.location.get(output.aor) ?? nothing, NOW_MS);
      } else assert.fail(describe(output));
    }
    return search;
  }

  /** Its targets, best first. */
  finds(uri: string, how: { mayRelay?: boolean; options?: ProxyOptions } = {}): Target[] {
    const { outcome } = this.search(uri, how);
    assert.ok(outcome?.kind === "targets", outcome?.kind === "refused" ? told(outcome.cause) : "");
    const { targets } = outcome;
    const found: Target[] = [];
    for (let qMilli = targets.nextQMilli; qMilli !== undefined; qMilli = targets.nextQMilli) {
      const target = targets.takeOf(qMilli);
      assert.ok(target !== undefined);
      found.push(target);
    }
    return found;
  }

  refuses(uri: string, how: { mayRelay?: boolean; options?: ProxyOptions } = {}): string {
    const { outcome } = this.search(uri, how);
    assert.ok(outcome?.kind === "refused", outcome?.kind);
    return told(outcome.cause);
  }
}

const uris = (targets: readonly Target[]): string[] => targets.map(({ uri }) => uri.text);

test("a user is looked up in the directory, then in the location service, under the canonical AOR (RFC 3261 §16.5)", () => {
  const world = new World().user("bob@example.org", [binding("sip:bob@192.0.2.7:5062")]);
  const [target] = world.finds("sip:%62ob:pw@EXAMPLE.org:5060;x=1");
  assert.deepEqual(world.asked, ["find sip:bob@example.org", "lookup sip:bob@example.org"]);
  assert.equal(target?.uri.text, "sip:bob@192.0.2.7:5062");
  assert.equal(target?.source, "udp:192.0.2.7:5060");
  assert.deepEqual(eventsIn(world.trace, "target-added"), ["sip:bob@192.0.2.7:5062 1000 binding"]);
});

test("a user who does not exist is a 404, and location is not asked (RFC 3261 §16.5)", () => {
  const world = new World().user("bob@example.org");
  const { outcome } = world.search("sip:bbo@example.org");
  assert.ok(outcome?.kind === "refused");
  assert.equal(told(outcome.cause), "404 user-unknown");
  assert.deepEqual(outcome.cause.evidence, {
    aor: "sip:bbo@example.org",
    domain: "example.org",
  });
  assert.deepEqual(world.asked, ["find sip:bbo@example.org"]);
});

test("the domain alone names no user: 404 without a question", () => {
  const world = new World();
  assert.equal(world.refuses("sip:example.org"), "404 user-unknown");
  assert.deepEqual(world.asked, []);
});

const causeOf = (lapsed: readonly Binding[]): unknown => {
  const { outcome } = new World().user("bob@example.org", [], lapsed).search("sip:bob@example.org");
  assert.ok(outcome?.kind === "refused");
  return [told(outcome.cause), outcome.cause.evidence];
};

test("never registered, signed off, and run out are three histories and two causes: all 480 (RFC 3261 §21.4.18)", () => {
  const ended = NOW_MS - 120_000;
  const expired = binding("sip:bob@192.0.2.7", { expiresAtMs: ended, updatedAtMs: ended - 60_000 });
  const removed = binding("sip:bob@192.0.2.8", {
    expiresAtMs: ended - 1,
    updatedAtMs: ended - 1,
  });
  const unregistered = ["480 user-not-registered", { aor: "sip:bob@example.org" }];
  assert.deepEqual(causeOf([]), unregistered);
  assert.deepEqual(causeOf([removed]), unregistered);
  assert.deepEqual(
    causeOf([{ ...removed, expiresAtMs: ended + 1, updatedAtMs: ended + 1 }, expired]),
    unregistered,
  );
  assert.deepEqual(causeOf([expired, removed]), [
    "480 bindings-expired",
    {
      aor: "sip:bob@example.org",
      contactUri: "sip:bob@192.0.2.7",
      expiredAtMs: ended,
      expiredCount: 1,
    },
  ]);
});

test("a binding that ended while the store was asked is no target any more (RFC 3261 §10.3)", () => {
  const ended = binding("sip:bob@192.0.2.1", { expiresAtMs: NOW_MS, updatedAtMs: NOW_MS - 60_000 });
  const { outcome } = new World().user("bob@example.org", [ended]).search("sip:bob@example.org");
  assert.equal(outcome?.kind === "refused" && told(outcome.cause), "480 bindings-expired");
  const live = binding("sip:bob@192.0.2.2", { expiresAtMs: NOW_MS + 1 });
  const world = new World().user("bob@example.org", [ended, live]);
  const found = world.search("sip:bob@example.org").outcome;
  assert.equal(found?.kind === "targets" && found.targets.size, 1);
});

test("several bindings: highest q first, of equals the newest first", () => {
  const world = new World().user("bob@example.org", [
    binding("sip:bob@192.0.2.1", { qMilli: 500 }),
    binding("sip:bob@192.0.2.2", { updatedAtMs: NOW_MS - 9_000 }),
    binding("sip:bob@192.0.2.3", { updatedAtMs: NOW_MS - 3_000 }),
  ]);
  assert.deepEqual(uris(world.finds("sip:bob@example.org")), [
    "sip:bob@192.0.2.3",
    "sip:bob@192.0.2.2",
    "sip:bob@192.0.2.1",
  ]);
});

test("a contact's headers and method parameter do not go into the Request-URI, and make no second target (RFC 3261 §16.6 step 2)", () => {
  const world = new World().user("bob@example.org", [
    binding("sip:bob@192.0.2.7;ob?Priority=urgent"),
    binding("sip:bob@192.0.2.7;ob;method=BYE", { updatedAtMs: 0 }),
  ]);
  assert.deepEqual(uris(world.finds("sip:bob@example.org")), ["sip:bob@192.0.2.7;ob"]);
});

test("contacts that nothing can be sent to are skipped with the reason, the others are tried", () => {
  const world = new World().user("bob@example.org", [
    binding("sip:bob@192.0.2.7;transport=ws", { updatedAtMs: 6 }),
    binding("sips:bob@192.0.2.7", { updatedAtMs: 5 }),
    binding("mailto:bob@example.org", { updatedAtMs: 4 }),
    binding("sip:bob@192.0.2.7 x", { updatedAtMs: 3 }),
    binding("sip:bob@192.0.2.9", { updatedAtMs: 2 }),
  ]);
  assert.deepEqual(uris(world.finds("sip:bob@example.org")), ["sip:bob@192.0.2.9"]);
  assert.deepEqual(eventsIn(world.trace, "target-skipped"), [
    "sip:bob@192.0.2.7;transport=ws next-hop-unreachable",
    "sips:bob@192.0.2.7 sips-not-available",
    "mailto:bob@example.org uri-scheme-unsupported",
    "sip:bob@192.0.2.7 x contact-malformed",
  ]);
});

test("a user all of whose contacts are unusable is a 480 that says so (RFC 3261 §16.5)", () => {
  const world = new World().user("bob@example.org", [binding("sip:bob@192.0.2.7;transport=tls")]);
  assert.equal(world.refuses("sip:bob@example.org"), "480 no-target-usable");
});

test("with a Path only its first hop must be reachable from here (RFC 3327 §5.4)", () => {
  const path = ["<sip:192.0.2.9;lr>"];
  const contact = "sip:bob@10.0.0.7;transport=ws";
  const [target] = new World()
    .user("bob@example.org", [binding(contact, { path })])
    .finds("sip:bob@example.org");
  assert.equal(target?.uri.text, contact);
  assert.deepEqual(target?.path, path);
  const unreachable = new World().user("bob@example.org", [
    binding(contact, { path: ["<sip:192.0.2.9;transport=tls;lr>"] }),
  ]);
  assert.equal(unreachable.refuses("sip:bob@example.org"), "480 no-target-usable");
});

test("a Path does not make a sips contact one for a sip request (RFC 5630 §5.3)", () => {
  const path = ["<sip:192.0.2.9;lr>"];
  const world = new World().user("bob@example.org", [binding("sips:bob@10.0.0.7", { path })]);
  assert.equal(world.refuses("sip:bob@example.org"), "480 no-target-usable");
});

test("no more targets than branchesPerRequest; the rest is named", () => {
  const world = new World().user("bob@example.org", [
    binding("sip:bob@192.0.2.1", { updatedAtMs: 3 }),
    binding("sip:bob@192.0.2.2", { updatedAtMs: 2 }),
    binding("sip:bob@192.0.2.3", { updatedAtMs: 1 }),
  ]);
  const options = optionsOf({ branchesPerRequest: 2 });
  assert.equal(world.finds("sip:bob@example.org", { options }).length, 2);
  assert.deepEqual(eventsIn(world.trace, "target-skipped"), ["sip:bob@192.0.2.3 branch-limit"]);
});

test("an alias leads to its user, and an alias of an alias too, at another domain of ours", () => {
  const world = new World()
    .alias("info@example.org", "sip:desk@example.com")
    .alias("desk@example.com", "sip:bob@example.org")
    .user("bob@example.org", [binding("sip:bob@192.0.2.7")]);
  assert.deepEqual(uris(world.finds("sip:info@example.org")), ["sip:bob@192.0.2.7"]);
  assert.deepEqual(eventsIn(world.trace, "alias-followed"), [
    "sip:info@example.org sip:desk@example.com",
    "sip:desk@example.com sip:bob@example.org",
  ]);
});

const chain = (length: number): World => {
  const world = new World().user(`u${length}@example.org`, [binding("sip:bob@192.0.2.7")]);
  for (let at = 0; at < length; at += 1) {
    world.alias(`u${at}@example.org`, `sip:u${at + 1}@example.org`);
  }
  return world;
};

test("a chain of as many aliases as are allowed arrives; one more is a loop: 482", () => {
  assert.equal(chain(ALIAS_CHAIN_MAX).finds("sip:u0@example.org").length, 1);
  assert.equal(chain(ALIAS_CHAIN_MAX + 1).refuses("sip:u0@example.org"), "482 alias-loop");
});

test("aliases in a circle end: 482", () => {
  const world = new World()
    .alias("a@example.org", "sip:b@example.org")
    .alias("b@example.org", "sip:a@example.org");
  assert.equal(world.refuses("sip:a@example.org"), "482 alias-loop");
});

test("an alias to nobody is a 404 that names whom it led to", () => {
  const { outcome } = new World()
    .alias("info@example.org", "sip:gone@example.org")
    .search("sip:info@example.org");
  assert.ok(outcome?.kind === "refused");
  assert.equal(outcome.cause.evidence["aor"], "sip:gone@example.org");
});

test("an alias to elsewhere is for those who may relay; a stranger gets 403: never an open relay", () => {
  const world = new World().alias("info@example.org", "sip:info@elsewhere.net");
  assert.deepEqual(uris(world.finds("sip:info@example.org", { mayRelay: true })), [
    "sip:info@elsewhere.net",
  ]);
  assert.equal(world.refuses("sip:info@example.org"), "403 relay-not-allowed");
});

test("an alias to a number is looked up here, and one to no URI is a 500", () => {
  const world = new World()
    .alias("info@example.org", "tel:+49-30-1234")
    .user("+49301234@example.org", [binding("sip:bob@192.0.2.7")])
    .alias("odd@example.org", "not a URI");
  assert.equal(world.finds("sip:info@example.org").length, 1);
  assert.equal(
    world.refuses("sip:odd@example.org", { mayRelay: true }),
    "500 next-hop-unresolvable",
  );
});

test("a tel URI is looked up at our first domain without its separators (RFC 3261 §19.1.6, RFC 3966 §4)", () => {
  const world = new World().user("+493012345@example.org", [binding("sip:bob@192.0.2.7")]);
  assert.equal(world.finds("tel:+49-(30)-123.45;phone-context=x").length, 1);
  assert.deepEqual(world.asked[0], "find sip:+493012345@example.org");
  assert.equal(world.refuses("tel:+49111"), "404 user-unknown");
});

test("a URI elsewhere is its own target, unchanged but for what a Request-URI may not hold (RFC 3261 §16.5)", () => {
  const world = new World();
  const [target] = world.finds("sip:dora@elsewhere.net:5070;transport=tcp;x?Subject=y", {
    mayRelay: true,
  });
  assert.equal(target?.uri.text, "sip:dora@elsewhere.net:5070;transport=tcp;x");
  assert.deepEqual(world.asked, []);
  assert.deepEqual(eventsIn(world.trace, "target-added"), [
    "sip:dora@elsewhere.net:5070;transport=tcp;x 1000 request-uri",
  ]);
});

test("our domain with a maddr elsewhere is elsewhere: its only target is itself (RFC 3261 §16.5)", () => {
  const world = new World().user("bob@example.org", [binding("sip:bob@192.0.2.7")]);
  const uri = "sip:bob@example.org;maddr=192.0.2.66";
  assert.deepEqual(uris(world.finds(uri, { mayRelay: true })), [uri]);
});

test("sips goes on as sips only, and there is no TLS: 480 for a registered user (RFC 5630 §5.3)", () => {
  const world = new World()
    .user("bob@example.org", [binding("sip:bob@192.0.2.7")])
    .user("eve@example.org");
  assert.equal(world.refuses("sips:bob@example.org"), "480 sips-not-available");
  assert.equal(world.refuses("sips:eve@example.org"), "480 user-not-registered");
  assert.equal(world.refuses("sips:nobody@example.org"), "404 user-unknown");
  assert.equal(
    world.refuses("sips:dora@elsewhere.net", { mayRelay: true }),
    "480 sips-not-available",
  );
});

test("an alias does not turn sips into sip (RFC 5630 §5.3)", () => {
  const world = new World()
    .alias("info@example.org", "sip:bob@example.org")
    .alias("out@example.org", "sip:info@elsewhere.net")
    .user("bob@example.org", [binding("sip:bob@192.0.2.7")]);
  assert.equal(world.refuses("sips:info@example.org"), "480 sips-not-available");
  assert.equal(world.refuses("sips:out@example.org", { mayRelay: true }), "480 sips-not-available");
});

const dialling = (): ProxyOptions => optionsOf({ configured: configured(TWO_GATEWAYS).configured });

test("a number that nobody has is looked up in its international form, then goes to its route's gateways", () => {
  const world = new World();
  const [target, ...more] = world.finds("sip:030-1234567@example.org", {
    mayRelay: true,
    options: dialling(),
  });
  assert.deepEqual(more, []);
  assert.deepEqual(world.asked, [
    "find sip:030-1234567@example.org",
    "find sip:+49301234567@example.org",
  ]);
  assert.deepEqual(
    target?.hops?.map(({ gateway, uri }) => `${gateway} ${uri?.text}`),
    [
      "first sip:+49301234567@203.0.113.1;user=phone",
      "second sip:+49301234567@203.0.113.2:5070;user=phone",
    ],
  );
  assert.deepEqual(eventsIn(world.trace, "number-normalised"), [
    "030-1234567 +49301234567 national",
  ]);
  assert.deepEqual(eventsIn(world.trace, "route-chosen"), ["+49301234567 +… first, second"]);
});

test("a number that is a user or an alias in either form stays that: no route is asked", () => {
  const how = { mayRelay: true, options: dialling() };
  const phone = [binding("sip:bob@192.0.2.7")];
  const asDialled = new World().user("0301234567@example.org", phone);
  assert.deepEqual(uris(asDialled.finds("sip:0301234567@example.org", how)), ["sip:bob@192.0.2.7"]);
  assert.deepEqual(asDialled.asked.length, 2);
  const international = new World()
    .user("bob@example.org", phone)
    .alias("+49301234567@example.org", "sip:bob@example.org");
  for (const dialled of ["0301234567", "+49301234567", "+49(30)1234567", "0049301234567"]) {
    const found = uris(international.finds(`sip:${dialled}@example.org`, how));
    assert.deepEqual(found, ["sip:bob@192.0.2.7"], dialled);
  }
  assert.deepEqual(eventsIn(international.trace, "route-chosen"), []);
  const extension = new World().user("101@example.org", phone);
  assert.equal(extension.finds("sip:101@example.org", how).length, 1);
  assert.deepEqual(eventsIn(extension.trace, "number-normalised"), []);
});

test("a user without a device is a 480, and never a call to the number by its gateway", () => {
  const world = new World().user("+49301234567@example.org");
  const how = { mayRelay: true, options: dialling() };
  assert.equal(world.refuses("sip:0301234567@example.org", how), "480 user-not-registered");
});

test("an emergency number goes as it was dialled, where a route names it; else it is nobody's", () => {
  const how = { mayRelay: true, options: dialling() };
  const [target] = new World().finds("sip:112@example.org", how);
  assert.equal(target?.uri.text, "sip:112@203.0.113.2:5070");
  const world = new World();
  assert.equal(world.refuses("sip:110@example.org", how), "404 user-unknown");
  assert.deepEqual(eventsIn(world.trace, "number-normalised"), []);
  assert.deepEqual(eventsIn(world.trace, "route-missing"), ["110"]);
});

test("a tel URI and a number with phone-context mean the same number (RFC 3966 §5.1.5)", () => {
  for (const uri of [
    "tel:+33-6-12345678",
    "tel:0033612345678",
    "tel:612345678;phone-context=+33",
    "sip:612345678;phone-context=+33@example.org;user=phone",
  ]) {
    const [target] = new World().finds(uri, { mayRelay: true, options: dialling() });
    assert.equal(target?.uri.text, "sip:+33612345678@203.0.113.2:5070;user=phone", uri);
  }
});

test("who may not be relayed for gets no gateway, whatever the number; a name is never a number", () => {
  const world = new World();
  const options = dialling();
  assert.equal(world.refuses("sip:112@example.org", { options }), "403 relay-not-allowed");
  assert.equal(world.refuses("sip:nobody@example.org", { options }), "404 user-unknown");
  assert.equal(
    world.refuses("sip:nobody@example.org", { mayRelay: true, options }),
    "404 user-unknown",
  );
});

test("an alias may lead to a number outside", () => {
  const world = new World().alias("taxi@example.org", "sip:030 1234567@example.org");
  assert.equal(
    world.refuses("sip:taxi@example.org", { mayRelay: true }),
    "500 next-hop-unresolvable",
  );
  const well = new World().alias("taxi@example.org", "sip:030-1234567@example.org");
  const [target] = well.finds("sip:taxi@example.org", { mayRelay: true, options: dialling() });
  assert.equal(target?.uri.text, "sip:+49301234567@203.0.113.1;user=phone");
});

test("a gateway that is down has its turn after the others, and the trace says since when and why", () => {
  const { gateways, configured: hops } = configured(TWO_GATEWAYS);
  const [first] = gateways;
  assert.ok(first !== undefined);
  first.health = { state: "down", sinceMs: NOW_MS - 90_000, result: "silent" };
  const world = new World();
  const options = optionsOf({ configured: hops });
  const [target] = world.finds("sip:+49301234567@example.org", { mayRelay: true, options });
  assert.deepEqual(
    target?.hops?.map(({ gateway }) => gateway),
    ["second", "first"],
  );
  assert.deepEqual(eventsIn(world.trace, "gateway-skipped"), ["first silent 90000"]);
});

test("a domain of others with a next hop goes there, under its own Request-URI; others by their name", () => {
  const { configured: hops } = configured({
    nextHops: { "partner.example": ["sip:192.0.2.50;transport=tcp", "sip:backup.example"] },
  });
  const how = { mayRelay: true, options: optionsOf({ configured: hops }) };
  const world = new World();
  const [target] = world.finds("sip:far@Partner.Example.:5062", how);
  assert.equal(target?.uri.text, "sip:far@Partner.Example.:5062");
  assert.deepEqual(
    target?.hops?.map(({ hop }) => hop),
    [
      { transport: "tcp", address: "192.0.2.50", port: 5060 },
      { name: "backup.example", port: undefined, transport: undefined },
    ],
  );
  assert.deepEqual(eventsIn(world.trace, "next-hop-configured"), [
    "partner.example. tcp:192.0.2.50:5060, backup.example",
  ]);
  const [other] = new World().finds("sip:far@other.example", how);
  assert.equal(other?.hops, undefined);
});
