/** What one folder of `src` may do. A layer imports what stands here, through its `index.ts`, and nothing else. */
export interface Layer {
  readonly pure: boolean;
  readonly uses: readonly string[];
  /** Layers of which only types may be imported, by `import type`. */
  readonly typesOf?: readonly string[];
  /** npm packages: one client each, so that a backend can be left out. */
  readonly packages?: readonly string[];
  /** What of `node:` a pure layer may still use: module and names. */
  readonly nodeNames?: Readonly<Record<string, readonly string[]>>;
  /** May use the `Buffer` global although it is pure: bytes are its business. */
  readonly buffer?: boolean;
  /** Files of a mixed layer that are pure all the same. */
  readonly pureFiles?: RegExp;
}

const BELOW_SERVER =
  `base causes trace message sdp codes auth transaction dialog routing registrar proxy user-agent explain
   lmdb location directory transport dns capture telemetry config`.split(/\s+/);
const HASHES = ["createHash", "createHmac", "hash", "timingSafeEqual"];
const STORES = ["location", "directory"];

/** Who may import whom. */
export const layers: Readonly<Record<string, Layer>> = {
  base: { pure: true, uses: [] },
  causes: { pure: true, uses: ["base"] },
  trace: { pure: true, uses: ["base", "causes"], typesOf: ["message"] },
  message: { pure: true, uses: ["base", "causes"], buffer: true },
  sdp: { pure: true, uses: ["base"], packages: ["sdp-transform"] },
  codes: { pure: true, uses: ["base"] },
  auth: {
    pure: true,
    uses: ["base", "causes", "message"],
    nodeNames: { "node:crypto": HASHES },
    buffer: true, // what is hashed and compared is bytes
  },
  transaction: { pure: true, uses: ["base", "causes", "message", "trace"] },
  dialog: { pure: true, uses: ["base", "message", "trace"] },
  routing: {
    pure: true,
    uses: ["base", "causes", "message", "trace"],
    packages: ["libphonenumber-js"],
  },
  registrar: {
    pure: true,
    uses: ["base", "causes", "message", "auth", "trace"],
    typesOf: STORES,
  },
  proxy: {
    pure: true,
    uses: ["base", "causes", "message", "auth", "trace", "transaction", "routing"],
    typesOf: STORES,
  },
  "user-agent": {
    pure: true,
    uses: ["base", "message", "sdp", "auth", "trace", "transaction", "dialog", "routing"],
  },
  explain: {
    pure: true,
    uses: ["base", "causes", "message", "trace", "codes"],
    packages: ["libphonenumber-js"],
  },
  // One LMDB environment for both stores: opening, batching, closing.
  lmdb: { pure: false, uses: ["base", "causes"], packages: ["lmdb"] },
  location: {
    pure: false,
    uses: ["base", "causes", "message", "lmdb"],
    packages: ["lmdb", "iovalkey"],
  },
  directory: {
    pure: false,
    uses: ["base", "causes", "message", "lmdb"],
    packages: ["lmdb", "postgres"],
  },
  transport: { pure: false, uses: ["base", "causes", "message"], packages: ["ws"] },
  dns: { pure: false, uses: ["base", "causes", "message"] },
  capture: {
    pure: false,
    uses: ["base", "message", "trace"],
    pureFiles: /\/(?:decode-[^/]+|ladder)\.ts$/,
  },
  telemetry: { pure: false, uses: ["base", "trace"], packages: ["pino", "prom-client"] },
  config: {
    pure: false,
    uses: ["base"],
    typesOf: BELOW_SERVER.filter((layer) => layer !== "config"),
    packages: ["zod", "libphonenumber-js"],
  },
  server: { pure: false, uses: BELOW_SERVER, packages: ["pino"] },
  web: {
    pure: false,
    uses: ["base", "causes", "message", "trace", "codes", "explain", "capture", "telemetry"],
    typesOf: ["server"],
    packages: ["hono", "@hono/node-server", "zod"],
  },
  testing: { pure: false, uses: [...BELOW_SERVER, "server"], packages: ["fast-check"] },
  cli: {
    pure: false,
    uses: [...BELOW_SERVER, "server", "web", "testing"],
    packages: ["commander"],
  },
};
