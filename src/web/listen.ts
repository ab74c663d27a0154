import { createServer, type Server } from "node:http";
import { getRequestListener } from "@hono/node-server";
import { formatEndpoint } from "../base/endpoint.ts";
import { ServerError } from "../causes/index.ts";
import { createWebApp } from "./app.ts";

const HEADER_BYTES_MAX = 8_192;
const CONNECTIONS_MAX = 256;
const HEADERS_MS = 5_000;
const REQUEST_MS = 10_000;
const KEEP_ALIVE_MS = 5_000;

/** Where to listen, and whom to tell of our own bugs. */
export interface WebServerOptions {
  /** IPv6 without brackets. */
  readonly address: string;
  /** 0: the kernel chooses. */
  readonly port: number;
  readonly fault: (where: string, error: unknown) => void;
}

/** A web server that listens. */
export interface WebServer {
  /** `http://127.0.0.1:8080`, with the port that it really has. */
  readonly url: string;
  /** Ends it at once: the pages can be asked for again, a call cannot. */
  close(): Promise<void>;
}

/** Serves the reference over HTTP. @throws ServerError `listener-refused` */
export async function openWebServer({
  address,
  port,
  fault,
}: WebServerOptions): Promise<WebServer> {
  const app = createWebApp({ fault });
  const listener = getRequestListener(app.fetch, { overrideGlobalObjects: false });
  const server = createServer(
    {
      maxHeaderSize: HEADER_BYTES_MAX,
      headersTimeout: HEADERS_MS,
      requestTimeout: REQUEST_MS,
      keepAliveTimeout: KEEP_ALIVE_MS,
    },
    (request, response) => {
      // Nothing is sent here that has a body; what comes all the same is not read.
      request.resume();
      listener(request, response).catch((error: unknown) => fault("http", error));
    },
  );
  server.maxConnections = CONNECTIONS_MAX;
  await listening(server, address, port);
  const bound = server.address();
  const boundPort = typeof bound === "object" && bound !== null ? bound.port : port;
  const host = address.includes(":") ? `[${address}]` : address;
  return { url: `http://${host}:${boundPort}`, close: () => closed(server) };
}

function listening(server: Server, address: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (error) => {
      const where = formatEndpoint("http", address, port);
      reject(new ServerError("listener-refused", `${where}: ${error.message}`, { cause: error }));
    });
    server.listen({ host: address, port }, resolve);
  });
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
