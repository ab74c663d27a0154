import type { GatewayState } from "../gateway-states.ts";
import type { CommandOutput } from "./types.ts";

/** What `gateways` looks at. */
export interface GatewaysPort {
  readonly gateways: () => readonly GatewayState[];
  readonly nowMs: () => number;
}

/** One gateway as `gateways` tells it. */
export interface ToldGateway {
  readonly name: string;
  readonly uri: string;
  /** "unknown": not probed yet; "not-probed": it never is. Both are used like one that is up. */
  readonly state: "up" | "down" | "unknown" | "not-probed";
  /** How long it has been up or down; absent where that is not known. */
  readonly forSeconds?: number;
  /** What the probe came to that brought it there: a status code, "silent", "unreachable" or "unresolvable". */
  readonly result?: string;
  readonly lastProbe?: {
    readonly agoSeconds: number;
    readonly tookMs: number;
    readonly result: string;
  };
  readonly trusted: boolean;
  /** `+49…` for a prefix, `112` for one number. */
  readonly routes: readonly string[];
}

/** `gateways`: each gateway of the configuration as a `row`; `done` counts them. */
export async function* gateways(port: GatewaysPort): AsyncGenerator<CommandOutput> {
  const told = port.gateways().map((state) => toldGateway(state, port.nowMs()));
  for (const value of told) yield { kind: "row", value };
  const down = told.filter(({ state }) => state === "down").length;
  yield { kind: "done", value: { gateways: told.length, down } };
}

function toldGateway({ gateway, last, routes }: GatewayState, nowMs: number): ToldGateway {
  const { name, uri, probe, isTrusted, health } = gateway;
  const { state, sinceMs, result } = health;
  return {
    name,
    uri: uri.text,
    state: probe === undefined ? "not-probed" : state,
    ...(state === "unknown" ? {} : { forSeconds: seconds(nowMs - sinceMs), result }),
    ...(last === undefined
      ? {}
      : {
          lastProbe: {
            agoSeconds: seconds(nowMs - last.atMs),
            tookMs: Math.round(last.tookMs),
            result: last.result,
          },
        }),
    trusted: isTrusted,
    routes,
  };
}

function seconds(durationMs: number): number {
  return Math.max(0, Math.round(durationMs / 1_000));
}
