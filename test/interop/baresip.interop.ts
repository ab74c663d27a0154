// baresip against `nexthop serve`: phones that somebody else wrote, with digest, each in a process of its own. A ladder
// is all that a phone sent and received: a message too many, a retransmission among them, is a failure.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { needBaresip, startBaresip, type Baresip } from "./baresip.ts";
import { startNexthop, type NexthopProcess } from "./nexthop-process.ts";
import { DOMAIN, needSipp, sipp } from "./sipp.ts";

before(() => {
  needBaresip();
  needSipp();
});

const REGISTERED = ["> REGISTER", "< 401 REGISTER", "> REGISTER", "< 200 REGISTER"];
/** What a caller sees and what a callee does. */
const RINGING = ["> INVITE", "< 100 INVITE", "< 180 INVITE"];
const ANSWERED = [...RINGING, "< 200 INVITE", "> ACK"];
const ANSWERS = ["< INVITE", "> 180 INVITE", "> 200 INVITE", "< ACK"];
const CHALLENGED = ["> INVITE", "< 100 INVITE", "< 407 INVITE", "> ACK"];

for (const transport of ["udp", "tcp"] as const) {
  describe(`over ${transport}`, () => {
    let server: NexthopProcess;
    let alice: Baresip;
    let bob: Baresip;

    before(async () => {
      server = await startNexthop({ users: ["alice", "bob", "none"], auth: "digest" });
      const common = { proxyPort: server.port, transport };
      [alice, bob] = await Promise.all([
        startBaresip({ user: "alice", password: "alice-secret", ...common }),
        startBaresip({ user: "bob", password: "bob-secret", calls: 1, ...common }),
      ]);
      await Promise.all([alice.event("REGISTER_OK"), bob.event("REGISTER_OK")]);
    });
    after(async () => {
      await Promise.all([alice.stop(), bob.stop()]);
      assert.equal(await server.stop(), 0);
    });

    test("a phone that stops at a challenge it does not know registers (RFC 8760 §2.4)", async () => {
      await sees(alice, REGISTERED);
      await sees(bob, REGISTERED);
    });

    test("a call is answered, and the caller hangs up (RFC 3261 §12.2.1.1: by the route set)", async () => {
      await callBob();
      alice.command("hangup");
      await bothClosed();
      await sees(alice, [...CHALLENGED, ...ANSWERED, "> BYE", "< 200 BYE"]);
      await sees(bob, [...ANSWERS, "< BYE", "> 200 BYE"]);
    });

    test("the callee hangs up, and the call is kept as one that worked (RFC 3261 §15.1.1)", async () => {
      await callBob();
      bob.command("hangup");
      await bothClosed();
      await sees(bob, [...ANSWERS, "> BYE", "< 200 BYE"]);
      await sees(alice, [...CHALLENGED, ...ANSWERED, "< BYE", "> 200 BYE"]);
      const [invite] = await server.why(callIdOf(bob));
      assert.equal(invite?.state, "succeeded");
      assert.deepEqual(
        invite.branches.map(({ statusCode }) => statusCode),
        [200],
      );
    });

    test("a phone that is in a call is busy for the next caller (RFC 3261 §21.4.21)", async () => {
      await callBob();
      const common = { user: "bob", serverPort: server.port, transport };
      await sipp({ scenario: "uac-refused", status: 486, fromDomain: "elsewhere.test", ...common });
      alice.command("hangup");
      await bothClosed();
      const refusal = ["< INVITE", "> 486 INVITE", "< ACK"];
      await sees(bob, [...ANSWERS, ...refusal, "< BYE", "> 200 BYE"]);
      await sees(alice, [...CHALLENGED, ...ANSWERED, "> BYE", "< 200 BYE"]);
    });

    test("the caller hangs up while it rings: CANCEL, 487, and the cause says so (RFC 3261 §9.1)", async () => {
      alice.command("dial", `sip:bob@${DOMAIN}`);
      await bob.event("CALL_INCOMING");
      await alice.event("CALL_RINGING");
      alice.command("hangup");
      await bothClosed();
      const cancelled = ["> CANCEL", "< 200 CANCEL", "< 487 INVITE", "> ACK"];
      await sees(alice, [...CHALLENGED, ...RINGING, ...cancelled]);
      // A callee is free to answer CANCEL or INVITE first.
      const callee = [
        "< INVITE",
        "> 180 INVITE",
        "< CANCEL",
        "> 200 CANCEL",
        "> 487 INVITE",
        "< ACK",
      ];
      assert.deepEqual((await bob.ladder(callee.length)).toSorted(), callee.toSorted());
      const [invite] = await server.why(callIdOf(bob));
      assert.equal(invite?.causeId, "caller-cancelled");
    });

    const refused = [
      ["nobody", 404, "user-unknown"],
      ["none", 480, "user-not-registered"],
    ] as const;
    for (const [user, status, causeId] of refused) {
      test(`a call to ${user} is ${status} ${causeId}`, async () => {
        alice.command("dial", `sip:${user}@${DOMAIN}`);
        const { param } = await alice.event("CALL_CLOSED");
        assert.match(param, new RegExp(`^${status} `));
        const refusal = ["> INVITE", "< 100 INVITE", `< ${status} INVITE`, "> ACK"];
        await sees(alice, [...CHALLENGED, ...refusal]);
        const [invite] = await server.why(callIdOf(alice));
        assert.equal(invite?.causeId, causeId);
      });
    }

    test("a phone that ends takes its binding away (RFC 3261 §10.2.2)", async () => {
      await bob.stop();
      await sees(bob, REGISTERED);
      const bindings = server.command("registrations");
      assert.match(bindings, /sip:alice-/);
      assert.doesNotMatch(bindings, /sip:bob-/);
    });

    function bothClosed(): Promise<unknown> {
      return Promise.all([alice.event("CALL_CLOSED"), bob.event("CALL_CLOSED")]);
    }

    async function callBob(): Promise<void> {
      alice.command("dial", `sip:bob@${DOMAIN}`);
      await bob.event("CALL_INCOMING");
      await alice.event("CALL_RINGING");
      bob.command("accept");
      await Promise.all([alice.event("CALL_ESTABLISHED"), bob.event("CALL_ESTABLISHED")]);
    }
  });
}

async function sees(phone: Baresip, ladder: readonly string[]): Promise<void> {
  assert.deepEqual(await phone.ladder(ladder.length), ladder);
}

function callIdOf(phone: Baresip): string {
  const last = phone.messages().findLast(({ text }) => text.includes("INVITE"));
  return /^Call-ID: (\S+)/m.exec(last?.text ?? "")?.[1] ?? "";
}
