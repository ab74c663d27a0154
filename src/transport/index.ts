export type { TransportLimits } from "./limits.ts";
export {
  createSocketLayer,
  type SocketLayer,
  type SocketLayerOptions,
  type TransportWarning,
} from "./socket-layer.ts";
export type {
  Destination,
  Endpoint,
  Flow,
  TransportEvents,
  TransportLayer,
  TransportName,
} from "./types.ts";
