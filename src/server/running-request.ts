import type { ProxyCore } from "../proxy/index.ts";
import type { Flow } from "../transport/index.ts";
import { Deadline } from "./deadlines.ts";
import type { PendingRequest } from "./pending-request.ts";
import type { ClientEntry, ServerEntry } from "./transaction-entries.ts";

/** What a request needs only while its response context lives. */
export interface RunningParts {
  readonly core: ProxyCore;
  readonly pending: PendingRequest;
  /** The flow it came on, which names our side in Record-Route. */
  readonly incoming: Flow;
}

/** Whoever runs it: told when one of its deadlines is due. */
export interface RequestDriver {
  advance(running: RunningRequest, nowMs: number): void;
}

/**
 * One request on its way through the proxy core, between its server transaction and its branches. Let go when its
 * response context has ended.
 */
export class RunningRequest extends Deadline {
  readonly entry: ServerEntry;
  /** undefined once the response context has ended. */
  parts: RunningParts | undefined;
  /** Client transactions by branch number. */
  readonly clients: (ClientEntry | undefined)[] = [];
  /** What each branch sent: a CANCEL is made from it. */
  texts: string[] = [];
  readonly #driver: RequestDriver;

  constructor(entry: ServerEntry, parts: RunningParts, driver: RequestDriver) {
    super();
    this.entry = entry;
    this.parts = parts;
    this.#driver = driver;
  }

  wake(nowMs: number): void {
    this.#driver.advance(this, nowMs);
  }
}
