// What must hold of every text that may come, whoever sent it: nothing throws, and what was read agrees with itself.
import assert from "node:assert/strict";
import {
  Authenticator,
  answerChallenge,
  aorOfUsername,
  strongestChallenge,
} from "../../src/auth/index.ts";
import { seededRandom } from "../../src/base/random.ts";
import {
  aorOf,
  buildAck,
  buildCancel,
  buildResponse,
  DEFAULT_FRAMER_LIMITS,
  domainOf,
  Header,
  headerIdOf,
  headerNameOf,
  isMalformed,
  MessageEdit,
  OK,
  parameterOf,
  parseAor,
  parseMessage,
  parseNameAddr,
  parseUri,
  parseVia,
  sameUri,
  StreamFramer,
  TRYING,
  userOf,
  type FramerOutput,
  type Malformed,
  type NameAddr,
  type SipMessage,
  type SipRequest,
  type SipResponse,
  type Uri,
} from "../../src/message/index.ts";
import { buildAnswer, parseAudio } from "../../src/sdp/index.ts";
import { inviteKeyOf, serverTransactionKey } from "../../src/transaction/index.ts";
import { Draw } from "./draw.ts";
import { mutated, mutatedPiece } from "./mutate.ts";

const SOURCE = { address: "203.0.113.7", port: 5070 };
const REALM = "example.org";
const ids = Object.values(Header).filter((id) => id !== Header.Other);
const addressIds = [Header.Contact, Header.Route, Header.RecordRoute, Header.Path, Header.ReplyTo];
const numberIds = [Header.MaxForwards, Header.Expires, Header.MinExpires, Header.RetryAfter];
const description = { address: "192.0.2.1", port: 4000, sessionId: "1" };
const authenticator = new Authenticator({
  secret: "000102030405060708090a0b0c0d0e0f",
  nonceLifetimeMs: 60_000,
  random: seededRandom(5),
});

/** The message that a seed stands for. */
export function messageOf(seed: number, all: readonly string[]): string {
  return mutated(all, new Draw(seed));
}

/**
 * Whether the parser took it. `seed` decides what else is done with the message.
 *
 * @throws AssertionError or whatever the parser threw
 */
export function checkParser(text: string, seed: number): boolean {
  const draw = new Draw(seed ^ 0x5eed);
  const parsed = parseMessage(text, SOURCE);
  if (isMalformed(parsed)) malformedHolds(parsed, text);
  else {
    viewsHold(parsed);
    editsHold(text, draw);
    if (parsed.kind === "request") requestHolds(parsed);
    else responseHolds(parsed);
    bodyHolds(parsed.text.slice(parsed.bodyOffset, parsed.bodyEnd));
  }
  framerHolds(text, draw);
  piecesHold(text, draw);
  return !isMalformed(parsed);
}

function malformedHolds(malformed: Malformed, text: string): void {
  // Of what is too large only the beginning is there: the offset is where the limit lies.
  const isWhole = malformed.causeId !== "message-too-large";
  assert.ok(malformed.offset >= 0 && (!isWhole || malformed.offset <= text.length), "in the text");
  assert.equal(malformed.cause.id, malformed.causeId);
  const { answerable } = malformed;
  if (answerable === undefined) return;
  const response = buildResponse(answerable, malformed.cause, { toTag: "t" });
  assert.ok(response.startsWith(`SIP/2.0 ${malformed.cause.statusCode} `));
  const head = response.slice(0, response.indexOf("\r\n\r\n"));
  assert.ok(head.endsWith("\r\nContent-Length: 0"), "nothing of the request ends the answer early");
}

function viewsHold(message: SipMessage): void {
  for (const id of ids) {
    const value = message.header(id);
    const values = message.values(id);
    assert.equal(message.headerByName(headerNameOf(id)), value);
    if (value === undefined) assert.equal(values.length, 0);
  }
  void message.headerByName("X");
  void message.headerByName("__proto__");
  const vias = message.vias();
  if (!isMalformed(vias)) {
    assert.equal(vias[0]?.branchId, message.topVia.branchId);
    assert.equal(vias.length > 1, message.hasViaBelow);
  }
  for (const id of addressIds) {
    const found = message.nameAddrs(id);
    if (!isMalformed(found)) found.forEach(nameAddrHolds);
  }
  for (const id of numberIds) {
    const number = message.integer(id);
    if (number === undefined || isMalformed(number)) continue;
    assert.ok(number >= 0 && number <= 4_294_967_295);
  }
  nameAddrHolds(message.from);
  nameAddrHolds(message.to);
  assert.equal(
    parameterOf(message.from.parameters, "tag") === undefined,
    message.fromTag === undefined,
  );
  assert.equal(
    parameterOf(message.to.parameters, "tag") === undefined,
    message.toTag === undefined,
  );
  assert.ok(message.callId !== "" && message.bodyOffset <= message.bodyEnd);
  assert.ok(message.bodyEnd <= message.text.length);
}

/** What both kinds of message are told by; of equal messages it is equal. */
function toldOf(message: SipMessage): unknown {
  const first =
    message.kind === "request"
      ? [message.method, message.requestUri.text]
      : [message.statusCode, message.reasonPhrase];
  const { callId, cseq, fromTag, toTag, text, bodyOffset, bodyEnd } = message;
  const body = text.slice(bodyOffset, bodyEnd);
  return [first, callId, cseq, fromTag, toTag, body, ids.map((id) => message.values(id))];
}

function editsHold(text: string, draw: Draw): void {
  const parsed = parsedAgain(text);
  const untouched = new MessageEdit(parsed).text();
  assert.ok(text.slice(0, parsed.bodyEnd).endsWith(untouched), "untouched bytes stay as they came");
  const again = parsedAgain(untouched);
  assert.deepEqual(toldOf(again), toldOf(parsed));
  assert.equal(new MessageEdit(again).text(), untouched);
  const edit = new MessageEdit(parsed);
  for (let left = draw.below(5); left > 0; left -= 1) oneEdit(edit, parsed, draw);
  edit.prepend(Header.Via, "SIP/2.0/UDP me.example.net;branch=z9hG4bKmine");
  const edited = parsedAgain(edit.text());
  assert.equal(edited.topVia.branchId, "z9hG4bKmine");
  assert.equal(edited.callId, parsed.callId);
  assert.equal(
    edited.text.slice(edited.bodyOffset, edited.bodyEnd),
    parsed.text.slice(parsed.bodyOffset, parsed.bodyEnd),
  );
}

function oneEdit(edit: MessageEdit, parsed: SipMessage, draw: Draw): void {
  switch (draw.below(7)) {
    case 0:
      edit.prepend(Header.RecordRoute, "<sip:me.example.net;lr>");
      return;
    case 1:
      edit.set(Header.MaxForwards, "69");
      return;
    case 2:
      edit.removeFirstValue(Header.Route);
      return;
    case 3:
      edit.removeAll(draw.of([Header.Route, Header.ProxyAuthorization, Header.Contact]));
      return;
    case 4:
      edit.append(Header.Path, "<sip:me.example.net;lr>");
      return;
    case 5:
      if (parsed.kind === "request") edit.setRequestUri("sip:other@192.0.2.7:5062;transport=udp");
      return;
    default:
      edit.removeByName(draw.of(["Subject", "X", "no-such-field"]));
  }
}

function parsedAgain(text: string): SipMessage {
  const parsed = parseMessage(text);
  assert.ok(
    !isMalformed(parsed),
    isMalformed(parsed) ? `${parsed.expected} at ${parsed.offset}` : "",
  );
  return parsed;
}

function requestHolds(request: SipRequest): void {
  assert.notEqual(serverTransactionKey(request), "");
  assert.notEqual(inviteKeyOf(request), "");
  for (const outcome of [OK, TRYING]) {
    const toTag = outcome === OK ? "ours" : undefined;
    const response = parsedAgain(buildResponse(request, outcome, { toTag }));
    assert.ok(response.kind === "response" && response.statusCode === outcome.statusCode);
    assert.equal(response.callId, request.callId);
    assert.deepEqual(response.cseq, request.cseq);
    assert.equal(response.topVia.branchId, request.topVia.branchId);
    assert.equal(response.topVia.received, SOURCE.address);
    assert.equal(response.values(Header.Via).length, request.values(Header.Via).length);
    assert.equal(response.toTag, request.toTag ?? toTag);
    if (request.method === "INVITE") {
      const ack = parsedAgain(buildAck(request, response));
      assert.ok(ack.kind === "request" && ack.method === "ACK" && ack.toTag === response.toTag);
      const cancel = parsedAgain(buildCancel(request));
      assert.equal(cancel.kind === "request" && inviteKeyOf(cancel), serverTransactionKey(request));
    }
  }
  uriHolds(request.requestUri);
  for (const statusCode of [401, 407] as const) {
    const claim = authenticator.identify(request, REALM, statusCode);
    if (claim.kind !== "claim") continue;
    const verdict = authenticator.verify(claim, undefined, 1_000, { countNonce: true });
    assert.equal(verdict.kind, "refused", "nobody is let in by chance");
  }
}

function responseHolds(response: SipResponse): void {
  assert.ok(response.statusCode >= 100 && response.statusCode <= 699);
  digestHolds(response.values(Header.WwwAuthenticate));
  digestHolds(response.values(Header.ProxyAuthenticate));
}

function digestHolds(challenges: readonly string[]): void {
  const challenge = strongestChallenge(challenges);
  const answer = answerChallenge(challenges, {
    username: "ü",
    password: "p",
    method: "INVITE",
    uri: "sip:x",
    cnonce: "c",
  });
  assert.equal(challenge === undefined, answer === undefined);
}

function bodyHolds(body: string): void {
  const audio = parseAudio(body);
  if (audio === undefined) return;
  assert.ok(audio.port >= 0 && audio.port <= 65_535);
  assert.ok(parseAudio(buildAnswer(audio, description)) !== undefined, "our answer can be read");
}

function nameAddrHolds({ uri, parameters, displayName }: NameAddr): void {
  assert.ok(displayName === undefined || !/[\r\n]/.test(displayName), "a name is one line");
  for (const { name } of parameters) assert.equal(name, name.toLowerCase());
  uriHolds(uri);
}

function uriHolds(uri: Uri): void {
  const again = parseUri(uri.text);
  assert.ok(again !== undefined && sameUri(uri, again) && sameUri(again, uri), uri.text);
  if (uri.kind !== "sip") return;
  assert.ok(uri.port === undefined || (uri.port >= 0 && uri.port <= 65_535));
  const aor = aorOf(uri);
  const canonical = parseUri(aor);
  assert.ok(canonical?.kind === "sip" && aorOf(canonical) === aor, `canonical for good: ${aor}`);
  if (uri.user === undefined) return;
  assert.equal(parseAor(aor), aor, "an address of record can be typed");
  assert.equal(`sip:${userOf(aor)}@${domainOf(aor)}`, aor);
  void aorOfUsername(userOf(aor), domainOf(aor));
}

/** The same comes out however the chunks fall, and what was framed can be parsed or refused. */
function framerHolds(text: string, draw: Draw): void {
  const bytes = Buffer.from(draw.oneIn(4) ? text + text : text, "latin1");
  const whole = new StreamFramer(DEFAULT_FRAMER_LIMITS).push(bytes);
  const framer = new StreamFramer(DEFAULT_FRAMER_LIMITS);
  const cut: FramerOutput[] = [];
  const step = Math.ceil(bytes.length / 8) + 1;
  for (let at = 0; at < bytes.length;) {
    const size = 1 + draw.below(draw.oneIn(3) ? 4 : step);
    cut.push(...framer.push(bytes.subarray(at, at + size)));
    at += size;
  }
  assert.equal(cut.length, whole.length, "as many outputs for any chunking");
  for (const [at, output] of whole.entries()) {
    const other = cut[at];
    assert.equal(other?.kind, output.kind);
    if (output.kind === "message" || output.kind === "unframable") {
      assert.ok(other !== undefined && "text" in other && other.text === output.text);
    }
    if (output.kind === "message" && output.text !== text) void parseMessage(output.text, SOURCE);
    if (output.kind === "unframable") malformedHolds(output.malformed, output.text);
  }
}

/** A line of the message, and its value, in each parser that takes text alone. */
function piecesHold(text: string, draw: Draw): void {
  const from = draw.below(text.length + 1);
  const line = text.slice(text.lastIndexOf("\n", from) + 1, from + 200).split("\r\n", 1)[0] ?? "";
  const changed = mutatedPiece(line.slice(line.indexOf(":") + 1).trim(), draw);
  // Values that a message gives have no line breaks any more.
  const value = draw.oneIn(2) ? changed : changed.replaceAll(/[\r\n]/g, " ");
  const uri = parseUri(value);
  if (uri !== undefined) uriHolds(uri);
  const address = parseNameAddr(value);
  if (address !== undefined && !/[\r\n]/.test(value)) nameAddrHolds(address);
  const via = parseVia(value);
  if (via !== undefined)
    assert.ok(via.host !== "" && via.transport === via.transport.toUpperCase());
  digestHolds([value]);
  bodyHolds(value);
  void headerIdOf(value);
  const aor = parseAor(value);
  if (aor !== undefined) assert.equal(parseAor(aor), aor);
}
