import type { Endpoint } from "../base/endpoint.ts";
import type { Flow, TransportEvents } from "../transport/index.ts";

/** Who holds the end of a flow: what its flows report to. */
export interface FlowOwner {
  readonly events: TransportEvents | undefined;
  /** Made anew when it is not there yet. */
  readonly udpFlow: (
    local: Endpoint,
    remoteAddress: string,
    remotePort: number,
  ) => SimulatedUdpFlow;
  /** Accepts what `dialled` asks for: the new end of that connection. */
  readonly adopt: (local: Endpoint, dialled: SimulatedTcpFlow) => SimulatedTcpFlow;
  readonly forget: (flow: SimulatedTcpFlow) => void;
}

/** A UDP socket with one peer's address. */
export class SimulatedUdpFlow implements Flow {
  readonly transport = "udp";
  readonly isReliable = false;
  readonly owner: FlowOwner;
  readonly local: Endpoint;
  readonly remoteAddress: string;
  readonly remotePort: number;
  /** Whether the owner asked to be told that its port is closed. */
  isWatched = false;

  constructor(owner: FlowOwner, local: Endpoint, remoteAddress: string, remotePort: number) {
    this.owner = owner;
    this.local = local;
    this.remoteAddress = remoteAddress;
    this.remotePort = remotePort;
  }
}

/** One end of a connection. */
export class SimulatedTcpFlow implements Flow {
  readonly transport = "tcp";
  readonly isReliable = true;
  readonly owner: FlowOwner;
  readonly local: Endpoint;
  readonly remoteAddress: string;
  readonly remotePort: number;
  /** The port that its own end is seen under: that of the listener, or a fresh one where it was dialled. */
  readonly localPort: number;
  /** The other end, once it was accepted. */
  peer: SimulatedTcpFlow | undefined = undefined;
  state: "dialling" | "open" | "closed" = "dialling";
  /** What was sent before the other end accepted. */
  waiting: { readonly id: number; readonly text: string; readonly token: number }[] = [];

  constructor(
    owner: FlowOwner,
    local: Endpoint,
    localPort: number,
    remote: { readonly address: string; readonly port: number },
  ) {
    this.owner = owner;
    this.local = local;
    this.localPort = localPort;
    this.remoteAddress = remote.address;
    this.remotePort = remote.port;
  }
}
