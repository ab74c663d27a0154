/**
 * Our parser beside those of kirm's sip, drachtio-sip, JsSIP and SIP.js: the same messages, the same process, in turn,
 * each asked for the Via branch, both tags, Call-ID, CSeq and the Contact's URI. Each gets the form that it wants: ours
 * bytes (what a socket gives), the others text.
 *
 * They are installed into bench/peers when missing (`npm ci` there). `node bench/message/peers.bench.ts`
 */
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath, pathToFileURL } from "node:url";
import { Header, isMalformed, parseMessage } from "../../src/message/index.ts";
import { invite, median, ringing } from "./corpus.ts";

const ROUNDS = 9;
const ROUND_MS = 150;

const peers = fileURLToPath(new URL("../peers/", import.meta.url));
if (!existsSync(`${peers}node_modules`)) {
  execFileSync("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund"], {
    cwd: peers,
    stdio: "inherit",
  });
}
const require = createRequire(`${peers}package.json`);

interface Peer {
  readonly name: string;
  /** Parses and asks. @returns what it read, so that it can be compared */
  readonly read: (bytes: Buffer, text: string) => string;
}

interface KirmMessage {
  readonly headers: {
    readonly via: readonly { readonly params: { readonly branch: string } }[];
    readonly from: { readonly params: { readonly tag?: string } };
    readonly to: { readonly params: { readonly tag?: string } };
    readonly cseq: { readonly seq: number };
    readonly contact: readonly { readonly uri: string }[];
    readonly "call-id": string;
  };
}

interface DrachtioMessage {
  get(name: string): string;
  getParsedHeader(name: "via"): { readonly params: { readonly branch: string } }[];
  getParsedHeader(name: "contact"): { readonly uri: string }[];
  getParsedHeader(name: "from" | "to"): { readonly params: { readonly tag?: string } };
}

interface BrowserMessage {
  readonly via_branch: string;
  readonly viaBranch: string;
  readonly from_tag: string;
  readonly fromTag: string;
  readonly to_tag: string | undefined;
  readonly toTag: string | undefined;
  readonly call_id: string;
  readonly callId: string;
  readonly cseq: number | { readonly value: number };
  parseHeader(name: string): { readonly uri: { toString(): string } };
}

const kirm = require("sip") as { readonly parse: (text: string) => KirmMessage };
const drachtio = require("drachtio-sip") as {
  readonly SipMessage: new (text: string) => DrachtioMessage;
};
const jssip = require("jssip/lib/Parser.js") as {
  readonly parseMessage: (text: string, ua: object) => BrowserMessage;
};
const sipjs = (await import(
  pathToFileURL(require.resolve("sip.js/lib/core/messages/parser.js")).href
)) as { readonly Parser: { parseMessage(text: string, logger: object): BrowserMessage } };
const logger = { log: () => undefined, warn: () => undefined, error: () => undefined };

const all: readonly Peer[] = [
  { name: "nexthop", read: readOurs },
  {
    name: "sip",
    read: (_, text) => {
      const { headers } = kirm.parse(text);
      return line(
        headers.via[0]?.params.branch,
        headers.from.params.tag,
        headers.to.params.tag,
        headers["call-id"],
        headers.cseq.seq,
        headers.contact[0]?.uri,
      );
    },
  },
  {
    name: "drachtio-sip",
    read: (_, text) => {
      const message = new drachtio.SipMessage(text);
      return line(
        message.getParsedHeader("via")[0]?.params.branch,
        message.getParsedHeader("from").params.tag,
        message.getParsedHeader("to").params.tag,
        message.get("call-id"),
        Number.parseInt(message.get("cseq"), 10),
        message.getParsedHeader("contact")[0]?.uri,
      );
    },
  },
  { name: "JsSIP", read: (_, text) => readBrowser(jssip.parseMessage(text, {})) },
  { name: "SIP.js", read: (_, text) => readBrowser(sipjs.Parser.parseMessage(text, logger)) },
];

function readOurs(bytes: Buffer): string {
  const message = parseMessage(bytes.toString("latin1"));
  if (isMalformed(message)) throw new Error(message.expected);
  const contacts = message.nameAddrs(Header.Contact);
  if (isMalformed(contacts)) throw new Error(contacts.expected);
  return line(
    message.topVia.branchId,
    message.fromTag,
    message.toTag,
    message.callId,
    message.cseq.sequenceNumber,
    contacts[0]?.uri.text,
  );
}

function readBrowser(message: BrowserMessage): string {
  const { cseq } = message;
  return line(
    message.via_branch ?? message.viaBranch,
    message.from_tag ?? message.fromTag,
    message.to_tag ?? message.toTag,
    message.call_id ?? message.callId,
    typeof cseq === "number" ? cseq : cseq.value,
    message.parseHeader("contact").uri.toString(),
  );
}

function line(
  branch: string | undefined,
  fromTag: string | undefined,
  toTag: string | undefined,
  callId: string,
  cseq: number,
  contact: string | undefined,
): string {
  return `${branch} ${fromTag} ${toTag} ${callId} ${cseq} ${contact}`;
}

/** Runs for a while. @returns messages a second of this process's CPU time */
function perSecond(peer: Peer, bytes: Buffer, text: string): number {
  const before = process.cpuUsage();
  const untilMs = performance.now() + ROUND_MS;
  let count = 0;
  let checksum = 0;
  while (performance.now() < untilMs) {
    for (let each = 0; each < 200; each += 1) checksum += peer.read(bytes, text).length;
    count += 200;
  }
  const { user, system } = process.cpuUsage(before);
  if (checksum === 0) throw new Error("nothing was read");
  return (count * 1e6) / (user + system);
}

for (const [name, text] of [
  ["INVITE", invite],
  ["180", ringing],
] as const) {
  const bytes = Buffer.from(text, "latin1");
  const expected = readOurs(bytes);
  const rates = new Map<string, number[]>(all.map((peer) => [peer.name, []]));
  for (const peer of all) {
    const read = peer.read(bytes, text);
    // A flag parameter (`;ob`) may be written back with an empty value: the same URI.
    const agrees = read.replaceAll("=undefined", "").replace(/=$/, "") === expected;
    if (!agrees) console.log(`${peer.name} reads: ${read}\ninstead of: ${expected}`);
  }
  for (let round = 0; round <= ROUNDS; round += 1) {
    for (const peer of all) {
      const rate = perSecond(peer, bytes, text);
      if (round > 0) rates.get(peer.name)?.push(rate);
    }
  }
  const ours = median(rates.get("nexthop") ?? []);
  console.log(`\n${name}, ${bytes.length} bytes`);
  for (const [peer, measured] of rates) {
    const rate = median(measured);
    const ratio = peer === "nexthop" ? "" : `, ours is ${(ours / rate).toFixed(1)} times as fast`;
    console.log(
      `  ${peer.padEnd(13)}${Math.round(rate).toLocaleString("en").padStart(10)}/s${ratio}`,
    );
  }
}
