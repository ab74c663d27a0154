import type { Endpoint, TransportName } from "../base/endpoint.ts";
import { ServerError } from "../causes/index.ts";
import type { Destination, Flow, TransportEvents, TransportLayer } from "../transport/index.ts";
import { SimulatedTcpFlow, SimulatedUdpFlow, type FlowOwner } from "./simulated-flow.ts";

/** What the sockets of one element need of the network. */
interface Wires {
  bind(endpoint: Endpoint, owner: FlowOwner): void;
  release(endpoint: Endpoint): void;
  ephemeralPort(): number;
  dial(flow: SimulatedTcpFlow, connectMs: number | undefined): void;
  sendDatagram(flow: SimulatedUdpFlow, text: string, token: number): void;
  sendOnStream(flow: SimulatedTcpFlow, text: string, token: number): void;
  hangUp(flow: SimulatedTcpFlow): void;
}

/** The sockets of one element on the simulated network. */
export class SimulatedLayer implements TransportLayer, FlowOwner {
  readonly #wires: Wires;
  readonly #listen: readonly Endpoint[];
  readonly #udpFlows = new Map<string, SimulatedUdpFlow>();
  /** Open connections by the address and port of the other end. */
  readonly #connections = new Map<string, SimulatedTcpFlow>();
  events: TransportEvents | undefined = undefined;

  constructor(wires: Wires, listen: readonly Endpoint[]) {
    this.#wires = wires;
    this.#listen = listen;
  }

  open(events: TransportEvents): Promise<readonly Endpoint[]> {
    this.events = events;
    for (const endpoint of this.#listen) this.#wires.bind(endpoint, this);
    return Promise.resolve(this.#listen);
  }

  flowTo({ transport, address, port }: Destination, connectMs?: number): Flow | ServerError {
    const isIpv6 = address.includes(":");
    const local = this.#listen.find(
      (one) => one.transport === transport && one.address.includes(":") === isIpv6,
    );
    if (local === undefined) {
      return new ServerError("next-hop-unreachable", `no ${transport} socket of that family`);
    }
    if (transport === "udp") return this.udpFlow(local, address, port);
    return (
      this.connectionFrom(transport, address, port) ?? this.#dial(local, address, port, connectMs)
    );
  }

  connectionFrom(
    transport: TransportName,
    remoteAddress: string,
    remotePort: number,
  ): Flow | undefined {
    if (transport === "udp") return undefined;
    return this.#connections.get(`${remoteAddress} ${remotePort}`);
  }

  flowBeside(flow: Flow, remotePort: number): Flow {
    return flow.isReliable ? flow : this.udpFlow(flow.local, flow.remoteAddress, remotePort);
  }

  send(flow: Flow, text: string, token: number): void {
    if (this.events === undefined) return;
    if (flow instanceof SimulatedUdpFlow) this.#wires.sendDatagram(flow, text, token);
    if (flow instanceof SimulatedTcpFlow) this.#wires.sendOnStream(flow, text, token);
  }

  watch(flow: Flow): void {
    if (flow instanceof SimulatedUdpFlow) flow.isWatched = true;
  }

  localAddressTowards(flow: Flow): Endpoint {
    return flow.local;
  }

  counters(): Readonly<Record<string, number>> {
    return { connectionsOpen: this.#connections.size };
  }

  close(): Promise<void> {
    for (const endpoint of this.#listen) this.#wires.release(endpoint);
    for (const flow of this.#connections.values()) this.#wires.hangUp(flow);
    this.events = undefined;
    return Promise.resolve();
  }

  udpFlow(local: Endpoint, remoteAddress: string, remotePort: number): SimulatedUdpFlow {
    const key = `${local.address} ${local.port} ${remoteAddress} ${remotePort}`;
    let flow = this.#udpFlows.get(key);
    if (flow === undefined) {
      flow = new SimulatedUdpFlow(this, local, remoteAddress, remotePort);
      this.#udpFlows.set(key, flow);
    }
    return flow;
  }

  adopt(local: Endpoint, dialled: SimulatedTcpFlow): SimulatedTcpFlow {
    const remote = { address: dialled.local.address, port: dialled.localPort };
    const flow = new SimulatedTcpFlow(this, local, local.port, remote);
    flow.peer = dialled;
    flow.state = "open";
    this.#connections.set(`${remote.address} ${remote.port}`, flow);
    return flow;
  }

  forget(flow: SimulatedTcpFlow): void {
    this.#connections.delete(`${flow.remoteAddress} ${flow.remotePort}`);
  }

  #dial(
    local: Endpoint,
    address: string,
    port: number,
    connectMs: number | undefined,
  ): SimulatedTcpFlow {
    const flow = new SimulatedTcpFlow(this, local, this.#wires.ephemeralPort(), { address, port });
    this.#connections.set(`${address} ${port}`, flow);
    this.#wires.dial(flow, connectMs);
    return flow;
  }
}
