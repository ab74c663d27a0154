/**
 * Messages parsed in a second on one core: bytes to text, text to message, and what a proxy asks of each.
 * `node bench/message/parse.bench.ts`
 */
import { Header, isMalformed, parseMessage, type SipMessage } from "../../src/message/index.ts";
import { invite, median, ringing } from "./corpus.ts";

const ROUNDS = 15;
const MESSAGES_PER_ROUND = 100_000;

/** The header fields that the forwarding of a request needs, so that nothing stays lazy that would be read anyway. */
function ask(message: SipMessage): number {
  const contacts = message.nameAddrs(Header.Contact);
  if (isMalformed(contacts)) throw new Error("the bench's message has a good Contact");
  return (
    (message.topVia.branchId?.length ?? 0) +
    (message.fromTag?.length ?? 0) +
    (message.toTag?.length ?? 0) +
    message.callId.length +
    message.cseq.sequenceNumber +
    contacts.length
  );
}

function round(bytes: Buffer): number {
  const started = process.hrtime.bigint();
  let checksum = 0;
  for (let count = 0; count < MESSAGES_PER_ROUND; count += 1) {
    const message = parseMessage(bytes.toString("latin1"));
    if (isMalformed(message)) throw new Error(`${message.expected} at ${message.offset}`);
    checksum += ask(message);
  }
  const tookNs = Number(process.hrtime.bigint() - started);
  if (checksum === 0) throw new Error("nothing was read");
  return tookNs / MESSAGES_PER_ROUND;
}

for (const [name, text] of [
  ["INVITE", invite],
  ["180", ringing],
] as const) {
  const bytes = Buffer.from(text, "latin1");
  const rounds: number[] = [];
  for (let count = 0; count < ROUNDS; count += 1) rounds.push(round(bytes));
  const perMessageNs = median(rounds.slice(5));
  const perSecond = Math.round(1e9 / perMessageNs).toLocaleString("en");
  console.log(`${name}, ${bytes.length} bytes: ${perMessageNs.toFixed(0)} ns each, ${perSecond}/s`);
}
