import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";

/** Takes away the first `count` datagrams that match. */
export interface Loss {
  readonly pattern: RegExp;
  readonly count: number;
}

/** A relay between a server and a peer: what comes to `port` goes to the peer, and back. */
export interface LossyRelay {
  readonly port: number;
  readonly lostCount: () => number;
  readonly close: () => void;
}

/** A network between two ports of 127.0.0.1 that loses what it is told to lose, and nothing else. */
export async function lossyRelay(towardsPort: number, loss: Loss): Promise<LossyRelay> {
  const outer = await open();
  const inner = await open();
  let lost = 0;
  let backPort = 0;
  const passes = (bytes: Buffer): boolean => {
    if (lost >= loss.count || !loss.pattern.test(bytes.toString("latin1"))) return true;
    lost += 1;
    return false;
  };
  outer.on("message", (bytes, { port }) => {
    backPort = port;
    if (passes(bytes)) inner.send(bytes, towardsPort, "127.0.0.1");
  });
  inner.on("message", (bytes) => {
    if (passes(bytes)) outer.send(bytes, backPort, "127.0.0.1");
  });
  return {
    port: outer.address().port,
    lostCount: () => lost,
    close: () => {
      outer.close();
      inner.close();
    },
  };
}

async function open(): Promise<Socket> {
  const socket = createSocket("udp4").bind(0, "127.0.0.1");
  await once(socket, "listening");
  return socket;
}
