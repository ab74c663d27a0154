import { createSocket } from "node:dgram";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:net";
import { until } from "./until.ts";

/** A port of 127.0.0.1 that nobody has now, over UDP and TCP; and so are `following` ports after it. */
export async function freePort(following = 0): Promise<number> {
  for (;;) {
    // oxlint-disable-next-line no-await-in-loop
    const port = await anyUdpPort();
    const others = Array.from({ length: following + 1 }, (_, at) => isFreeForTcp(port + at));
    // oxlint-disable-next-line no-await-in-loop
    if ((await Promise.all(others)).every(Boolean)) return port;
  }
}

/** Somebody listens there; the kernel's tables are asked, so that nothing is sent to the port. */
export async function untilListening(port: number, transport: "udp" | "tcp"): Promise<void> {
  const mark = `:${port.toString(16).toUpperCase().padStart(4, "0")} 00000000:0000`;
  await until(
    () => readFileSync(`/proc/net/${transport}`, "latin1").includes(mark) || undefined,
    () => `nobody listens on ${transport} port ${port}`,
  );
}

async function anyUdpPort(): Promise<number> {
  const socket = createSocket("udp4").bind(0, "127.0.0.1");
  await once(socket, "listening");
  const { port } = socket.address();
  socket.close();
  await once(socket, "close");
  return port;
}

function isFreeForTcp(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}
