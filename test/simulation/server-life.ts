import type { Clock } from "../../src/base/clock.ts";
import { createServer, type ServerSettings, type ServerWorld } from "../../src/server/index.ts";
import type { SipServer } from "../../src/server/index.ts";
import type { VirtualTime } from "../../src/testing/index.ts";
import type { TraceRecord } from "../../src/trace/index.ts";

/** How often a server that drains is looked at. */
const LOOK_AGAIN_MS = 100;

/** How a server ends: killed in the middle of everything, or asked to end and given time. */
export type ServerEnd = "killed" | "stopped";

/** One server from its start to its end. Its wall clock may be another than that of the life before. */
export class ServerLife {
  /** From 0 up. */
  readonly number: number;
  readonly server: SipServer;
  readonly startedAtMs: number;
  /** What its clock shows more than the time of the world. */
  readonly clockAheadMs: number;
  endedAtMs = Infinity;
  drainsFromMs = Infinity;
  end: ServerEnd | undefined = undefined;
  readonly #time: VirtualTime;
  /** Takes sockets and clock away from it. */
  readonly #cutOff: () => void;

  private constructor(
    number: number,
    parts: {
      readonly server: SipServer;
      readonly time: VirtualTime;
      readonly clockAheadMs: number;
      readonly cutOff: () => void;
    },
  ) {
    this.number = number;
    this.server = parts.server;
    this.startedAtMs = parts.time.nowMs;
    this.clockAheadMs = parts.clockAheadMs;
    this.#time = parts.time;
    this.#cutOff = parts.cutOff;
  }

  static async open(
    number: number,
    options: {
      readonly settings: ServerSettings;
      readonly time: VirtualTime;
      readonly clockAheadMs: number;
      readonly world: Omit<ServerWorld, "clock" | "cases"> & {
        readonly keep: (record: TraceRecord) => void;
      };
    },
  ): Promise<ServerLife> {
    const { settings, time, clockAheadMs, world } = options;
    let isOver = false;
    const clock = clockAheadOf(time.clock(), clockAheadMs);
    const server = await createServer(settings, {
      ...world,
      clock,
      cases: {
        keep: (record) => {
          if (!isOver) world.keep(inTimeOfWorld(record, clockAheadMs));
        },
      },
    });
    const cutOff = (): void => {
      isOver = true;
      clock.wakeAt(Infinity, () => undefined);
      void world.transport.close();
    };
    return new ServerLife(number, { server, time, clockAheadMs, cutOff });
  }

  get isOver(): boolean {
    return this.end !== undefined;
  }

  /** What waits now, by the time of the world. */
  pending(): TraceRecord[] {
    return this.server
      .pending()
      .map((record) => inTimeOfWorld({ ...record, values: [...record.values] }, this.clockAheadMs));
  }

  /** From one moment to the next it is no more. @returns what it was in the middle of */
  kill(): TraceRecord[] {
    const cut = this.pending();
    this.#endAs("killed");
    return cut;
  }

  /** As at SIGTERM: nothing new, and an end when nothing runs or the time is over. */
  stop(drainMs: number, stopped: (cut: TraceRecord[]) => void): void {
    this.server.drain();
    this.drainsFromMs = this.#time.nowMs;
    const giveUpMs = this.#time.nowMs + drainMs;
    const look = (): void => {
      if (this.server.pending().length > 0 && this.#time.nowMs < giveUpMs) {
        this.#time.after(LOOK_AGAIN_MS, look);
        return;
      }
      void this.server.close();
      const cut = this.pending();
      this.#endAs("stopped");
      stopped(cut);
    };
    look();
  }

  #endAs(end: ServerEnd): void {
    this.end = end;
    this.endedAtMs = this.#time.nowMs;
    this.#cutOff();
  }
}

function clockAheadOf(clock: Clock, aheadMs: number): Clock {
  return {
    nowMs: () => clock.nowMs() + aheadMs,
    wakeAt: (atMs, wake) => clock.wakeAt(atMs - aheadMs, wake),
  };
}

function inTimeOfWorld(record: TraceRecord, aheadMs: number): TraceRecord {
  if (aheadMs === 0) return record;
  const { startedAtMs, endedAtMs } = record;
  return {
    ...record,
    startedAtMs: startedAtMs - aheadMs,
    endedAtMs: endedAtMs === undefined ? undefined : endedAtMs - aheadMs,
  };
}
