import { ServerError } from "../causes/index.ts";
import { Header, isMalformed, type SipMessage } from "../message/index.ts";
import { SWITCH_CONNECT_MS, type ClientBranch } from "../proxy/index.ts";
import type { Flow, TransportLayer } from "../transport/index.ts";
import { DialogFlows } from "./dialog-flows.ts";
import { splitPeer } from "./peer.ts";

/**
 * The way out for each branch: over TCP the connection that its binding, or its end of the dialog, came over while
 * that is open; else the way to its destination.
 *
 * Hot path: `flowFor` once a branch.
 */
export class OutgoingFlows {
  readonly #transport: TransportLayer;
  readonly #dialogFlows = new DialogFlows();

  constructor(transport: TransportLayer) {
    this.#transport = transport;
  }

  get rememberedCount(): number {
    return this.#dialogFlows.size;
  }

  flowFor(branch: ClientBranch, callId: string): Flow | ServerError {
    const destination = branch.destination;
    if (destination === undefined) {
      return new ServerError("next-hop-unreachable", "no destination");
    }
    if (destination.transport === "tcp") {
      const open = this.#openConnection(branch, callId);
      if (open !== undefined) return open;
    }
    return branch.switchedFrom === undefined
      ? this.#transport.flowTo(destination)
      : this.#transport.flowTo(destination, SWITCH_CONNECT_MS);
  }

  /** A message that may form a dialog came over this flow, and names where its sender wants to be reached. */
  rememberContact(message: SipMessage, flow: Flow): void {
    if (!flow.isReliable) return;
    const contacts = message.nameAddrs(Header.Contact);
    const uri = isMalformed(contacts) ? undefined : contacts[0]?.uri;
    if (uri !== undefined) this.#dialogFlows.remember(message.callId, uri.text, flow);
  }

  #openConnection({ target }: ClientBranch, callId: string): Flow | undefined {
    if (target.source.startsWith("tcp:")) {
      const [address, port] = splitPeer(target.source);
      return this.#transport.connectionFrom("tcp", address, port);
    }
    const flow = this.#dialogFlows.find(callId, target.uri.text);
    if (flow === undefined) return undefined;
    const { remoteAddress, remotePort } = flow;
    const open = this.#transport.connectionFrom("tcp", remoteAddress, remotePort);
    return open === flow ? flow : undefined;
  }
}
