/** What an audio session needs to be offered and answered; the rest of a description is passed over. */
export interface AudioDescription {
  /** Where RTP is to be sent: the connection address that holds for the audio stream. IPv6 without brackets. */
  readonly address: string;
  /** 0: the stream is refused (RFC 3264 §6). */
  readonly port: number;
  /** In order of preference; dynamic types by their rtpmap. */
  readonly codecs: readonly Codec[];
  readonly direction: Direction;
}

/** One RTP payload type of a stream. */
export interface Codec {
  readonly payloadType: number;
  /** Upper case: "PCMU"; `""` for a dynamic type without an rtpmap. */
  readonly name: string;
}

const directions = ["sendrecv", "sendonly", "recvonly", "inactive"] as const;
export type Direction = (typeof directions)[number];

/** The two that every telephone knows (RFC 3551 §6). */
const knownCodecs: readonly Codec[] = [
  { payloadType: 0, name: "PCMU" },
  { payloadType: 8, name: "PCMA" },
];
const staticNames: Readonly<Record<number, string>> = {
  0: "PCMU",
  3: "GSM",
  8: "PCMA",
  9: "G722",
  18: "G729",
};

/** Where this side receives RTP, and under which session id it says so. */
export interface DescriptionOptions {
  readonly address: string;
  readonly port: number;
  /** Decimal digits; unique for the originator (RFC 8866 §5.2). */
  readonly sessionId: string;
}

/** A session description that offers one audio stream with G.711 in both forms (RFC 3264 §5). */
export function buildOffer(options: DescriptionOptions): string {
  return describe(options, options.port, knownCodecs, "sendrecv");
}

/**
 * The answer to an offer (RFC 3264 §6): the codecs that both know, in the order of the offer; port 0 when there is
 * none. Only for offers with audio as their one stream: what else is offered would have to be refused line by line.
 */
export function buildAnswer(offer: AudioDescription, options: DescriptionOptions): string {
  const common = offer.codecs.filter(({ payloadType }) =>
    knownCodecs.some((known) => known.payloadType === payloadType),
  );
  const answered: Readonly<Record<Direction, Direction>> = {
    sendrecv: "sendrecv",
    sendonly: "recvonly",
    recvonly: "sendonly",
    inactive: "inactive",
  };
  const isRefused = common.length === 0 || offer.port === 0;
  return describe(
    options,
    isRefused ? 0 : options.port,
    isRefused ? offer.codecs.slice(0, 1) : common,
    answered[offer.direction],
  );
}

/** Reads the first audio stream of a session description; undefined when it has none that can be understood. */
export function parseAudio(text: string): AudioDescription | undefined {
  let address: string | undefined;
  let sessionDirection: Direction = "sendrecv";
  let audio: { port: number; types: readonly string[] } | undefined;
  let audioDirection: Direction | undefined;
  let isInAudio = false;
  const names = new Map<string, string>();
  for (const line of text.split(/\r?\n/)) {
    const value = line.slice(2).trim();
    if (line.startsWith("m=")) {
      if (audio !== undefined) break;
      const [media, port, , ...types] = value.split(" ");
      isInAudio = media === "audio";
      const portNumber = Number.parseInt(port ?? "", 10);
      if (isInAudio && portNumber >= 0 && portNumber <= 65_535) audio = { port: portNumber, types };
    } else if (line.startsWith("c=") && (isInAudio || address === undefined)) {
      address = value.split(" ")[2]?.split("/")[0] ?? address;
    } else if (line.startsWith("a=")) {
      const direction = directions.find((known) => known === value);
      if (direction !== undefined && isInAudio) audioDirection = direction;
      else if (direction !== undefined && audio === undefined) sessionDirection = direction;
      const rtpmap = /^rtpmap:(\d+) ([^/]+)/.exec(value);
      if (isInAudio && rtpmap !== null) names.set(rtpmap[1] ?? "", (rtpmap[2] ?? "").toUpperCase());
    }
  }
  if (audio === undefined || address === undefined) return undefined;
  return {
    address,
    port: audio.port,
    codecs: audio.types.map((type) => {
      const payloadType = Number(type);
      return { payloadType, name: names.get(type) ?? staticNames[payloadType] ?? "" };
    }),
    direction: audioDirection ?? sessionDirection,
  };
}

function describe(
  { address, sessionId }: DescriptionOptions,
  port: number,
  codecs: readonly Codec[],
  direction: Direction,
): string {
  const family = address.includes(":") ? "IP6" : "IP4";
  return [
    "v=0",
    `o=- ${sessionId} 1 IN ${family} ${address}`,
    "s=-",
    `c=IN ${family} ${address}`,
    "t=0 0",
    `m=audio ${port} RTP/AVP ${codecs.map(({ payloadType }) => payloadType).join(" ")}`,
    ...codecs.flatMap(({ payloadType, name }) =>
      name === "" ? [] : [`a=rtpmap:${payloadType} ${name}/8000`],
    ),
    `a=${direction}`,
    "",
  ].join("\r\n");
}
