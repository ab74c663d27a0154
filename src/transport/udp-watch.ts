import { createSocket, type Socket } from "node:dgram";
import { literalLookup } from "./literal-lookup.ts";
import type { UdpFlow } from "./udp-flow.ts";

/** Tokens remembered for one destination: what is in flight towards one silent peer. */
const TOKENS_KEPT = 256;

export interface WatchedDestination {
  readonly flow: UdpFlow;
  readonly socket: Socket;
  /** Whose sends went through since the last error. */
  readonly tokens: Set<number>;
  untilMs: number;
  isOpen: boolean;
}

interface WatchOwner {
  datagram(text: string, flow: UdpFlow): void;
  failed(flow: UdpFlow, tokens: readonly number[], error: NodeJS.ErrnoException): void;
}

/**
 * Sockets connected to the few destinations that did not answer at once, on our own local port.
 *
 * Theory: Linux hands an ICMP error to a UDP socket only when that socket is connected (or has IP_RECVERR, which Node
 * cannot set). A second socket may be bound to the same address and port when both have SO_REUSEPORT and the same
 * user, and connected to one peer; the kernel then gives that peer's datagrams and its ICMP errors to it, and all
 * others go on to the first. So a silent peer's retransmissions leave from the port they always left from, and a
 * closed port is noticed with the second copy. Probing from another port would not do: a NAT or firewall that lets
 * our port in may answer port unreachable to any other. See docs/decisions/0020-udp-errors.md.
 */
export class UdpWatch {
  readonly #byRemote = new Map<string, WatchedDestination>();
  readonly #bound: { readonly address: string; readonly port: number; readonly isIpv6: boolean };
  readonly #limit: number;
  readonly #owner: WatchOwner;

  constructor(
    bound: { readonly address: string; readonly port: number; readonly isIpv6: boolean },
    limit: number,
    owner: WatchOwner,
  ) {
    this.#bound = bound;
    this.#limit = limit;
    this.#owner = owner;
  }

  get size(): number {
    return this.#byRemote.size;
  }

  watch(flow: UdpFlow, untilMs: number): void {
    const key = `${flow.remoteAddress} ${flow.remotePort}`;
    const known = this.#byRemote.get(key);
    if (known !== undefined) {
      known.untilMs = untilMs;
      // The same peer may have got a new flow object since; and the longest unasked-for stands first.
      flow.watched = known;
      this.#byRemote.delete(key);
      this.#byRemote.set(key, known);
      return;
    }
    if (this.#byRemote.size >= this.#limit) this.#unwatchOldest();
    const watched = this.#connect(flow, untilMs);
    if (watched === undefined) return;
    this.#byRemote.set(key, watched);
    flow.watched = watched;
  }

  /** Lets go of those whose time is over. */
  sweep(nowMs: number): void {
    for (const [key, watched] of this.#byRemote) {
      if (watched.untilMs <= nowMs) this.#unwatch(key, watched);
    }
  }

  close(): void {
    for (const [key, watched] of this.#byRemote) this.#unwatch(key, watched);
  }

  #connect(flow: UdpFlow, untilMs: number): WatchedDestination | undefined {
    const { address, port, isIpv6 } = this.#bound;
    let socket: Socket | undefined;
    try {
      socket = createSocket({
        type: isIpv6 ? "udp6" : "udp4",
        reusePort: true,
        lookup: literalLookup,
        ...(isIpv6 ? { ipv6Only: true } : {}),
      });
      const watched: WatchedDestination = {
        flow,
        socket,
        tokens: new Set(),
        untilMs,
        isOpen: true,
      };
      socket.on("message", (bytes, peer) => {
        // Between bind and connect a datagram from somebody else may have come in here.
        if (peer.port === 0) return;
        const from = flow.socket.flowOf(peer.address, peer.port);
        this.#owner.datagram(bytes.toString("latin1"), from);
      });
      socket.on("error", (error) => {
        const tokens = [...watched.tokens];
        watched.tokens.clear();
        this.#owner.failed(watched.flow, tokens, error);
      });
      socket.bind({ address, port, exclusive: true });
      socket.connect(flow.remotePort, flow.remoteAddress);
      // Both are done by now, since the look-up answers at once; a refusal would be told later, so look.
      socket.remoteAddress();
      if (socket.address().port !== port) throw new Error("bound to another port");
      return watched;
    } catch {
      // Watching is best effort: without it the transaction's own timer ends the wait.
      socket?.close();
      return undefined;
    }
  }

  #unwatchOldest(): void {
    for (const [key, watched] of this.#byRemote) {
      this.#unwatch(key, watched);
      return;
    }
  }

  #unwatch(key: string, watched: WatchedDestination): void {
    this.#byRemote.delete(key);
    watched.isOpen = false;
    watched.flow.watched = undefined;
    watched.socket.close();
  }
}

/** Notes who sent through a watched destination, the latest {@link TOKENS_KEPT}. */
export function rememberToken(watched: WatchedDestination, token: number): void {
  if (token === 0) return;
  if (watched.tokens.size >= TOKENS_KEPT) watched.tokens.clear();
  watched.tokens.add(token);
}
