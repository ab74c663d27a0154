// Kamailio as next hop and as previous hop of `nexthop serve`, phones on both sides. The link between the two proxies
// is UDP in one round and TCP in the other. Phones note every message: a retransmission anywhere is a failure.
import assert from "node:assert/strict";
import { after, afterEach, before, describe, test } from "node:test";
import { needBaresip, startBaresip } from "./baresip.ts";
import { needKamailio, startKamailio, type Kamailio } from "./kamailio.ts";
import { startNexthop, type NexthopProcess } from "./nexthop-process.ts";
import { callersDialog, calleesDialog, credentialsFor, ScriptedPhone } from "./scripted-phone.ts";
import { requestUriOf, tagOf, valueOf, valuesOf } from "./sip-text.ts";
import { DOMAIN } from "./sipp.ts";

before(() => {
  needKamailio();
  needBaresip();
});

for (const transport of ["udp", "tcp"] as const) {
  for (const auth of ["none", "digest"] as const) {
    describe(`Kamailio beside us over ${transport}, ${auth}`, { timeout: 60_000 }, () => {
      let server: NexthopProcess;
      let neighbour: Kamailio | undefined;
      let phones: ScriptedPhone[] = [];

      before(async () => {
        const users = ["alice", "bob", "carol", "behind", "forwarded", "loop", "first", "second"];
        server = await startNexthop({ users, auth });
        neighbour = await startKamailio({ nexthopPort: server.port, transport });
      });
      after(async () => {
        await neighbour?.stop();
        assert.equal(await server.stop(), 0);
      });
      afterEach(() => {
        const left = phones.flatMap((one) => one.leftOver.map((what) => `${one.user}: ${what}`));
        for (const one of phones) one.close();
        phones = [];
        assert.deepEqual(left, [], "every message came once, and none that nobody expected");
      });

      const kamailioPort = (): number => neighbour?.port ?? 0;

      async function phone(user: string): Promise<ScriptedPhone> {
        const opened = await ScriptedPhone.open(user);
        phones.push(opened);
        return opened;
      }

      /** A phone that is bound at Nexthop, and sent its requests there by the port given. */
      async function boundPhone(user: string, throughPort: number): Promise<ScriptedPhone> {
        const opened = await phone(user);
        await opened.register(`sip:${user}@${DOMAIN}`, throughPort);
        return opened;
      }

      /** A user of Nexthop whose only contact is a user of Kamailio. */
      async function bindTo(user: string, kamailioUser: string): Promise<void> {
        const registrant = await phone(user);
        const contact = `<sip:${kamailioUser}@127.0.0.1:${kamailioPort()};transport=${transport}>`;
        await registrant.register(`sip:${user}@${DOMAIN}`, server.port, contact);
      }

      test("in front of us: ACK and both BYEs go by the route set (RFC 3261 §16.12.1)", async () => {
        const alice = await phone("alice");
        const bob = await boundPhone("bob", server.port);
        alice.invite("bob", kamailioPort());
        const { invite, answer, answered } = await answeredCall(alice, bob);
        // One of each proxy, and two of each where its two sides speak different transports.
        assert.equal(valuesOf(invite, "Record-Route").length, transport === "udp" ? 2 : 4);
        alice.inDialog("ACK", callersDialog(answered));
        const ack = await bob.receive("ACK");
        assert.equal(valuesOf(ack, "Via").length, 3);
        bob.inDialog("BYE", calleesDialog(invite, answer));
        const bye = await alice.receive("BYE");
        assert.equal(valuesOf(bye, "Via").length, 3);
        alice.respond(bye, 200);
        await bob.receive("200 BYE");
      });

      test("in front of us: its CANCEL goes on, and 487 comes back (RFC 3261 §16.10)", async () => {
        const alice = await phone("alice");
        const bob = await boundPhone("bob", server.port);
        const sent = alice.invite("bob", kamailioPort());
        const invite = await bob.receive("INVITE");
        bob.respond(invite, 180);
        await alice.receive("100 INVITE");
        await alice.receive("180 INVITE");
        await cancelled(alice, sent, [{ callee: bob, invite }]);
        const [record] = await server.why(valueOf(invite, "Call-ID"));
        assert.equal(record?.causeId, "caller-cancelled");
      });

      test("in front of us: it forks one call into two of ours, and one answers (RFC 3261 §16.7 step 10)", async () => {
        const alice = await phone("alice");
        const first = await boundPhone("first", server.port);
        const second = await boundPhone("second", server.port);
        alice.invite("first-or-second", kamailioPort());
        const invites = await Promise.all([first.receive("INVITE"), second.receive("INVITE")]);
        first.respond(invites[0], 180);
        await alice.receive("180 INVITE");
        const answer = second.respond(invites[1], 200);
        await alice.receive("100 INVITE");
        const answered = await alice.receive("200 INVITE");
        assert.equal(tagOf(valueOf(answered, "To")), "second");
        const cancel = await first.receive("CANCEL");
        first.respond(cancel, 200);
        first.respond(invites[0], 487);
        await first.receive("ACK");
        await endedByCaller(alice, second, answered);
        assert.equal(valueOf(answer, "Call-ID"), valueOf(invites[0], "Call-ID"));
      });

      test("behind us: the call passes both, and the caller hangs up by the route set (RFC 3261 §16.6 step 4)", async () => {
        const alice = await phone("alice");
        const bob = await phone("behind");
        await bob.register(`sip:behind@127.0.0.1:${kamailioPort()}`, kamailioPort());
        await bindTo("behind", "behind");
        alice.invite("behind", server.port);
        const { invite, answered } = await answeredCall(alice, bob);
        assert.equal(valuesOf(invite, "Via").length, 3);
        alice.inDialog("ACK", callersDialog(answered));
        await bob.receive("ACK");
        await endedByCaller(alice, bob, answered, { isAcknowledged: true });
      });

      test("behind us: it forks, both ring, and the caller's CANCEL reaches both (RFC 3261 §16.10)", async () => {
        const alice = await phone("alice");
        const [one, other] = [await phone("one"), await phone("other")];
        for (const each of [one, other]) {
          // oxlint-disable-next-line no-await-in-loop
          await each.register(`sip:both@127.0.0.1:${kamailioPort()}`, kamailioPort());
        }
        await bindTo("carol", "both");
        const sent = alice.invite("carol", server.port);
        const invites = await Promise.all([one.receive("INVITE"), other.receive("INVITE")]);
        one.respond(invites[0], 180);
        other.respond(invites[1], 180);
        const tags = [await alice.receive("180 INVITE"), await alice.receive("180 INVITE")].map(
          (ringing) => tagOf(valueOf(ringing, "To")),
        );
        assert.deepEqual(tags.toSorted(), ["one", "other"], "two early dialogs come through");
        await alice.receive("100 INVITE");
        await cancelled(alice, sent, [
          { callee: one, invite: invites[0] },
          { callee: other, invite: invites[1] },
        ]);
      });

      test("a call that is forwarded back to us is a spiral, and passes (RFC 5393 §4.2)", async () => {
        const bob = await boundPhone("bob", server.port);
        await bindTo("forwarded", "forwarded-to-bob");
        const alice = await phone("alice");
        const sent = alice.invite("forwarded", server.port);
        await alice.receive("100 INVITE");
        const invite = await bob.receive("INVITE");
        // The caller, us, Kamailio, us.
        assert.equal(valuesOf(invite, "Via").length, 4);
        const answer = bob.respond(invite, 200);
        const answered = await alice.receive("200 INVITE");
        alice.inDialog("ACK", callersDialog(answered));
        await bob.receive("ACK");
        bob.inDialog("BYE", calleesDialog(invite, answer));
        const bye = await alice.receive("BYE");
        assert.equal(valuesOf(bye, "Via").length, 4);
        alice.respond(bye, 200);
        await bob.receive("200 BYE");
        const records = await server.why(valueOf(sent, "Call-ID"));
        assert.equal(records[0]?.state, "succeeded");
      });

      test("a spiral can be cancelled through all three proxies (RFC 3261 §16.10)", async () => {
        const bob = await boundPhone("bob", server.port);
        await bindTo("forwarded", "forwarded-to-bob");
        const alice = await phone("alice");
        const sent = alice.invite("forwarded", server.port);
        const invite = await bob.receive("INVITE");
        bob.respond(invite, 180);
        await alice.receive("100 INVITE");
        await alice.receive("180 INVITE");
        await cancelled(alice, sent, [{ callee: bob, invite }]);
      });

      test("a call that comes back the same is a loop, 482 (RFC 3261 §16.3 step 4)", async () => {
        await bindTo("loop", "forwarded-to-loop");
        const alice = await phone("alice");
        const sent = alice.invite("loop", server.port);
        await alice.receive("100 INVITE");
        const refusal = await alice.receive("482 INVITE");
        alice.ackRefusal(sent, refusal);
        const records = await server.why(valueOf(sent, "Call-ID"));
        assert.ok(records.some(({ causeId }) => causeId === "loop-detected"));
      });

      test("nobody by that name: our 404 goes back through Kamailio (RFC 3261 §16.7 step 5)", async () => {
        const alice = await phone("alice");
        const sent = alice.invite("nobody", kamailioPort());
        await alice.receive("100 INVITE");
        const refusal = await alice.receive("404 INVITE");
        alice.ackRefusal(sent, refusal);
      });

      if (auth === "none") return;

      test("a caller of ours is asked once, though its call spirals (RFC 3261 §22.3)", async () => {
        const bob = await boundPhone("bob", server.port);
        await bindTo("forwarded", "forwarded-to-bob");
        const alice = await phone("alice");
        const from = `<sip:alice@${DOMAIN}>`;
        const first = alice.invite("forwarded", server.port, { from });
        await alice.receive("100 INVITE");
        const challenge = await alice.receive("407 INVITE");
        alice.ackRefusal(first, challenge);
        const credentials = credentialsFor(challenge, first, "alice", "alice-secret");
        alice.invite("forwarded", server.port, { from, again: first, extra: [credentials] });
        const { answered } = await answeredCall(alice, bob);
        await endedByCaller(alice, bob, answered);
      });

      test("phones registered through Kamailio call each other through it: Path, 401, 407 (RFC 3327 §5)", async () => {
        const common = { proxyPort: kamailioPort(), transport };
        const [alice, carol] = await Promise.all([
          startBaresip({ user: "alice", password: "alice-secret", ...common }),
          startBaresip({ user: "carol", password: "carol-secret", ...common }),
        ]);
        try {
          await Promise.all([alice.event("REGISTER_OK"), carol.event("REGISTER_OK")]);
          const registered = ["> REGISTER", "< 401 REGISTER", "> REGISTER", "< 200 REGISTER"];
          assert.deepEqual(await alice.ladder(4), registered);
          assert.deepEqual(await carol.ladder(4), registered);
          alice.command("dial", `sip:carol@${DOMAIN}`);
          await carol.event("CALL_INCOMING");
          await alice.event("CALL_RINGING");
          carol.command("accept");
          await Promise.all([alice.event("CALL_ESTABLISHED"), carol.event("CALL_ESTABLISHED")]);
          carol.command("hangup");
          await Promise.all([alice.event("CALL_CLOSED"), carol.event("CALL_CLOSED")]);
          const callee = [
            "< INVITE",
            "> 180 INVITE",
            "> 200 INVITE",
            "< ACK",
            "> BYE",
            "< 200 BYE",
          ];
          assert.deepEqual(await carol.ladder(callee.length), callee);
          const caller = ["< 180 INVITE", "< 200 INVITE", "> ACK", "< BYE", "> 200 BYE"];
          const asked = [
            "> INVITE",
            "< 100 INVITE",
            "< 407 INVITE",
            "> ACK",
            "> INVITE",
            "< 100 INVITE",
          ];
          assert.deepEqual(await alice.ladder(asked.length + caller.length), [...asked, ...caller]);
          const vias = carol.messages().find(({ text }) => text.startsWith("INVITE"))?.text ?? "";
          // The caller, Kamailio, us, Kamailio again as the Path says.
          assert.equal(valuesOf(`${vias}\r`, "Via").length, 4);
        } finally {
          await Promise.all([alice.stop(), carol.stop()]);
        }
      });
    });
  }
}

/** Rings, answers, and gives what both sides had. */
async function answeredCall(caller: ScriptedPhone, callee: ScriptedPhone) {
  await caller.receive("100 INVITE");
  const invite = await callee.receive("INVITE");
  callee.respond(invite, 180);
  await caller.receive("180 INVITE");
  const answer = callee.respond(invite, 200);
  const answered = await caller.receive("200 INVITE");
  return { invite, answer, answered };
}

async function endedByCaller(
  caller: ScriptedPhone,
  callee: ScriptedPhone,
  answered: string,
  options: { readonly isAcknowledged: boolean } = { isAcknowledged: false },
): Promise<void> {
  const dialog = callersDialog(answered);
  if (!options.isAcknowledged) {
    caller.inDialog("ACK", dialog);
    await callee.receive("ACK");
  }
  caller.inDialog("BYE", dialog);
  callee.respond(await callee.receive("BYE"), 200);
  await caller.receive("200 BYE");
}

/** The caller's CANCEL is answered hop by hop, each callee's INVITE ends with 487, and the caller gets one of them. */
async function cancelled(
  caller: ScriptedPhone,
  sent: string,
  ringing: readonly { readonly callee: ScriptedPhone; readonly invite: string }[],
): Promise<void> {
  caller.cancel(sent);
  await caller.receive("200 CANCEL");
  for (const { callee, invite } of ringing) {
    // oxlint-disable-next-line no-await-in-loop
    const cancel = await callee.receive("CANCEL");
    assert.equal(requestUriOf(cancel), requestUriOf(invite));
    callee.respond(cancel, 200);
    callee.respond(invite, 487);
    // oxlint-disable-next-line no-await-in-loop
    await callee.receive("ACK");
  }
  const refusal = await caller.receive("487 INVITE");
  caller.ackRefusal(sent, refusal);
}
