import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";

/** A relay between two ports of 127.0.0.1: what comes to `port` goes on to the other, and its answers come back. */
interface Relay {
  readonly port: number;
  readonly close: () => void;
}

/** Passes on what `change` makes of each datagram; undefined: it is lost. */
async function startRelay(
  towardsPort: number,
  change: (text: string) => string | undefined,
): Promise<Relay> {
  const outer = await open();
  const inner = await open();
  let backPort = 0;
  const pass = (bytes: Buffer, through: Socket, port: number): void => {
    const text = change(bytes.toString("latin1"));
    if (text !== undefined) through.send(Buffer.from(text, "latin1"), port, "127.0.0.1");
  };
  outer.on("message", (bytes, { port }) => {
    backPort = port;
    pass(bytes, inner, towardsPort);
  });
  inner.on("message", (bytes) => pass(bytes, outer, backPort));
  return {
    port: outer.address().port,
    close: () => {
      outer.close();
      inner.close();
    },
  };
}

/** A network that loses the first `count` datagrams that match, and nothing else. */
export async function startLossyRelay(
  towardsPort: number,
  pattern: RegExp,
  count: number,
): Promise<Relay & { readonly lostCount: () => number }> {
  let lost = 0;
  const relay = await startRelay(towardsPort, (text) => {
    if (lost >= count || !pattern.test(text)) return text;
    lost += 1;
    return undefined;
  });
  return { ...relay, lostCount: () => lost };
}

async function open(): Promise<Socket> {
  const socket = createSocket("udp4").bind(0, "127.0.0.1");
  await once(socket, "listening");
  return socket;
}
