import { createHash, randomUUID } from "node:crypto";
import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { DOMAIN } from "./sipp.ts";
import {
  inShort,
  messageOf,
  requestUriOf,
  responseTo,
  uriOf,
  valueOf,
  valuesOf,
} from "./sip-text.ts";
import { until } from "./until.ts";

/** One side of a dialog, as RFC 3261 §12.1 has it. */
export interface Dialog {
  readonly callId: string;
  /** From and To of what this side sends. */
  readonly local: string;
  readonly remote: string;
  readonly routes: readonly string[];
  readonly target: string;
  readonly sequenceNumber: number;
}

const SDP =
  "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 9 RTP/AVP 0\r\n";

/**
 * A phone on UDP that does what a test tells it, one message at a time. It never retransmits, so what it gets twice was
 * sent twice by somebody else: `leftOver` has what came and no test asked for.
 */
export class ScriptedPhone {
  readonly user: string;
  readonly #socket: Socket;
  readonly #came: string[] = [];
  readonly #ports = new Map<string, number>();

  private constructor(user: string, socket: Socket) {
    this.user = user;
    this.#socket = socket;
    socket.on("message", (bytes) => this.#came.push(bytes.toString("latin1")));
  }

  static async open(user: string): Promise<ScriptedPhone> {
    const socket = createSocket("udp4").bind(0, "127.0.0.1");
    await once(socket, "listening");
    return new ScriptedPhone(user, socket);
  }

  get contact(): string {
    return `<sip:${this.user}@127.0.0.1:${this.#socket.address().port}>`;
  }

  get leftOver(): readonly string[] {
    return this.#came.map(inShort);
  }

  /** Where a request of ours went; what belongs to its transaction goes there too. */
  sentTo(request: string): number {
    return this.#ports.get(request) ?? 0;
  }

  close(): void {
    this.#socket.close();
  }

  /** The oldest of one of these kinds (`INVITE`, `180 INVITE`) that was not taken yet. */
  receive(...kinds: readonly string[]): Promise<string> {
    return until(
      () => {
        const at = this.#came.findIndex((text) => kinds.includes(inShort(text)));
        return at === -1 ? undefined : this.#came.splice(at, 1)[0];
      },
      () => `${this.user}: no ${kinds.join(" or ")} came, but: ${this.leftOver.join(", ")}`,
    );
  }

  /** Answers a request that came, where its top Via says; with our Contact, which makes or keeps a dialog. */
  respond(request: string, status: number, toTag = this.user): string {
    const text = responseTo(request, status, toTag, [`Contact: ${this.contact}`]);
    this.#send(text, portOf(valueOf(request, "Via")));
    return text;
  }

  /** Binds it, or that contact, and answers the registrar's challenge with `<user>-secret` where there is one. */
  async register(aor: string, port: number, contact = this.contact): Promise<void> {
    const registrar = aor.replace(/[^:]*@/, "");
    const facts = outside(`<${aor}>`, `<${aor}>`);
    const extra = [`Contact: ${contact};expires=600`, "Supported: path"];
    const first = this.#request("REGISTER", registrar, port, { ...facts, extra });
    const answer = await this.receive("200 REGISTER", "401 REGISTER");
    if (inShort(answer).startsWith("200")) return;
    const user = /:(.*)@/.exec(aor)?.[1] ?? "";
    const credentials = credentialsFor(answer, first, user, `${user}-secret`);
    this.#request("REGISTER", registrar, port, {
      ...facts,
      sequenceNumber: 2,
      extra: [...extra, credentials],
    });
    await this.receive("200 REGISTER");
  }

  /** Starts a call. @returns the INVITE */
  invite(
    user: string,
    port: number,
    options: { readonly from?: string; readonly again?: string; readonly extra?: string[] } = {},
  ): string {
    const from = options.from ?? `<sip:${this.user}@elsewhere.test>`;
    const facts = outside(from, `<sip:${user}@${DOMAIN}>`);
    const { again, extra = [] } = options;
    return this.#request("INVITE", `sip:${user}@${DOMAIN}`, port, {
      ...facts,
      ...(again === undefined
        ? {}
        : { from: valueOf(again, "From"), callId: valueOf(again, "Call-ID"), sequenceNumber: 2 }),
      extra: [`Contact: ${this.contact}`, ...extra],
      body: SDP,
    });
  }

  /** RFC 3261 §9.1: everything as in the INVITE but the method. */
  cancel(invite: string): void {
    this.#send(likeInvite("CANCEL", invite, valueOf(invite, "To")), this.sentTo(invite));
  }

  /** The ACK of a refusal, within the transaction of the INVITE (RFC 3261 §17.1.1.3). */
  ackRefusal(invite: string, refusal: string): void {
    this.#send(likeInvite("ACK", invite, valueOf(refusal, "To")), this.sentTo(invite));
  }

  /** A request by the route set (RFC 3261 §12.2.1.1): the first Route is where it is sent. @returns it */
  inDialog(method: string, dialog: Dialog): string {
    const { local, remote, callId, target, routes } = dialog;
    const sequenceNumber = dialog.sequenceNumber + (method === "ACK" ? 0 : 1);
    const port = portOf(routes[0] ?? target);
    const facts = { from: local, to: remote, callId, sequenceNumber };
    return this.#request(method, target, port, {
      ...facts,
      extra: routes.map((route) => `Route: ${route}`),
    });
  }

  #request(
    method: string,
    uri: string,
    port: number,
    { from, to, callId, sequenceNumber, extra, body = "" }: RequestFacts,
  ): string {
    const sentBy = `127.0.0.1:${this.#socket.address().port}`;
    const text = messageOf(
      `${method} ${uri} SIP/2.0`,
      [
        `Via: SIP/2.0/UDP ${sentBy};branch=z9hG4bK${randomUUID()};rport`,
        "Max-Forwards: 70",
        `From: ${from}`,
        `To: ${to}`,
        `Call-ID: ${callId}`,
        `CSeq: ${sequenceNumber} ${method}`,
        ...extra,
      ],
      body,
    );
    this.#send(text, port);
    this.#ports.set(text, port);
    return text;
  }

  #send(text: string, port: number): void {
    this.#socket.send(Buffer.from(text, "latin1"), port, "127.0.0.1");
  }
}

interface RequestFacts {
  readonly from: string;
  readonly to: string;
  readonly callId: string;
  readonly sequenceNumber: number;
  readonly extra: readonly string[];
  readonly body?: string;
}

/** The caller's dialog, made by a 2xx (RFC 3261 §12.1.2). */
export function callersDialog(answer: string): Dialog {
  return {
    callId: valueOf(answer, "Call-ID"),
    local: valueOf(answer, "From"),
    remote: valueOf(answer, "To"),
    routes: valuesOf(answer, "Record-Route").toReversed(),
    target: uriOf(valueOf(answer, "Contact")),
    sequenceNumber: parseInt(valueOf(answer, "CSeq"), 10),
  };
}

/** The callee's, from the INVITE and its own answer (RFC 3261 §12.1.1). */
export function calleesDialog(invite: string, answer: string): Dialog {
  return {
    callId: valueOf(invite, "Call-ID"),
    local: valueOf(answer, "To"),
    remote: valueOf(invite, "From"),
    routes: valuesOf(invite, "Record-Route"),
    target: uriOf(valueOf(invite, "Contact")),
    sequenceNumber: 100,
  };
}

/** Credentials for the MD5 challenge among those of a 401 or 407 (RFC 7616 §3.4.1). */
export function credentialsFor(
  refusal: string,
  request: string,
  user: string,
  password: string,
): string {
  const isProxy = inShort(refusal).startsWith("407");
  const challenges = valuesOf(refusal, isProxy ? "Proxy-Authenticate" : "WWW-Authenticate");
  const challenge = challenges.find((value) => value.includes("algorithm=MD5")) ?? "";
  const [realm, nonce] = ["realm", "nonce"].map(
    (name) => new RegExp(`${name}="([^"]*)"`).exec(challenge)?.[1] ?? "",
  );
  const [method = "", uri = ""] = request.split(" ");
  const ha1 = md5(`${user}:${realm}:${password}`);
  const response = md5(`${ha1}:${nonce}:00000001:abc:auth:${md5(`${method}:${uri}`)}`);
  const names = `username="${user}", realm="${realm}", nonce="${nonce}", uri="${uri}"`;
  const proof = `response="${response}", algorithm=MD5, qop=auth, nc=00000001, cnonce="abc"`;
  return `${isProxy ? "Proxy-" : ""}Authorization: Digest ${names}, ${proof}`;
}

function outside(from: string, to: string): Omit<RequestFacts, "extra"> {
  const fromWithTag = `${from};tag=${randomUUID().slice(0, 8)}`;
  return { from: fromWithTag, to, callId: randomUUID(), sequenceNumber: 1 };
}

function likeInvite(method: string, invite: string, to: string): string {
  const routes = valuesOf(invite, "Route").map((route) => `Route: ${route}`);
  return messageOf(`${method} ${requestUriOf(invite)} SIP/2.0`, [
    `Via: ${valueOf(invite, "Via")}`,
    "Max-Forwards: 70",
    `From: ${valueOf(invite, "From")}`,
    `To: ${to}`,
    `Call-ID: ${valueOf(invite, "Call-ID")}`,
    `CSeq: ${parseInt(valueOf(invite, "CSeq"), 10)} ${method}`,
    ...routes,
  ]);
}

function portOf(text: string): number {
  return Number(/127\.0\.0\.1:(\d+)/.exec(text)?.[1] ?? 5060);
}

function md5(text: string): string {
  return createHash("md5").update(text, "latin1").digest("hex");
}
