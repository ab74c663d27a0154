import assert from "node:assert/strict";
import { before, test } from "node:test";
import { parseMessage, type SipMessage } from "../../src/message/index.ts";
import type { AnswerScript } from "../../src/user-agent/index.ts";
import type { Agent } from "./agent.ts";
import { check, checkers } from "./checkers.ts";
import { leftInServer, observedOf, sampleOf, type HeldSample, type Observed } from "./observed.ts";
import { subscriber, World } from "./world.ts";
import { labelOf, type WireEntry } from "./wire.ts";

// A run that holds, and each way of breaking it that a checker is there for. A checker that cannot fail holds nothing.

let held: Observed;

const REFUSES_WITH = { dave1: 486, dave2: 500, erin1: 401, erin2: 407 };
const SCRIPTS: Readonly<Record<string, AnswerScript>> = {
  alice: { kind: "busy" },
  bob: { kind: "answer", ringAfterMs: 10, answerAfterMs: 500 },
  carol: { kind: "ring-forever", ringAfterMs: 10 },
};

before(async () => {
  const users = ["alice", "bob", "carol", "dave", "erin"];
  const world = await World.open({
    entries: users.map((user) => subscriber(`${user}@example.org`, undefined)),
  });
  const agents = new Map<string, Agent>();
  for (const [index, name] of [...Object.keys(SCRIPTS), ...Object.keys(REFUSES_WITH)].entries()) {
    const statusCode = REFUSES_WITH[name as keyof typeof REFUSES_WITH];
    const options = {
      name,
      aor: `sip:${name.replace(/\d/, "")}@example.org`,
      local: { transport: "udp", address: `192.0.2.${11 + index}`, port: 5060 } as const,
      script: SCRIPTS[name] ?? { kind: "refuse", statusCode, afterMs: 100 },
    };
    // oxlint-disable-next-line no-await-in-loop
    agents.set(name, await world.addAgent(options));
  }
  const [alice, bob] = [agents.get("alice"), agents.get("bob")];
  assert.ok(alice && bob);
  const samples: HeldSample[] = [];
  const passes = async (durationMs: number): Promise<void> => {
    await world.time.passes(durationMs);
    samples.push(await sampleOf(world));
  };
  for (const agent of agents.values()) agent.register(3_600);
  await passes(1_000);
  const answered = alice.call("sip:bob@example.org");
  const refused = bob.call("sip:alice@example.org");
  const cancelled = alice.call("sip:carol@example.org");
  bob.call("sip:nobody@example.org");
  alice.ask("MESSAGE", "sip:bob@example.org");
  await passes(3_000);
  alice.hangUp(answered);
  alice.hangUp(cancelled);
  assert.notEqual(refused, "");
  await passes(100_000);
  bob.call("sip:dave@example.org");
  bob.call("sip:erin@example.org");
  const outlives = alice.call("sip:bob@example.org");
  await passes(50_000);
  world.restart({ how: "killed", drainMs: 0, downMs: 100, clockJumpMs: 1_000 });
  await passes(1_000);
  alice.hangUp(outlives);
  await passes(200_000);
  held = {
    ...observedOf(world),
    pending: [],
    held: samples,
    end: { ...leftInServer(world.server), faults: world.faults },
    branchesMax: 1,
  };
});

type Doctor = (observed: Observed) => Observed;
type Where = (entry: WireEntry) => boolean;

/** `486 Busy Here, sent by server` and the like; of a request its method. */
const labelled =
  (label: string, side: WireEntry["side"]): Where =>
  (entry) =>
    entry.side === side && labelOf(entry.message) === label;
const sent = (label: string): Where => labelled(label, "sent by server");
const arrived = (label: string): Where => labelled(label, "arrived at server");

const without =
  (where: Where): Doctor =>
  (observed) => {
    const wire = observed.wire.filter((entry) => !where(entry));
    assert.ok(wire.length < observed.wire.length, "there was something to take out");
    return { ...observed, wire };
  };

/** The first that is meant, again later, with another text. */
const again =
  (where: Where, afterMs: number, from: RegExp | string = "", to = ""): Doctor =>
  (observed) => {
    const entry = observed.wire.find(where);
    assert.ok(entry);
    const copy = {
      ...entry,
      atMs: entry.atMs + afterMs,
      message: altered(entry.message, from, to),
    };
    return { ...observed, wire: [...observed.wire, copy] };
  };

/** All that are meant, with another text or at another time. */
const changed =
  (where: Where, from: RegExp | string, to: string, afterMs = 0): Doctor =>
  (observed) => {
    assert.ok(observed.wire.some(where));
    const wire = observed.wire.map((entry) =>
      where(entry)
        ? { ...entry, atMs: entry.atMs + afterMs, message: altered(entry.message, from, to) }
        : entry,
    );
    return { ...observed, wire };
  };

function altered(message: SipMessage, from: RegExp | string, to: string): SipMessage {
  const parsed = parseMessage(message.text.replace(from, to));
  assert.ok(parsed.kind !== "malformed");
  return parsed;
}

/** All that are meant, on their way to somebody else. */
const misled =
  (where: Where): Doctor =>
  (observed) => {
    assert.ok(observed.wire.some(where));
    const to = "udp:192.0.2.250:5060";
    const wire = observed.wire.map((entry) => (where(entry) ? { ...entry, to } : entry));
    return { ...observed, wire };
  };

const both =
  (...doctors: readonly Doctor[]): Doctor =>
  (observed) =>
    doctors.reduce((run, doctor) => doctor(run), observed);

/** The last sample of what the server held, with this in it. */
const holding =
  (more: Partial<HeldSample["held"]>): Doctor =>
  (observed) => {
    const last = observed.held.at(-1);
    assert.ok(last);
    return { ...observed, held: [{ ...last, held: { ...last.held, ...more } }] };
  };

const isAfterRestart: Where = ({ life }) => life === 1;

const recordsOf =
  (change: (records: Observed["records"]) => Observed["records"]): Doctor =>
  (observed) => ({ ...observed, records: change(observed.records) });

/** What breaks each promise: the first words of the checker's name, and the run with that one thing wrong. */
const plants: Readonly<Record<string, Readonly<Record<string, Doctor>>>> = {
  "an INVITE gets one refusal": {
    "no final": without(sent("404 Not Found")),
    "two refusals": again(sent("404 Not Found"), 5, "404 Not Found", "480 Gone Out"),
    "a refusal and a 2xx": again(sent("404 Not Found"), 5, "404 Not Found", "200 OK"),
  },
  "any other request gets at most one": {
    "a second final to BYE": again(sent("200 OK (BYE)"), 5, "200 OK", "500 Oh No"),
  },
  "no 408 to anything but INVITE": {
    "408 to MESSAGE": changed(
      sent("405 Method Not Allowed (MESSAGE)"),
      "405 Method Not Allowed",
      "408 Request Timeout",
    ),
  },
  "a request is repeated for 64*T1": {
    "an INVITE a minute later": again(sent("INVITE"), 60_000),
    "a BYE after its 200": again(sent("BYE"), 100),
  },
  "a final response is repeated for 64*T1": {
    "a 404 a minute later": again(sent("404 Not Found"), 60_000),
    "a 404 after its ACK": again(sent("404 Not Found"), 100),
  },
  "no request waits longer": {
    "an hour": (observed) => ({
      ...observed,
      pending: observed.records.slice(0, 1).map((record) => ({
        atMs: record.startedAtMs + 3_600_000,
        record,
      })),
    }),
  },
  "no INVITE goes to a contact": {
    "never bound": changed(sent("200 OK (REGISTER)"), /Contact: .*\r\n/, ""),
    "an hour later": changed(sent("INVITE"), "", "", 3_700_000),
    "signed off": changed(sent("200 OK (REGISTER)"), /;expires=\d+/, ";expires=0", -5_000),
  },
  "no CANCEL before a provisional": {
    "no provisional": without(
      (entry) =>
        entry.side === "arrived at server" &&
        /^1\d\d (Trying|Ringing)$/.test(labelOf(entry.message)),
    ),
  },
  "a refusal is acknowledged": {
    "no ACK": without((entry) => sent("ACK")(entry) && isAckOfRefusal(entry.message)),
    "another To tag": changed(
      (entry) => sent("ACK")(entry) && isAckOfRefusal(entry.message),
      /(To: .*;tag=)\w+/,
      "$1other",
    ),
  },
  "100 is said by the server": {
    "a relayed 100": changed(
      sent("100 Trying"),
      "\r\n\r\n",
      "\r\nServer: Nexthop user agent\r\n\r\n",
    ),
    "a late 100": changed(sent("100 Trying"), "", "", 20),
    "no 100": without(
      (entry) => sent("100 Trying")(entry) && entry.message.to.uri.text === "sip:bob@example.org",
    ),
    "a 100 to MESSAGE at once": again(
      sent("405 Method Not Allowed (MESSAGE)"),
      -0.5,
      "405 Method Not Allowed",
      "100 Trying",
    ),
  },
  "Max-Forwards goes down": {
    "it stays": changed(sent("INVITE"), "Max-Forwards: 69", "Max-Forwards: 70"),
  },
  "nothing is sent on that nobody sent": {
    "an INVITE that never came": without(arrived("INVITE")),
    "an ACK that never came": without(arrived("ACK")),
  },
  "nothing is left over": {
    "a transaction": (observed) => ({ ...observed, end: { ...observed.end, servers: 1 } }),
    "a fault": (observed) => ({ ...observed, end: { ...observed.end, faults: ["oh"] } }),
  },
  "every refusal of ours has a case": {
    "no case": recordsOf((records) => records.filter(({ statusCode }) => statusCode !== 404)),
    "another status": recordsOf((records) =>
      records.map((record) =>
        record.statusCode === 404 ? { ...record, statusCode: 480 } : record,
      ),
    ),
    "a cause of something else": recordsOf((records) =>
      records.map((record) =>
        record.statusCode === 404 ? { ...record, causeId: "relayed-busy" } : record,
      ),
    ),
  },
  "every message of a case was on the wire": {
    "a 200 that was not": without(sent("200 OK (BYE)")),
    "at another time": changed(sent("404 Not Found"), "", "", 50),
  },
  "every request that came and every message that went": {
    "a case less": recordsOf((records) => records.slice(1)),
    "a 180 more": again(sent("180 Ringing"), 10, "180 Ringing", "183 Session Progress"),
  },
  "what goes upstream is what §16.7 chooses": {
    "a worse one": changed(sent("486 Busy Here"), "486 Busy Here", "500 Oh No"),
    "another of that status": changed(sent("486 Busy Here"), /(To: .*;tag=)\w+/, "$1other"),
    "what no branch said": changed(arrived("500 Server Internal Error"), "500", "404"),
  },
  "a challenge takes the challenges of all": {
    "one is missing": changed(
      arrived("407 Proxy Authentication Required"),
      "\r\n\r\n",
      '\r\nProxy-Authenticate: Digest realm="b", nonce="n"\r\n\r\n',
    ),
  },
  "a CANCEL goes where its INVITE went": {
    elsewhere: misled(sent("CANCEL")),
    "of another INVITE": changed(sent("CANCEL"), /CSeq: \d+/, "CSeq: 77"),
    "after the end": changed(sent("CANCEL"), "", "", 10_000),
    "of nothing": without(sent("INVITE")),
  },
  "an ACK goes to the branch": {
    "to somebody else": misled((entry) => sent("ACK")(entry) && isAckOfRefusal(entry.message)),
    "to another device": changed(
      (entry) => sent("ACK")(entry) && !isAckOfRefusal(entry.message),
      /^ACK \S+/,
      "ACK sip:carol@192.0.2.13:5060",
    ),
  },
  "every request that ended has one case": {
    none: recordsOf((records) => records.filter(({ method }) => method !== "MESSAGE")),
    two: recordsOf((records) => [...records, ...records.slice(0, 1)]),
  },
  "a case without a final response": {
    "and without a cause": recordsOf((records) =>
      records.map((record) => ({ ...record, statusCode: 0, causeId: "" })),
    ),
  },
  "the trace of a case explains": {
    "another status": recordsOf((records) =>
      records.map((record) =>
        record.statusCode === 404 ? { ...record, statusCode: 480 } : record,
      ),
    ),
    "another cause": recordsOf((records) =>
      records.map((record) =>
        record.statusCode === 404 ? { ...record, causeId: "user-not-registered" } : record,
      ),
    ),
    "an empty trace": recordsOf((records) => records.map((record) => ({ ...record, values: [] }))),
    "a relayed one that nobody said": recordsOf((records) =>
      records.map((record) => ({
        ...record,
        values: record.values.map((value) => (value === 486 ? 480 : value)),
      })),
    ),
  },
  "nothing is answered that did not come": {
    "a MESSAGE": without(arrived("MESSAGE")),
  },
  "what was acknowledged is found": {
    "an empty disk": (observed) => ({
      ...observed,
      lives: observed.lives.map((life) => ({ ...life, found: new Map() })),
    }),
  },
  "who is in a call set up through us": {
    "a BYE that is challenged": both(
      without((entry) => isAfterRestart(entry) && sent("BYE")(entry)),
      changed(
        (entry) => isAfterRestart(entry) && sent("200 OK (BYE)")(entry),
        "200 OK",
        "407 Proxy Authentication Required",
      ),
    ),
  },
  "no transaction is kept past": {
    "a server transaction": holding({ servers: 1 }),
    "a client transaction": holding({ clients: 1 }),
  },
  "nothing is kept beyond its number": {
    deadlines: holding({ deadlines: 10 }),
    "a REGISTER without a transaction": holding({ registrations: 1 }),
    cases: holding({ cases: 100 }),
  },
};

/** Such an ACK is ours: one Via, where a relayed one has two. */
function isAckOfRefusal(message: SipMessage): boolean {
  return message.text.match(/^Via:/gm)?.length === 1;
}

test("the run itself breaks no promise", () => {
  assert.ok(held.wire.length > 80);
  assert.deepEqual(check(held), []);
});

test("each checker has a plant, each plant its checker", () => {
  const names = Object.keys(checkers);
  const planted = Object.keys(plants).map((start) =>
    names.filter((name) => name.startsWith(start)),
  );
  assert.deepEqual(
    planted.flat().toSorted((one, other) => one.localeCompare(other)),
    names.toSorted((one, other) => one.localeCompare(other)),
  );
});

for (const [start, doctors] of Object.entries(plants)) {
  for (const [what, doctor] of Object.entries(doctors)) {
    test(`caught: ${what} (${start})`, () => {
      const caught = check(doctor(held)).map(({ checker }) => checker);
      assert.ok(
        caught.some((checker) => checker.startsWith(start)),
        `found only: ${[...new Set(caught)].join("; ") || "nothing"}`,
      );
    });
  }
}
