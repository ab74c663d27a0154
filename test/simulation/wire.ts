import { parseMessage, type SipMessage } from "../../src/message/index.ts";
import type { Carried } from "../../src/testing/index.ts";

/** One thing that happened to one message on the network, seen from the server. */
export interface WireEntry {
  /** The same for all that becomes of one sending. */
  readonly id: number;
  readonly atMs: number;
  readonly what: Carried["what"];
  /** `udp:192.0.2.10:5060` */
  readonly from: string;
  readonly to: string;
  /** The server's sending, the server's receiving, or neither. */
  readonly side: "sent by server" | "arrived at server" | "other";
  /** Which server it was, from 0 up; on the way between two, the one before. */
  readonly life: number;
  readonly message: SipMessage;
}

/** The same of what is no message, or was none any more when it arrived. */
export type UnreadableEntry = Omit<WireEntry, "message"> & { readonly text: string };

/** Everything that was on the network, in order. Each text is parsed once, however often it is carried. */
export class WireLog {
  readonly entries: WireEntry[] = [];
  readonly unreadable: UnreadableEntry[] = [];
  readonly #isServer: (endpoint: string) => boolean;
  readonly #parsed = new Map<string, SipMessage | undefined>();

  constructor(isServer: (endpoint: string) => boolean) {
    this.#isServer = isServer;
  }

  add({ id, atMs, what, from, to, text }: Carried, life: number): void {
    const side =
      what === "sent" && this.#isServer(from)
        ? "sent by server"
        : what === "arrived" && this.#isServer(to)
          ? "arrived at server"
          : "other";
    const message = this.#parse(text);
    const entry = { id, atMs, what, from, to, side, life } as const;
    if (message !== undefined) this.entries.push({ ...entry, message });
    else this.unreadable.push({ ...entry, text });
  }

  #parse(text: string): SipMessage | undefined {
    if (this.#parsed.has(text)) return this.#parsed.get(text);
    const parsed = parseMessage(text);
    const message = parsed.kind === "malformed" ? undefined : parsed;
    this.#parsed.set(text, message);
    return message;
  }
}

/** As a ladder labels it: `INVITE`, `200 OK`, and the method where that is not plain. */
export function labelOf(message: SipMessage): string {
  if (message.kind === "request") return message.method;
  const { statusCode, reasonPhrase, cseq } = message;
  const suffix = cseq.method === "INVITE" ? "" : ` (${cseq.method})`;
  return `${statusCode} ${reasonPhrase}${suffix}`;
}
