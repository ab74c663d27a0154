import { createSocket } from "node:dgram";
import { createServer } from "node:net";

/** One record: its time to live and its data as bytes. `type` where it is not the one asked for. */
interface Kept {
  readonly ttl: number;
  readonly data: Buffer;
  readonly type?: number;
  readonly owner?: string;
}

/** What the server says about one name and type: records, or how it fails. */
export type Said = readonly Kept[] | "NXDOMAIN" | "SERVFAIL" | "FORMERR with EDNS" | "silence";

export const a = (address: string, ttl = 60): Kept => ({
  ttl,
  data: Buffer.from(address.split(".").map(Number)),
});

export const aaaa = (hex: string, ttl = 60): Kept => ({ ttl, data: Buffer.from(hex, "hex") });

export const srv = (
  priority: number,
  weight: number,
  port: number,
  target: string,
  ttl = 60,
): Kept => ({
  ttl,
  data: Buffer.concat([numbers(priority, weight, port), encodedName(target)]),
});

export const naptr = (
  order: number,
  preference: number,
  services: string,
  replacement: string,
): Kept => ({
  ttl: 60,
  data: Buffer.concat([
    numbers(order, preference),
    ...["s", services, ""].map((text) => Buffer.from([text.length, ...Buffer.from(text)])),
    encodedName(replacement),
  ]),
});

/** The name asked for is another name of `target`, which is said to be `records`. */
export const cname = (
  target: string,
  ttl: number,
  ...records: readonly Kept[]
): readonly Kept[] => [
  { ttl, data: encodedName(target), type: 5 },
  ...records.map((record) => ({ ...record, owner: target })),
];

const types: Readonly<Record<number, string>> = { 1: "A", 28: "AAAA", 33: "SRV", 35: "NAPTR" };
const UDP_SIZE_BYTES = 1_232;

/**
 * A name server on loopback, over UDP and TCP, that knows just `zone`, keyed `A example.org`. What is not in it is
 * there and empty. With `soaMinimum` absences carry an SOA record of that minimum.
 */
export async function openNameServer(zone: Readonly<Record<string, Said>>, soaMinimum?: number) {
  const socket = createSocket("udp4");
  const asked: string[] = [];
  const askedOverTcp: string[] = [];
  const answerTo = (query: Buffer): Buffer | undefined => {
    const { name, end } = decodedName(query);
    const type = query.readUInt16BE(end);
    const key = `${types[type] ?? "?"} ${name}`;
    asked.push(key);
    const said = zone[key] ?? [];
    if (said === "silence") return undefined;
    const hasEdns = query.readUInt16BE(10) > 0;
    const code =
      said === "NXDOMAIN"
        ? 3
        : said === "SERVFAIL"
          ? 2
          : said === "FORMERR with EDNS" && hasEdns
            ? 1
            : 0;
    const records = typeof said === "string" ? [] : said;
    const isAbsent = records.length === 0 && (code === 0 || code === 3) && soaMinimum !== undefined;
    const header = Buffer.alloc(12);
    query.copy(header, 0, 0, 2);
    header.writeUInt16BE(0x8180 | code, 2);
    header.writeUInt16BE(1, 4);
    header.writeUInt16BE(records.length, 6);
    header.writeUInt16BE(isAbsent ? 1 : 0, 8);
    const answers = records.map((record) => encoded(record, type));
    if (isAbsent) {
      const data = Buffer.concat([Buffer.alloc(2 + 16), Buffer.alloc(4)]);
      data.writeUInt32BE(soaMinimum, 18);
      answers.push(encoded({ ttl: 3_600, data, type: 6 }, type));
    }
    return Buffer.concat([header, query.subarray(12, end + 4), ...answers]);
  };
  socket.on("message", (query, peer) => {
    const answer = answerTo(query);
    if (answer === undefined) return;
    if (answer.length <= UDP_SIZE_BYTES) socket.send(answer, peer.port, peer.address);
    else {
      const cut = Buffer.from(answer.subarray(0, decodedName(query).end + 4));
      cut.writeUInt16BE(cut.readUInt16BE(2) | 0x0200, 2);
      cut.writeUInt16BE(0, 6);
      socket.send(cut, peer.port, peer.address);
    }
  });
  await new Promise<void>((resolve) => {
    socket.bind(0, "127.0.0.1", resolve);
  });
  const { port } = socket.address();
  const listener = createServer((stream) => {
    stream.on("error", () => undefined);
    stream.once("data", (bytes) => {
      const answer = answerTo(bytes.subarray(2));
      askedOverTcp.push(asked.at(-1) ?? "");
      if (answer === undefined) return;
      // In two pieces: a stream has no borders.
      stream.write(Buffer.concat([numbers(answer.length), answer.subarray(0, 100)]));
      setImmediate(() => stream.end(answer.subarray(100)));
    });
  });
  await new Promise<void>((resolve) => {
    listener.listen(port, "127.0.0.1", resolve);
  });
  const close = (): void => {
    socket.close();
    listener.close();
  };
  return { asked, askedOverTcp, address: `127.0.0.1:${port}`, close };
}

function encoded({ ttl, data, type, owner }: Kept, asked: number): Buffer {
  // The name of the question stands at offset 12.
  const name = owner === undefined ? numbers(0xc00c) : encodedName(owner);
  const fixed = Buffer.alloc(10);
  fixed.writeUInt16BE(type ?? asked, 0);
  fixed.writeUInt16BE(1, 2);
  fixed.writeUInt32BE(ttl, 4);
  fixed.writeUInt16BE(data.length, 8);
  return Buffer.concat([name, fixed, data]);
}

function numbers(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(2 * values.length);
  for (const [at, value] of values.entries()) bytes.writeUInt16BE(value, 2 * at);
  return bytes;
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
