import type { ClientBranch } from "../proxy/index.ts";
import type { ListedHop } from "../routing/index.ts";
import type { Flow } from "../transport/index.ts";
import type {
  InviteClientTransaction,
  InviteServerTransaction,
  NonInviteClientTransaction,
  NonInviteServerTransaction,
} from "../transaction/index.ts";
import { Deadline } from "./deadlines.ts";
import type { RunningRequest } from "./running-request.ts";

/** Whoever runs them: told when a deadline is due. */
export interface EntryDriver {
  advanceServer(entry: ServerEntry, nowMs: number): void;
  advanceClient(entry: ClientEntry, nowMs: number): void;
}

/**
 * One server transaction in its table. Small on purpose: after its final response it lingers for up to 32 s, and
 * keeps its key, its machine and the way back, nothing else.
 */
export class ServerEntry extends Deadline {
  readonly key: string;
  readonly machine: InviteServerTransaction | NonInviteServerTransaction;
  /** Where responses go. */
  flow: Flow;
  /** Where they go when that connection is gone: the port of the Via's sent-by (RFC 3261 §18.2.2). */
  readonly sentByPort: number;
  /** Where they go when that fails too (RFC 3263 §5); undefined: nowhere else. */
  readonly sentBy: ListedHop | undefined;
  /** Whose request it is, until that has ended. */
  running: RunningRequest | undefined = undefined;
  /** It is in no table any more. */
  isForgotten = false;
  readonly #driver: EntryDriver;

  constructor(
    key: string,
    machine: InviteServerTransaction | NonInviteServerTransaction,
    flow: Flow,
    sentByPort: number,
    sentBy: ListedHop | undefined,
    driver: EntryDriver,
  ) {
    super();
    this.key = key;
    this.machine = machine;
    this.flow = flow;
    this.sentByPort = sentByPort;
    this.sentBy = sentBy;
    this.#driver = driver;
  }

  wake(nowMs: number): void {
    this.#driver.advanceServer(this, nowMs);
  }
}

/** One client transaction in its table. */
export class ClientEntry extends Deadline {
  readonly key: string;
  readonly machine: InviteClientTransaction | NonInviteClientTransaction;
  readonly flow: Flow;
  /** undefined for a CANCEL, whose end interests nobody, and once the response context has ended. */
  running: RunningRequest | undefined;
  branch: ClientBranch | undefined;
  /** After the end of its INVITE's response context: where a 2xx that comes later still goes. */
  upstream: ServerEntry | undefined = undefined;
  /** What the transport calls it by while nothing has come back; 0 afterwards. */
  token = 0;
  /** How often its request went out. */
  sentCount = 0;
  readonly #driver: EntryDriver;

  constructor(
    key: string,
    machine: InviteClientTransaction | NonInviteClientTransaction,
    flow: Flow,
    running: RunningRequest | undefined,
    branch: ClientBranch | undefined,
    driver: EntryDriver,
  ) {
    super();
    this.key = key;
    this.machine = machine;
    this.flow = flow;
    this.running = running;
    this.branch = branch;
    this.#driver = driver;
  }

  wake(nowMs: number): void {
    this.#driver.advanceClient(this, nowMs);
  }
}
