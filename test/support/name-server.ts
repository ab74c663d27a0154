import { createSocket } from "node:dgram";

/** What the server says about one name and type: records, or how it fails. */
export type Said =
  | readonly { readonly ttl: number; readonly data: Buffer }[]
  | "NXDOMAIN"
  | "SERVFAIL"
  | "silence";

export const a = (address: string, ttl = 60): { ttl: number; data: Buffer } => ({
  ttl,
  data: Buffer.from(address.split(".").map(Number)),
});

export const srv = (priority: number, weight: number, port: number, target: string) => {
  const numbers = Buffer.alloc(6);
  numbers.writeUInt16BE(priority, 0);
  numbers.writeUInt16BE(weight, 2);
  numbers.writeUInt16BE(port, 4);
  return { ttl: 60, data: Buffer.concat([numbers, encodedName(target)]) };
};

const types: Readonly<Record<number, string>> = { 1: "A", 28: "AAAA", 33: "SRV" };

/** A name server on loopback that knows just `zone`, keyed `A example.org`. What is not in it is there and empty. */
export async function openNameServer(zone: Readonly<Record<string, Said>>) {
  const socket = createSocket("udp4");
  const asked: string[] = [];
  socket.on("message", (query, peer) => {
    const { name, end } = decodedName(query);
    const key = `${types[query.readUInt16BE(end)] ?? "?"} ${name}`;
    asked.push(key);
    const said = zone[key] ?? [];
    if (said === "silence") return;
    const records = typeof said === "string" ? [] : said;
    const header = Buffer.alloc(12);
    query.copy(header, 0, 0, 2);
    header.writeUInt16BE(0x8180 | (said === "NXDOMAIN" ? 3 : said === "SERVFAIL" ? 2 : 0), 2);
    header.writeUInt16BE(1, 4);
    header.writeUInt16BE(records.length, 6);
    const answers = records.map(({ ttl, data }) => {
      const fixed = Buffer.alloc(12);
      fixed.writeUInt16BE(0xc00c, 0); // the name of the question
      query.copy(fixed, 2, end, end + 4);
      fixed.writeUInt32BE(ttl, 6);
      fixed.writeUInt16BE(data.length, 10);
      return Buffer.concat([fixed, data]);
    });
    const question = query.subarray(12, end + 4);
    socket.send(Buffer.concat([header, question, ...answers]), peer.port, peer.address);
  });
  await new Promise<void>((resolve) => {
    socket.bind(0, "127.0.0.1", resolve);
  });
  return { asked, address: `127.0.0.1:${socket.address().port}`, close: () => socket.close() };
}

function encodedName(name: string): Buffer {
  const labels = name.split(".").filter((label) => label !== "");
  return Buffer.concat([
    ...labels.flatMap((label) => [Buffer.from([label.length]), Buffer.from(label)]),
    Buffer.from([0]),
  ]);
}

function decodedName(query: Buffer): { readonly name: string; readonly end: number } {
  const labels: string[] = [];
  let at = 12;
  for (let length = query[at] ?? 0; length > 0; length = query[at] ?? 0) {
    labels.push(query.toString("latin1", at + 1, at + 1 + length));
    at += length + 1;
  }
  return { name: labels.join("."), end: at + 1 };
}
