import { createRequire } from "node:module";

/** Counts with the layout of rows and buffers that both sides know (batched-port.ts). */
const LAYOUT = 1;

/** An open socket of the addon. */
export type BatchHandle = { readonly handle: unique symbol };

/** What native/udp-batch.c exports. */
export interface BatchAddon {
  readonly layout: number;
  open(
    address: string,
    port: number,
    isIpv6: boolean,
    reusePort: boolean,
    buffers: readonly Buffer[],
    onBatch: (count: number) => void,
    onClosed: () => void,
  ): BatchHandle;
  listen(handle: BatchHandle): void;
  flush(handle: BatchHandle, from: number, count: number): number;
  port(handle: BatchHandle): number;
  receiveBuffer(handle: BatchHandle, askedBytes: number): number;
  nameOf(handle: BatchHandle, row: number): string;
  words(address: string): number[] | undefined;
  close(handle: BatchHandle): void;
}

let loaded: BatchAddon | undefined;
let isLoaded = false;

/** The addon, where it was built at installation. `NEXTHOP_NATIVE=off` in the environment does without it. */
export function batchAddon(): BatchAddon | undefined {
  if (isLoaded) return loaded;
  isLoaded = true;
  if (process.env["NEXTHOP_NATIVE"] === "off") return undefined;
  try {
    const addon = createRequire(import.meta.url)("../../build/udp-batch.node") as BatchAddon;
    if (addon.layout === LAYOUT) loaded = addon;
  } catch {
    // Not built here: no compiler, or not Linux.
  }
  return loaded;
}
