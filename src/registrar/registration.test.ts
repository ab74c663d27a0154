import assert from "node:assert/strict";
import { test } from "node:test";
import { answerChallenge, Authenticator, credentialOf } from "../auth/index.ts";
import { seededRandom } from "../base/random.ts";
import type { DirectoryEntry } from "../directory/index.ts";
import type { Binding, Held, ReplaceOutcome } from "../location/index.ts";
import { Header, parseAor, parseMessage, type Aor, type SipResponse } from "../message/index.ts";
import { eventsOf, Trace, type TraceEvent } from "../trace/index.ts";
import {
  registrarDomainOf,
  Registration,
  STORE_CONFLICTS_MAX,
  type RegistrarOptions,
  type RegistrationOutput,
} from "./index.ts";

const START_MS = Date.UTC(2026, 10, 22, 16, 0, 0);
const MINUTE_MS = 60_000;

function aor(text: string): Aor {
  const parsed = parseAor(text);
  assert.ok(parsed !== undefined, text);
  return parsed;
}

const alice = aor("sip:alice@example.org");
const desk = aor("sip:desk@example.org");

/** What a test may change about a REGISTER; the rest is Alice's first. */
interface Register {
  readonly to?: string;
  readonly requestUri?: string;
  readonly callId?: string;
  readonly cseq?: number;
  readonly fields?: readonly string[];
  readonly source?: string;
}

/** What came of one: the response, and what the operator may know. */
interface Outcome {
  readonly text: string;
  readonly response: SipResponse;
  readonly causeId: string | undefined;
  readonly evidence: unknown;
  readonly events: readonly TraceEvent[];
  /** The kinds of questions, in order. */
  readonly asked: readonly string[];
}

/** A registrar with a directory and a store that are two maps: it answers questions at once. */
class Lab {
  readonly directory = new Map<Aor, DirectoryEntry>();
  readonly store = new Map<Aor, { version: number; bindings: readonly Binding[] }>();
  readonly options: RegistrarOptions;
  /** Called before each answer to `replace`: another machine's writing, or a failure. */
  beforeReplace: () => "go on" | "fail" = () => "go on";
  failing: "location-unreachable" | "directory-unreachable" | undefined;

  constructor(options: Partial<RegistrarOptions> = {}) {
    this.options = {
      auth: "none",
      defaultExpiresSeconds: 3600,
      minExpiresSeconds: 60,
      maxExpiresSeconds: 7200,
      bindingsPerAor: 3,
      ...options,
    };
    const credential = credentialOf("alice", "example.org", "secret");
    this.directory.set(alice, { kind: "subscriber", aor: alice, credential });
    this.directory.set(desk, { kind: "alias", aor: desk, target: alice });
  }

  held(of: Aor, nowMs: number): Held {
    const { version, bindings } = this.store.get(of) ?? { version: 0, bindings: [] };
    const live = bindings.filter((binding) => binding.expiresAtMs > nowMs);
    return { version, bindings: live, lapsed: [] };
  }

  write(of: Aor, version: number, bindings: readonly Binding[], nowMs: number): ReplaceOutcome {
    const held = this.held(of, nowMs);
    if (held.version !== version) return { kind: "conflict", held };
    this.store.set(of, { version: version + 1, bindings });
    return { kind: "written", version: version + 1 };
  }

  register(atMs: number, what: Register = {}): Outcome {
    const text = [
      `REGISTER ${what.requestUri ?? "sip:example.org"} SIP/2.0`,
      "Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1",
      "Max-Forwards: 70",
      `From: <${what.to ?? "sip:alice@example.org"}>;tag=f1`,
      `To: <${what.to ?? "sip:alice@example.org"}>`,
      `Call-ID: ${what.callId ?? "phone-1"}`,
      `CSeq: ${what.cseq ?? 1} REGISTER`,
      ...(what.fields ?? []),
      "Content-Length: 0",
      "",
      "",
    ].join("\r\n");
    const request = parseMessage(text);
    assert.ok(request.kind === "request", JSON.stringify(request));
    const trace = new Trace(atMs);
    const source = what.source ?? "udp:192.0.2.1:5060";
    const domain = registrarDomainOf(request, (name) => name === "example.org");
    assert.ok(domain !== undefined, "the domain is ours");
    const machine = new Registration(this.options, {
      request,
      domain,
      toTag: "t1",
      source,
      trace,
    });
    const out: RegistrationOutput[] = [];
    const asked: string[] = [];
    machine.start(atMs, out);
    for (let output = out.shift(); output !== undefined; output = out.shift()) {
      assert.equal(out.length, 0, "one question at a time");
      if (output.kind === "respond") return this.#outcome(output, trace, asked);
      asked.push(`${output.kind} ${output.aor}`);
      this.#answer(machine, output, atMs, out);
    }
    assert.fail("a REGISTER ends with a response");
  }

  #answer(
    machine: Registration,
    question: Exclude<RegistrationOutput, { kind: "respond" }>,
    nowMs: number,
    out: RegistrationOutput[],
  ): void {
    const isDirectory = question.kind === "findSubscriber";
    const failing = this.failing;
    if (failing !== undefined && isDirectory === (failing === "directory-unreachable")) {
      machine.storeFailed(failing, "no answer in 250 ms", nowMs, out);
      return;
    }
    switch (question.kind) {
      case "findSubscriber":
        machine.found(this.directory.get(question.aor), nowMs, out);
        return;
      case "lookup":
        machine.held(this.held(question.aor, nowMs), nowMs, out);
        return;
      case "replace": {
        if (this.beforeReplace() === "fail") {
          machine.storeFailed("location-unreachable", "disk full", nowMs, out);
          return;
        }
        const { version, bindings } = question;
        machine.replaced(this.write(question.aor, version, bindings, nowMs), nowMs, out);
      }
    }
  }

  #outcome(
    output: Extract<RegistrationOutput, { kind: "respond" }>,
    trace: Trace,
    asked: readonly string[],
  ): Outcome {
    const response = parseMessage(output.text);
    assert.ok(response.kind === "response", output.text);
    assert.equal(response.statusCode, output.statusCode);
    assert.equal(response.toTag, "t1");
    return {
      text: output.text,
      response,
      causeId: output.cause?.id,
      evidence: output.cause?.evidence,
      events: eventsOf(trace.startedAtMs, trace.values),
      asked,
    };
  }
}

/** The status, the cause, and the header fields that registration is about, in order. */
function told({ text, causeId }: Outcome): readonly string[] {
  const [start = "", ...lines] = text.split("\r\n");
  const wanted = /^(Contact|Path|Min-Expires|Unsupported): /;
  const status = start.slice(8, 11) + (causeId === undefined ? "" : ` ${causeId}`);
  return [status, ...lines.filter((line) => wanted.test(line))];
}

/** At this time this REGISTER comes, and exactly this is answered. */
type Step = readonly [atMs: number, what: Register, ...answer: readonly string[]];

function plays(lab: Lab, steps: readonly Step[]): void {
  for (const [afterMs, what, ...answer] of steps) {
    const outcome = lab.register(START_MS + afterMs, what);
    assert.deepEqual(told(outcome), answer, `at ${afterMs} ms`);
  }
}

const fields = (...lines: readonly string[]): { readonly fields: readonly string[] } => ({
  fields: lines,
});
const A = "sip:a@192.0.2.1";
const B = "sip:b@192.0.2.2:5080;transport=tcp";

test("a contact is bound, listed, refreshed and runs out (RFC 3261 §10.3 steps 7 and 8)", () => {
  plays(new Lab(), [
    [0, fields(`Contact: <${A}>`), "200", `Contact: <${A}>;expires=3600`],
    [600_000, { cseq: 2 }, "200", `Contact: <${A}>;expires=3000`],
    [700_500, { cseq: 3 }, "200", `Contact: <${A}>;expires=2899`],
    [800_000, { cseq: 4, ...fields(`Contact: <${A}>`) }, "200", `Contact: <${A}>;expires=3600`],
    [800_000 + 3_599_999, { cseq: 5 }, "200", `Contact: <${A}>;expires=1`],
    [800_000 + 3_600_000, { cseq: 6 }, "200"],
  ]);
});

test("the parameter goes before the header field, that before the default (§10.3 step 7)", () => {
  const both = fields(`Contact: <${A}>;expires=120, <${B}>`, "Expires: 300");
  plays(new Lab({ defaultExpiresSeconds: 1800 }), [
    [0, both, "200", `Contact: <${A}>;expires=120`, `Contact: <${B}>;expires=300`],
    [
      1,
      { cseq: 2, ...fields(`Contact: <${A}>`) },
      "200",
      `Contact: <${A}>;expires=1800`,
      `Contact: <${B}>;expires=299`,
    ],
  ]);
});

test("expires that cannot be read mean an hour (§10.2); beyond the maximum is cut to it", () => {
  const contact = (expires: string, cseq: number): Register => ({
    cseq,
    ...fields(`Contact: <${A}>;expires=${expires}`),
  });
  plays(new Lab(), [
    [0, contact('"600"', 0), "200", `Contact: <${A}>;expires=600`],
    [0, contact("soon", 1), "200", `Contact: <${A}>;expires=3600`],
    [0, contact("-1", 2), "200", `Contact: <${A}>;expires=3600`],
    [0, contact("7200", 3), "200", `Contact: <${A}>;expires=7200`],
    [0, contact("7201", 4), "200", `Contact: <${A}>;expires=7200`],
    [0, contact("99999999999999999999", 5), "200", `Contact: <${A}>;expires=7200`],
  ]);
});

test("too brief is refused with the minimum, and nothing is bound; 0 and the minimum are not too brief (§10.3 step 7)", () => {
  const contact = (seconds: number, cseq: number): Register => ({
    cseq,
    ...fields(`Contact: <${A}>;expires=${seconds}`),
  });
  const lab = new Lab();
  plays(lab, [
    [0, contact(59, 1), "423 interval-too-brief", "Min-Expires: 60"],
    [0, contact(1, 2), "423 interval-too-brief", "Min-Expires: 60"],
    [0, { cseq: 3 }, "200"],
    [0, contact(60, 4), "200", `Contact: <${A}>;expires=60`],
    [0, contact(0, 5), "200"],
  ]);
  const { evidence } = lab.register(START_MS, contact(59, 6));
  assert.deepEqual(evidence, { requestedSeconds: 59, minimumSeconds: 60 });
});

test("an hour is never too brief, whatever the minimum (§10.3 step 7)", () => {
  const contact = (seconds: number): Register => fields(`Contact: <${A}>;expires=${seconds}`);
  plays(new Lab({ minExpiresSeconds: 5400 }), [
    [0, contact(3599), "423 interval-too-brief", "Min-Expires: 5400"],
    [0, contact(3600), "200", `Contact: <${A}>;expires=3600`],
  ]);
});

test("of several contacts all are bound or none is (§10.3 step 7)", () => {
  plays(new Lab(), [
    [0, fields(`Contact: <${A}>, <${B}>;expires=5`), "423 interval-too-brief", "Min-Expires: 60"],
    [0, { cseq: 2 }, "200"],
    [
      0,
      { cseq: 3, ...fields(`Contact: <${A}>`, `m: <${B}>`) },
      "200",
      `Contact: <${A}>;expires=3600`,
      `Contact: <${B}>;expires=3600`,
    ],
  ]);
});

test("one request binds, refreshes and removes", () => {
  const lab = new Lab();
  plays(lab, [
    [
      0,
      fields(`Contact: <${A}>, <${B}>`),
      "200",
      `Contact: <${A}>;expires=3600`,
      `Contact: <${B}>;expires=3600`,
    ],
  ]);
  const mixed = fields(`Contact: <${A}>;expires=0, <${B}>;expires=600, <sip:c@192.0.2.3>`);
  const outcome = lab.register(START_MS + 1_000, { cseq: 2, ...mixed });
  assert.deepEqual(told(outcome), [
    "200",
    `Contact: <${B}>;expires=600`,
    "Contact: <sip:c@192.0.2.3>;expires=3600",
  ]);
  const written = outcome.events.filter((event) => event.kind === "binding-written");
  assert.deepEqual(
    written.map(({ contactUri, change, expiresSeconds }) => [contactUri, change, expiresSeconds]),
    [
      [A, "removed", 0],
      [B, "refreshed", 600],
      ["sip:c@192.0.2.3", "added", 3600],
    ],
  );
  assert.deepEqual(outcome.asked, [
    `findSubscriber ${alice}`,
    `lookup ${alice}`,
    `replace ${alice}`,
  ]);
});

test("removing what is not there is a success and writes nothing (§10.3 step 7)", () => {
  const outcome = new Lab().register(START_MS, fields(`Contact: <${A}>;expires=0`));
  assert.deepEqual(told(outcome), ["200"]);
  assert.deepEqual(outcome.asked, [`findSubscriber ${alice}`, `lookup ${alice}`]);
});

test("contacts are compared as URIs, not as text (§19.1.4); the newer text is kept", () => {
  plays(new Lab(), [
    [
      0,
      fields("Contact: <sip:a@Host.example.net;transport=udp>"),
      "200",
      "Contact: <sip:a@Host.example.net;transport=udp>;expires=3600",
    ],
    [
      1,
      { cseq: 2, ...fields("Contact: <sip:%61@hOST.EXAMPLE.net;Transport=UDP>") },
      "200",
      "Contact: <sip:%61@hOST.EXAMPLE.net;Transport=UDP>;expires=3600",
    ],
    [
      2,
      { cseq: 3, ...fields("Contact: <sip:a@host.example.net;transport=tcp>") },
      "200",
      "Contact: <sip:%61@hOST.EXAMPLE.net;Transport=UDP>;expires=3599",
      "Contact: <sip:a@host.example.net;transport=tcp>;expires=3600",
    ],
    [
      3,
      { cseq: 4, ...fields("Contact: <sip:A@host.example.net;transport=tcp>;expires=0") },
      "200",
      "Contact: <sip:%61@hOST.EXAMPLE.net;Transport=UDP>;expires=3599",
      "Contact: <sip:a@host.example.net;transport=tcp>;expires=3599",
    ],
  ]);
});

test("a contact named twice in one request is bound once, as it stands last", () => {
  plays(new Lab(), [
    [
      0,
      fields(`Contact: <${A}>;expires=100, <${A}>;expires=200`),
      "200",
      `Contact: <${A}>;expires=200`,
    ],
    [1, { cseq: 2, ...fields(`Contact: <${A}>;expires=100, <${A}>;expires=0`) }, "200"],
  ]);
});

test("q goes in and out in thousandths; 1 is not written (§20.10)", () => {
  const q = (value: string, cseq: number): Register => ({
    cseq,
    ...fields(`Contact: <${A}>;q=${value}`),
  });
  plays(new Lab(), [
    [0, q("0.5", 1), "200", `Contact: <${A}>;expires=3600;q=0.5`],
    [0, q("0.123", 2), "200", `Contact: <${A}>;expires=3600;q=0.123`],
    [0, q("0", 3), "200", `Contact: <${A}>;expires=3600;q=0`],
    [0, q("1.000", 4), "200", `Contact: <${A}>;expires=3600`],
    [0, q("0.", 5), "200", `Contact: <${A}>;expires=3600;q=0`],
  ]);
  for (const wrong of ["1.001", "0.1234", "0.0000", "2", "high", ".5", "0.5x", "00.5", "-0.5"]) {
    const outcome = new Lab().register(START_MS, q(wrong, 1));
    assert.deepEqual(told(outcome), ["400 contact-malformed"], wrong);
  }
});

test("a contact that cannot be read refuses the whole request (§10.3 step 7)", () => {
  plays(new Lab(), [
    [0, fields(`Contact: <${A}>, <sip:b@`), "400 contact-malformed"],
    [0, { cseq: 2 }, "200"],
  ]);
});

test("contacts of other schemes are bound as they are; the proxy knows what it can call (§10.2.1)", () => {
  plays(new Lab(), [
    [
      0,
      fields("Contact: <tel:+15551234>", "Contact: <mailto:alice@example.org>"),
      "200",
      "Contact: <tel:+15551234>;expires=3600",
      "Contact: <mailto:alice@example.org>;expires=3600",
    ],
    [
      1,
      { cseq: 2, ...fields("Contact: <tel:+1-555-1234>;expires=0") },
      "200",
      "Contact: <mailto:alice@example.org>;expires=3599",
    ],
  ]);
});

test("* with Expires: 0 removes all, of every device (§10.3 step 6)", () => {
  plays(new Lab(), [
    [0, fields(`Contact: <${A}>`), "200", `Contact: <${A}>;expires=3600`],
    [
      1,
      { callId: "phone-2", ...fields(`Contact: <${B}>`) },
      "200",
      `Contact: <${A}>;expires=3599`,
      `Contact: <${B}>;expires=3600`,
    ],
    [2, { cseq: 2, ...fields("Contact: *", "Expires: 0") }, "200"],
    [3, { cseq: 3 }, "200"],
  ]);
});

test("* beside another contact, or without Expires: 0, is invalid and removes nothing (§10.3 step 6)", () => {
  plays(new Lab(), [
    [0, fields(`Contact: <${A}>`), "200", `Contact: <${A}>;expires=3600`],
    [0, { cseq: 2, ...fields("Contact: *") }, "400 wildcard-misused"],
    [0, { cseq: 3, ...fields("Contact: *", "Expires: 60") }, "400 wildcard-misused"],
    [0, { cseq: 4, ...fields("Contact: *", "Expires: none") }, "400 wildcard-misused"],
    [
      0,
      { cseq: 5, ...fields("Contact: *", `Contact: <${B}>`, "Expires: 0") },
      "400 wildcard-misused",
    ],
    [0, { cseq: 6 }, "200", `Contact: <${A}>;expires=3600`],
  ]);
});

test("of one Call-ID a CSeq that is not higher fails, and nothing changes (§10.3 step 7)", () => {
  const contact = (expires: number): { readonly fields: readonly string[] } =>
    fields(`Contact: <${A}>;expires=${expires}`);
  const lab = new Lab();
  plays(lab, [
    [0, { cseq: 5, ...contact(600) }, "200", `Contact: <${A}>;expires=600`],
    [0, { cseq: 5, ...contact(900) }, "500 register-out-of-order"],
    [0, { cseq: 4, ...contact(0) }, "500 register-out-of-order"],
    [0, { cseq: 4, ...fields("Contact: *", "Expires: 0") }, "500 register-out-of-order"],
    [0, { cseq: 4, ...fields(`Contact: <${B}>, <${A}>`) }, "500 register-out-of-order"],
    [0, { cseq: 6 }, "200", `Contact: <${A}>;expires=600`],
    [0, { cseq: 6, ...contact(900) }, "200", `Contact: <${A}>;expires=900`],
  ]);
  const { evidence } = lab.register(START_MS, { cseq: 2, ...contact(1200) });
  assert.deepEqual(evidence, { aor: alice, cseq: 2, heldCseq: 6 });
});

test("another Call-ID is not compared: a restarted phone is heard (§10.3 step 7)", () => {
  plays(new Lab(), [
    [0, { cseq: 50, ...fields(`Contact: <${A}>`) }, "200", `Contact: <${A}>;expires=3600`],
    [
      0,
      { cseq: 1, callId: "phone-1b", ...fields(`Contact: <${A}>;expires=600`) },
      "200",
      `Contact: <${A}>;expires=600`,
    ],
    [0, { cseq: 1, callId: "phone-2", ...fields("Contact: *", "Expires: 0") }, "200"],
  ]);
});

test("the limit of bindings holds for growth only", () => {
  const contact = (...names: readonly string[]): { readonly fields: readonly string[] } =>
    fields(...names.map((name) => `Contact: <sip:${name}@192.0.2.1>`));
  const lab = new Lab();
  assert.equal(lab.register(START_MS, contact("a", "b", "c")).response.statusCode, 200);
  const refused = lab.register(START_MS, { cseq: 2, ...contact("d") });
  assert.deepEqual(told(refused), ["403 too-many-bindings"]);
  assert.deepEqual(refused.evidence, { aor: alice, limit: 3 });
  const refreshed = lab.register(START_MS, { cseq: 3, ...contact("a", "b", "c") });
  assert.equal(refreshed.response.statusCode, 200);
  const swapped = fields("Contact: <sip:a@192.0.2.1>;expires=0", "Contact: <sip:d@192.0.2.1>");
  assert.equal(lab.register(START_MS, { cseq: 4, ...swapped }).response.statusCode, 200);
  const lowered = new Lab({ bindingsPerAor: 1 });
  lowered.store.set(alice, { version: 1, bindings: lab.held(alice, START_MS).bindings });
  assert.equal(lowered.register(START_MS, { cseq: 5, ...contact("b") }).response.statusCode, 200);
});

test("a binding carries its request's facts; a refresh keeps when it was first bound", () => {
  const lab = new Lab();
  lab.register(START_MS, { ...fields(`Contact: <${A}>;q=0.7`), source: "udp:198.51.100.7:1024" });
  lab.register(START_MS + MINUTE_MS, { cseq: 2, ...fields(`Contact: <${A}>`) });
  assert.deepEqual(lab.held(alice, START_MS + MINUTE_MS).bindings, [
    {
      contactUri: A,
      callId: "phone-1",
      cseq: 2,
      qMilli: 1000,
      expiresAtMs: START_MS + MINUTE_MS + 3_600_000,
      updatedAtMs: START_MS,
      path: [],
      source: "udp:192.0.2.1:5060",
    },
  ]);
});

test("a clock with fractions does not cost a second", () => {
  plays(new Lab(), [
    [0.7, fields(`Contact: <${A}>;expires=600`), "200", `Contact: <${A}>;expires=600`],
  ]);
});

test("Path is stored and echoed in order when the phone supports it (RFC 3327 §5.3)", () => {
  const lab = new Lab();
  const path = ["<sip:p1.example.org;lr>", "<sip:p2.example.org;lr>"];
  plays(lab, [
    [
      0,
      fields(`Contact: <${A}>`, "Supported: gruu, PATH", `Path: ${path.join(", ")}`),
      "200",
      `Contact: <${A}>;expires=3600`,
      `Path: ${path[0]}`,
      `Path: ${path[1]}`,
    ],
  ]);
  assert.deepEqual(lab.held(alice, START_MS).bindings[0]?.path, path);
});

test("Path from a phone that does not support it is refused, so that it learns of it (RFC 3327 §5.3)", () => {
  plays(new Lab(), [
    [
      0,
      fields(`Contact: <${A}>`, "Path: <sip:p1.example.org;lr>"),
      "420 path-not-supported",
      "Unsupported: path",
    ],
    [
      0,
      fields(`Contact: <${A}>`, "Supported: paths", "Path: <sip:p1.example.org;lr>"),
      "420 path-not-supported",
      "Unsupported: path",
    ],
    [0, fields(`Contact: <${A}>`), "200", `Contact: <${A}>;expires=3600`],
  ]);
});

test("the 200 says what we support and what time it is (§10.3 step 8)", () => {
  const { response, text } = new Lab().register(START_MS);
  assert.equal(response.header(Header.Supported), "path");
  assert.equal(response.header(Header.Date), "Sun, 22 Nov 2026 16:00:00 GMT");
  assert.doesNotMatch(text, /Record-Route/);
});

test("an extension that we do not know is refused before anybody is looked up (§10.3 step 2, RFC 3261 §20.32)", () => {
  const outcome = new Lab().register(START_MS, fields("Require: path, gruu", "Require: outbound"));
  assert.deepEqual(told(outcome), ["420 extension-required", "Unsupported: gruu, outbound"]);
  assert.deepEqual(outcome.asked, []);
  const known = new Lab().register(START_MS, fields("Require: path", "Supported: path"));
  assert.deepEqual(told(known), ["200"]);
});

test("with --auth none a user who exists is taken at his word, one who does not is a 404 (§10.3 step 5)", () => {
  const lab = new Lab();
  assert.deepEqual(told(lab.register(START_MS)), ["200"]);
  const unknown = lab.register(START_MS, { to: "sip:bob@example.org" });
  assert.deepEqual(told(unknown), ["404 user-unknown"]);
  assert.deepEqual(unknown.evidence, { aor: "sip:bob@example.org", domain: "example.org" });
  assert.deepEqual(told(lab.register(START_MS, { to: "sip:desk@example.org" })), [
    "404 user-unknown",
  ]);
});

test("an address that is not valid for the domain of the Request-URI is a 404 (§10.3 step 5)", () => {
  const lab = new Lab();
  for (const to of ["sip:alice@example.com", "sip:example.org"]) {
    const outcome = lab.register(START_MS, { to });
    assert.deepEqual(told(outcome), ["404 user-unknown"], to);
    assert.deepEqual(outcome.asked, []);
  }
  const same = lab.register(START_MS, {
    to: "sips:%61lice@EXAMPLE.org:5061;user=ip",
    requestUri: "sip:Example.ORG",
  });
  assert.deepEqual(told(same), ["200"]);
  assert.deepEqual(same.asked, [`findSubscriber ${alice}`, `lookup ${alice}`]);
});

test("a To that is no SIP URI is a 400: nothing can be registered for it (§10.2; RFC 4475 §3.3.4)", () => {
  const lab = new Lab();
  for (const to of ["tel:+15551234", "isbn:2983792873"]) {
    const outcome = lab.register(START_MS, { to });
    assert.deepEqual(told(outcome), ["400 header-malformed"], to);
    assert.deepEqual(outcome.asked, []);
  }
});

test("a store that does not answer is a 503 with its reason, and nothing is written", () => {
  for (const causeId of ["directory-unreachable", "location-unreachable"] as const) {
    const lab = new Lab();
    lab.failing = causeId;
    const outcome = lab.register(START_MS, fields(`Contact: <${A}>`));
    assert.deepEqual(told(outcome), [`503 ${causeId}`]);
    assert.deepEqual(outcome.evidence, { detail: "no answer in 250 ms" });
    assert.equal(lab.store.size, 0);
  }
  const lab = new Lab();
  lab.beforeReplace = () => "fail";
  const outcome = lab.register(START_MS, fields(`Contact: <${A}>`));
  assert.deepEqual(told(outcome), ["503 location-unreachable"]);
  assert.ok(!outcome.events.some((event) => event.kind === "binding-written"));
});

/** Writes for Alice like another machine would: device number `n`. */
function writeElsewhere(lab: Lab, n: number): void {
  const { version, bindings } = lab.held(alice, START_MS);
  const other: Binding = {
    contactUri: "sip:elsewhere@192.0.2.9",
    callId: "elsewhere",
    cseq: n,
    qMilli: 1000,
    expiresAtMs: START_MS + 600_000,
    updatedAtMs: START_MS,
    path: [],
    source: "udp:192.0.2.9:5060",
  };
  lab.write(alice, version, [other, ...bindings.slice(1)], START_MS);
}

test("when another machine wrote first, the request is decided anew on what is held then (§10.3: atomic)", () => {
  const lab = new Lab();
  let writes = 0;
  lab.beforeReplace = () => {
    writes += 1;
    if (writes <= STORE_CONFLICTS_MAX) writeElsewhere(lab, writes);
    return "go on";
  };
  const outcome = lab.register(START_MS, fields(`Contact: <${A}>`));
  assert.deepEqual(told(outcome), [
    "200",
    "Contact: <sip:elsewhere@192.0.2.9>;expires=600",
    `Contact: <${A}>;expires=3600`,
  ]);
  const conflicts = outcome.events.filter((event) => event.kind === "store-conflict");
  assert.equal(conflicts.length, STORE_CONFLICTS_MAX);
});

test("who loses every time gives up with 503", () => {
  const lab = new Lab();
  let writes = 0;
  lab.beforeReplace = () => {
    writes += 1;
    writeElsewhere(lab, writes);
    return "go on";
  };
  const outcome = lab.register(START_MS, fields(`Contact: <${A}>`));
  assert.deepEqual(told(outcome), ["503 location-unreachable"]);
  assert.equal(writes, STORE_CONFLICTS_MAX + 1);
});

function domainAsked(requestUri: string): string | undefined {
  const text =
    `REGISTER ${requestUri} SIP/2.0\r\nVia: SIP/2.0/UDP h;branch=z9hG4bK1\r\n` +
    "From: <sip:a@x>;tag=1\r\nTo: <sip:a@x>\r\nCall-ID: c\r\nCSeq: 1 REGISTER\r\n\r\n";
  const request = parseMessage(text);
  assert.ok(request.kind === "request");
  return registrarDomainOf(request, (domain) => domain === "example.org");
}

test("a REGISTER for a domain that is not ours is not the registrar's (§10.3 step 1)", () => {
  assert.equal(domainAsked("sip:Example.Org:5060"), "example.org");
  assert.equal(domainAsked("sip:example.com"), undefined);
  assert.equal(domainAsked("tel:+15551234"), undefined);
});

// With digest.

function digestLab(): Lab {
  const auth = new Authenticator({
    secret: "of the server",
    nonceLifetimeMs: 300_000,
    random: seededRandom(1),
  });
  const lab = new Lab({ auth });
  const bob = aor("sip:bob@example.org");
  const credential = credentialOf("bob", "example.org", "zanzibar");
  lab.directory.set(bob, { kind: "subscriber", aor: bob, credential });
  return lab;
}

/** Asks, is challenged, and asks again with an answer. */
function authenticates(
  lab: Lab,
  atMs: number,
  who: { readonly username: string; readonly password: string },
  what: Register,
): Outcome {
  const challenges = lab.register(atMs, what).response.values(Header.WwwAuthenticate);
  const value = answerChallenge(challenges, {
    ...who,
    method: "REGISTER",
    uri: "sip:example.org",
    cnonce: "0a4f113b",
  });
  assert.ok(value !== undefined);
  const cseq = (what.cseq ?? 1) + 1;
  const authorization = `Authorization: ${value}`;
  return lab.register(atMs, { ...what, cseq, fields: [...(what.fields ?? []), authorization] });
}

const asAlice = { username: "alice", password: "secret" };

test("without credentials a REGISTER is challenged, strongest first, and nothing is looked up (RFC 8760 §2.3)", () => {
  const outcome = digestLab().register(START_MS, fields(`Contact: <${A}>`));
  assert.deepEqual(told(outcome), ["401 credentials-missing"]);
  const algorithms = outcome.response
    .values(Header.WwwAuthenticate)
    .map((value) => /algorithm=([^,]+)/.exec(value)?.[1]);
  assert.deepEqual(algorithms, ["SHA-512-256", "SHA-256", "MD5"]);
  assert.deepEqual(outcome.asked, []);
  const challenged = outcome.events.find((event) => event.kind === "challenged");
  assert.deepEqual(challenged, {
    kind: "challenged",
    atMs: START_MS,
    realm: "example.org",
    algorithms: "SHA-512-256 SHA-256 MD5",
    stale: 0,
  });
});

test("the user's own credentials open the user's own address (§10.3 steps 3 and 4)", () => {
  const lab = digestLab();
  const outcome = authenticates(lab, START_MS, asAlice, fields(`Contact: <${A}>`));
  assert.deepEqual(told(outcome), ["200", `Contact: <${A}>;expires=3600`]);
  assert.deepEqual(
    outcome.events.map((event) => event.kind),
    ["directory-looked-up", "authenticated", "location-looked-up", "binding-written"],
  );
});

test("another user's good credentials are a 403, whether or not the address exists (§10.3 step 4)", () => {
  for (const to of ["sip:bob@example.org", "sip:nobody@example.org", "sip:desk@example.org"]) {
    const outcome = authenticates(digestLab(), START_MS, asAlice, { to });
    assert.deepEqual(told(outcome), ["403 aor-not-yours"], to);
    assert.deepEqual(outcome.evidence, { username: "alice", aor: to });
    assert.deepEqual(outcome.asked, [`findSubscriber ${alice}`]);
  }
});

function onTheWire(outcome: Outcome, name: string): string {
  return outcome.text.replace(/nonce="[^"]*"/g, 'nonce="N"').replaceAll(name, "NAME");
}

test("an unknown user and a wrong password get the same bytes; only the operator is told apart", () => {
  const wrong = authenticates(
    digestLab(),
    START_MS,
    { username: "alice", password: "x" },
    { to: "sip:alice@example.org" },
  );
  const unknown = authenticates(
    digestLab(),
    START_MS,
    { username: "carol", password: "x" },
    { to: "sip:carol@example.org" },
  );
  const alias = authenticates(
    digestLab(),
    START_MS,
    { username: "desk", password: "x" },
    { to: "sip:desk@example.org" },
  );
  assert.equal(wrong.causeId, "credentials-wrong");
  assert.equal(unknown.causeId, "account-unknown");
  assert.equal(alias.causeId, "account-unknown");
  assert.equal(onTheWire(unknown, "carol"), onTheWire(wrong, "alice"));
  assert.equal(onTheWire(alias, "desk"), onTheWire(wrong, "alice"));
});

function aliceAnswers(values: readonly string[]): string {
  const request = { method: "REGISTER", uri: "sip:example.org", cnonce: "c" };
  return `Authorization: ${answerChallenge(values, { ...asAlice, ...request })}`;
}

test("a stale nonce is answered with stale=true and a nonce that works (RFC 7616 §3.3)", () => {
  const lab = digestLab();
  const challenges = lab.register(START_MS).response.values(Header.WwwAuthenticate);
  const lateMs = START_MS + 300_001;
  const stale = lab.register(lateMs, { cseq: 2, ...fields(aliceAnswers(challenges)) });
  assert.deepEqual(told(stale), ["401 nonce-stale"]);
  const again = stale.response.values(Header.WwwAuthenticate);
  assert.ok(again.every((value) => value.endsWith(", stale=true")));
  const challenged = stale.events.find((event) => event.kind === "challenged");
  assert.equal(challenged?.stale, 1);
  assert.deepEqual(told(lab.register(lateMs, { cseq: 3, ...fields(aliceAnswers(again)) })), [
    "200",
  ]);
  const replayed = lab.register(lateMs, { cseq: 4, ...fields(aliceAnswers(again)) });
  assert.deepEqual(told(replayed), ["401 nonce-replayed"]);
});

test("what is wrong with the bindings is said only to who has authenticated (§10.3: in order)", () => {
  const misused = fields("Contact: *");
  const lab = digestLab();
  assert.deepEqual(told(lab.register(START_MS, misused)), ["401 credentials-missing"]);
  assert.deepEqual(told(authenticates(lab, START_MS, asAlice, misused)), ["400 wildcard-misused"]);
});
