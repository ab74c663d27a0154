import assert from "node:assert/strict";
import { test } from "node:test";
import { parseMessage, type SipRequest } from "../message/index.ts";
import { clientTransactionKey, inviteKeyOf, serverTransactionKey } from "./matching.ts";
import { requestOf } from "./play.ts";

function changed(request: SipRequest, from: string, to: string): SipRequest {
  assert.ok(request.text.includes(from), from);
  const message = parseMessage(request.text.replace(from, to));
  assert.equal(message.kind, "request");
  return message;
}

const invite = requestOf("INVITE");
const key = serverTransactionKey(invite);

test("branch, sent-by and method make the key, and nothing else does (RFC 3261 §17.2.3)", () => {
  assert.equal(serverTransactionKey(changed(invite, "Max-Forwards: 70", "Max-Forwards: 69")), key);
  assert.notEqual(serverTransactionKey(changed(invite, "z9hG4bKa1", "z9hG4bKa2")), key);
  assert.notEqual(serverTransactionKey(changed(invite, "192.0.2.1:5060", "192.0.2.2:5060")), key);
  assert.notEqual(serverTransactionKey(changed(invite, "192.0.2.1:5060", "192.0.2.1:5061")), key);
  assert.notEqual(serverTransactionKey(requestOf("CANCEL")), key);
});

test("what came another way is another transaction, whatever its Via says (RFC 3261 §17.1.2, §18.2.2)", () => {
  const byUdp = serverTransactionKey(invite, "udp");
  assert.equal(serverTransactionKey(invite, "udp"), byUdp);
  assert.notEqual(serverTransactionKey(invite, "tcp"), byUdp);
  assert.equal(serverTransactionKey(requestOf("ACK"), "udp"), byUdp);
  assert.equal(inviteKeyOf(requestOf("CANCEL"), "udp"), byUdp);
  assert.notEqual(inviteKeyOf(requestOf("CANCEL"), "tcp"), byUdp);
});

test("an ACK has its INVITE's key; a CANCEL names it (RFC 3261 §17.2.3, §9.2)", () => {
  assert.equal(serverTransactionKey(requestOf("ACK")), key);
  assert.equal(inviteKeyOf(requestOf("CANCEL")), key);
});

for (const parameters of ["", ";branch=1", ";branch=z9hG4bK"]) {
  test(`without a branch that identifies, the call is compared: Via${parameters} (RFC 3261 §17.2.3)`, () => {
    const old = requestOf("INVITE", parameters);
    const oldKey = serverTransactionKey(old);
    assert.equal(serverTransactionKey(requestOf("INVITE", parameters)), oldKey);
    assert.equal(serverTransactionKey(requestOf("ACK", parameters)), oldKey, "ACK");
    assert.equal(inviteKeyOf(requestOf("CANCEL", parameters)), oldKey, "CANCEL");
    for (const [from, to] of [
      ["INVITE sip:bob@", "INVITE sip:bill@"],
      ["tag=f1", "tag=f2"],
      ["c1@", "c2@"],
      ["CSeq: 1", "CSeq: 2"],
      ["192.0.2.1:5060", "192.0.2.3:5060"],
    ] as const) {
      assert.notEqual(serverTransactionKey(changed(old, from, to)), oldKey, to);
    }
    const bye = requestOf("BYE", parameters);
    assert.notEqual(serverTransactionKey(bye), oldKey);
    assert.notEqual(
      serverTransactionKey(
        changed(bye, "To: <sip:bob@example.org>", "To: <sip:bob@example.org>;tag=t9"),
      ),
      serverTransactionKey(bye),
    );
  });
}

test("a response matches by branch and CSeq method (RFC 3261 §17.1.3, RFC 3261 §8.1.1.7)", () => {
  const ofInvite = clientTransactionKey("z9hG4bKb1", "INVITE");
  assert.equal(clientTransactionKey("z9hG4bKb1", "ACK"), ofInvite);
  assert.notEqual(clientTransactionKey("z9hG4bKb1", "CANCEL"), ofInvite);
  assert.notEqual(clientTransactionKey("z9hG4bKb2", "INVITE"), ofInvite);
});
