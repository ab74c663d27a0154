import { createSocket } from "node:dgram";
import { connect } from "node:net";
import { decodeResponse, type DnsResponse } from "./message.ts";
import type { NameServer } from "./name-servers.ts";

/** A response to that very query, or in words why there is none. */
export type Exchanged = DnsResponse | string;

/** What is sent to one server, and what its answer must repeat. */
export interface Exchange {
  readonly server: NameServer;
  readonly query: Buffer;
  readonly waitMs: number;
  /** Told of a way to end it early, and forgotten when it has ended. */
  readonly open: Set<() => void>;
}

/**
 * One datagram there and one back, from a port of its own. What is no response to this query is not heard: another
 * sender, another id, another question (RFC 5452 §9).
 */
export function overUdp({ server, query, waitMs, open }: Exchange): Promise<Exchanged> {
  return new Promise((resolve) => {
    const socket = createSocket(server.address.includes(":") ? "udp6" : "udp4");
    const end = (result: Exchanged): void => {
      clearTimeout(timer);
      if (!open.delete(cancel)) return;
      socket.close();
      resolve(result);
    };
    const cancel = (): void => end(CANCELLED);
    const timer = setTimeout(() => end(SILENT), waitMs);
    open.add(cancel);
    socket.on("message", (bytes) => {
      const response = decodeResponse(bytes);
      if (response !== undefined && answers(response, query)) end(response);
    });
    socket.on("error", (error: NodeJS.ErrnoException) => end(faultText(error)));
    // Connected: the kernel keeps other senders away, and tells that nobody listens there.
    socket.connect(server.port, server.address, () => {
      if (open.has(cancel)) socket.send(query);
    });
  });
}

/** The same over a connection, for what does not fit in a datagram (RFC 7766). */
export function overTcp({ server, query, waitMs, open }: Exchange): Promise<Exchanged> {
  return new Promise((resolve) => {
    const socket = connect({ host: server.address, port: server.port });
    const end = (result: Exchanged): void => {
      clearTimeout(timer);
      if (!open.delete(cancel)) return;
      socket.destroy();
      resolve(result);
    };
    const cancel = (): void => end(CANCELLED);
    const timer = setTimeout(() => end(SILENT), waitMs);
    open.add(cancel);
    let received = Buffer.alloc(0);
    const length = Buffer.alloc(2);
    length.writeUInt16BE(query.length, 0);
    socket.write(Buffer.concat([length, query]));
    socket.on("data", (chunk) => {
      // Two bytes say how many follow, so this never grows beyond 65,537.
      received = Buffer.concat([received, chunk]);
      if (received.length < 2) return;
      const end2 = 2 + received.readUInt16BE(0);
      if (received.length < end2) return;
      const response = decodeResponse(received.subarray(2, end2));
      end(response !== undefined && answers(response, query) ? response : UNREADABLE);
    });
    socket.on("error", (error: NodeJS.ErrnoException) => end(faultText(error)));
    socket.on("close", () => end("the name server closed the connection"));
  });
}

const SILENT = "no name server answered";
const CANCELLED = "the resolver was closed";
const UNREADABLE = "the name server's answer cannot be read";

function answers({ id, question }: DnsResponse, query: Buffer): boolean {
  const { name, type } = asked(query);
  return id === query.readUInt16BE(0) && question.name === name && question.type === type;
}

/** What our own query asks, read from it again: a response must repeat it. */
function asked(query: Buffer): { readonly name: string; readonly type: number } {
  const labels: string[] = [];
  let at = 12;
  for (let length = query[at] ?? 0; length > 0; length = query[at] ?? 0) {
    labels.push(query.toString("latin1", at + 1, at + 1 + length).toLowerCase());
    at += 1 + length;
  }
  return { name: labels.join("."), type: query.readUInt16BE(at + 1) };
}

function faultText({ code, message }: NodeJS.ErrnoException): string {
  if (code === "ECONNREFUSED") return "no name server listens where one should";
  return code === "ENETUNREACH" || code === "EHOSTUNREACH"
    ? "no route leads to the name server"
    : message;
}
