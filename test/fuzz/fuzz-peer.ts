import { answerChallenge } from "../../src/auth/index.ts";
import {
  buildAck,
  buildCancel,
  buildRequest,
  buildResponse,
  DEFAULT_FRAMER_LIMITS,
  Header,
  isMalformed,
  MessageEdit,
  OK,
  parseMessage,
  RINGING,
  StreamFramer,
  type SipRequest,
  type SipResponse,
} from "../../src/message/index.ts";
import { because } from "../../src/causes/index.ts";
import type { SimulatedNetwork } from "../../src/testing/index.ts";
import type { Endpoint, Flow, TransportEvents, TransportLayer } from "../../src/transport/index.ts";
import type { Draw } from "./draw.ts";
import { mutated } from "./mutate.ts";

export const SERVER_ENDPOINT: Endpoint = { transport: "udp", address: "192.0.2.100", port: 5060 };
/** Of devices and of other proxies alike. */
export const PEER_ADDRESSES: readonly string[] = ["192.0.2.7", "192.0.2.10", "203.0.113.9"];

const UNKNOWN = because("user-unknown", 404, { aor: "sip:x@example.org", domain: "example.org" });
const REQUESTS_REMEMBERED = 20;
const responseLines = ["200 OK", "302 Moved", "401 x", "404 x", "486 x", "503 x", "600 x", "699 x"];

/** What a peer is given; `budget` is what it may still send, together with the others. */
export interface FuzzPeerOptions {
  readonly network: SimulatedNetwork;
  readonly address: string;
  readonly draw: Draw;
  readonly budget: { left: number };
  readonly vectors: readonly string[];
  /** The server's ear, for what only a real stream can bring. */
  readonly events: () => TransportEvents | undefined;
}

/** Somebody who answers most of what comes, as it should be or changed, and takes up challenges. */
export class FuzzPeer implements TransportEvents {
  readonly #options: FuzzPeerOptions;
  readonly #layer: TransportLayer;
  readonly #invites: SipRequest[] = [];
  readonly #sent = new Map<string, SipRequest>();
  #isSilent = false;

  constructor(options: FuzzPeerOptions) {
    this.#options = options;
    const endpoint = { ...SERVER_ENDPOINT, address: options.address };
    this.#layer = options.network.layer([endpoint, { ...endpoint, transport: "tcp" }]);
  }

  async open(): Promise<void> {
    await this.#layer.open(this);
  }

  /** From here on whatever comes is left without an answer. */
  fallSilent(): void {
    this.#isSilent = true;
  }

  send(text: string, isStream: boolean): void {
    this.#options.budget.left -= 1;
    const flow = this.#layer.flowTo({ ...SERVER_ENDPOINT, transport: isStream ? "tcp" : "udp" });
    if (flow instanceof Error) throw flow;
    this.#remember(text);
    this.#write(text, flow);
  }

  datagram(text: string, flow: Flow): void {
    this.message(text, flow);
  }

  message(text: string, flow: Flow): void {
    if (this.#isSilent || this.#options.budget.left <= 0) return;
    const { address, port } = { address: flow.remoteAddress, port: flow.remotePort };
    const message = parseMessage(text, { address, port });
    if (isMalformed(message)) {
      // A refusal copies what the malformed request had (RFC 3261 §8.2.6.2), and of a response that is relayed
      // nobody reads the Via under ours (§16.7 step 3). Nothing else may be malformed.
      const isOfPeer = message.of === "response" && message.headerName === "Via";
      if (isOfPeer || /^SIP\/2\.0 [45]/.test(text)) return;
      throw new Error(`the server sent no ${message.expected}: ${text}`);
    }
    if (message.kind === "request") this.#answer(message, flow);
    else this.#goOn(message, flow);
  }

  unframable(): void {}
  sendFailed(): void {}
  closed(): void {}

  #remember(text: string): void {
    const message = parseMessage(text);
    if (isMalformed(message) || message.kind !== "request") return;
    if (this.#sent.size >= REQUESTS_REMEMBERED) this.#sent.clear();
    this.#sent.set(`${message.callId} ${message.cseq.method}`, message);
  }

  /** None, one or several responses; later now and then, and sometimes one to a request of long ago. */
  #answer(request: SipRequest, flow: Flow): void {
    const { draw, network } = this.#options;
    if (request.method === "ACK" || draw.oneIn(5)) return;
    if (request.method === "INVITE") this.#invites.push(request);
    const other = draw.oneIn(8) ? this.#invites[draw.below(this.#invites.length)] : undefined;
    for (let left = 1 + draw.below(3); left > 0; left -= 1) {
      const text = this.#response(other ?? request, left > 1);
      const laterMs = draw.oneIn(4) ? draw.below(draw.oneIn(5) ? 200_000 : 3_000) : 0;
      if (laterMs === 0) this.#sendOn(flow, text);
      else network.time.after(laterMs, () => this.#sendOn(flow, text));
    }
  }

  #response(request: SipRequest, isProvisional: boolean): string {
    const { draw, address } = this.#options;
    const headers = [["Contact", `<sip:x@${address}>`]] as const;
    const outcome = isProvisional ? RINGING : draw.oneIn(2) ? OK : UNKNOWN;
    const text = buildResponse(request, outcome, { toTag: `p${draw.below(3)}`, headers });
    return draw.oneIn(3) && !isProvisional
      ? text.replace(/ \d.*/, ` ${draw.of(responseLines)}`)
      : text;
  }

  /** ACK, credentials, CANCEL or BYE, by what came. */
  #goOn(response: SipResponse, flow: Flow): void {
    const { draw } = this.#options;
    const request = this.#sent.get(`${response.callId} ${response.cseq.method}`);
    if (request === undefined || draw.oneIn(6)) return;
    const { statusCode } = response;
    if (statusCode === 401 || statusCode === 407) this.#authenticate(request, response, flow);
    else if (request.method !== "INVITE") return;
    else if (statusCode < 200 && draw.oneIn(4)) this.#sendOn(flow, buildCancel(request));
    else if (statusCode >= 300) this.#sendOn(flow, buildAck(request, response));
    else if (statusCode >= 200) this.#goOnInDialog(response, flow);
  }

  /** ACK, and a request or two by the route set, which carries what the server wrote there. */
  #goOnInDialog(response: SipResponse, flow: Flow): void {
    const { draw, address, network } = this.#options;
    const [contact] = response.values(Header.Contact);
    const routes = response.values(Header.RecordRoute).toReversed();
    const { sequenceNumber } = response.cseq;
    for (const [at, method] of ["ACK", ...(draw.oneIn(3) ? ["INVITE"] : []), "BYE"].entries()) {
      const text = buildRequest({
        method,
        requestUri: contact?.replace(/^<(.*)>$/, "$1") ?? "sip:bob@example.org",
        headers: [
          ["Via", `SIP/2.0/UDP ${address};branch=z9hG4bKd${draw.below(1_000_000)}`],
          ["Max-Forwards", "70"],
          ...routes.map((route) => ["Route", route] as const),
          ["From", response.header(Header.From) ?? ""],
          ["To", response.header(Header.To) ?? ""],
          ["Call-ID", response.callId],
          ["CSeq", `${(sequenceNumber % 1_000_000) + at} ${method}`],
          ["Contact", `<sip:a@${address}>`],
        ],
      });
      if (at === 0) this.#sendOn(flow, text);
      else network.time.after(draw.below(5_000), () => this.#sendOn(flow, text));
    }
  }

  #authenticate(request: SipRequest, response: SipResponse, flow: Flow): void {
    const { draw } = this.#options;
    const isProxy = response.statusCode === 407;
    const id = isProxy ? Header.ProxyAuthorization : Header.Authorization;
    // Refused again: most give up.
    if (request.header(id) !== undefined && !draw.oneIn(8)) return;
    const user = request.from.uri.kind === "sip" ? (request.from.uri.user ?? "") : "";
    const answer = answerChallenge(
      response.values(isProxy ? Header.ProxyAuthenticate : Header.WwwAuthenticate),
      {
        username: user,
        password: draw.oneIn(6) ? "wrong" : `secret of ${user}`,
        method: request.method,
        uri: request.requestUri.text,
        cnonce: "c",
      },
    );
    if (answer === undefined) return;
    const edit = new MessageEdit(request);
    edit.set(id, answer);
    edit.set(Header.Cseq, `${(request.cseq.sequenceNumber % 1_000_000) + 1} ${request.method}`);
    edit.removeFirstValue(Header.Via);
    const branch = `z9hG4bKa${draw.below(1_000_000)}`;
    edit.prepend(Header.Via, `SIP/2.0/UDP ${this.#options.address}:5060;branch=${branch}`);
    const text = edit.text();
    this.#remember(text);
    this.#sendOn(flow, text);
  }

  /** What follows from what came: once in four times changed. */
  #sendOn(flow: Flow, text: string): void {
    const { budget, draw } = this.#options;
    if (this.#isSilent || budget.left <= 0) return;
    budget.left -= 1;
    this.#write(draw.oneIn(4) ? mutated([text], draw) : text, flow);
  }

  /** A stream is framed as its receiver would; what cannot be framed is told to the server as its transport would. */
  #write(text: string, flow: Flow): void {
    if (!flow.isReliable) {
      this.#layer.send(flow, text, 0);
      return;
    }
    for (const output of new StreamFramer(DEFAULT_FRAMER_LIMITS).push(
      Buffer.from(text, "latin1"),
    )) {
      if (output.kind === "message") this.#layer.send(flow, output.text, 0);
      if (output.kind === "unframable") this.#options.events()?.unframable(output.text, flow);
    }
  }
}
