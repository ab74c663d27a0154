import type { Binding, Held } from "../../location/index.ts";
import type { Aor } from "../../message/index.ts";
import { aorArgument, CommandRefused, guarded, nextTurn, shown } from "./arguments.ts";
import { chainEnd } from "./chain.ts";
import type { CommandArguments, CommandHandler, CommandOutput, CommandPort } from "./types.ts";

/** AORs looked at in one turn of the event loop. */
const LIST_SLICE = 100;
/** How often a removal begins again because a device registers at the same moment. */
const REMOVE_ATTEMPTS_MAX = 10;

/** One row of `registrations`. */
export interface Registration {
  readonly aor: string;
  readonly bindings: readonly RegisteredBinding[];
  /** Those that ended within a day, newest first. */
  readonly lapsed: readonly RegisteredBinding[];
}

export interface RegisteredBinding {
  readonly contactUri: string;
  /** Negative: it ended so long ago. */
  readonly expiresInSeconds: number;
  readonly expiresAt: string;
  readonly registeredAt: string;
  readonly q: number;
  readonly source: string;
  readonly path: readonly string[];
  readonly callId: string;
  readonly cseq: number;
}

/** `registrations`: a row for each AOR with a live binding; with the argument `aor` that one, registered or not. */
export const registrations: CommandHandler = (args, port) =>
  guarded(args["aor"] === undefined ? listAll(port) : listOne(args, port));

async function* listAll(port: CommandPort): AsyncIterable<CommandOutput> {
  const nowMs = port.nowMs();
  let aors = 0;
  let bindings = 0;
  let looked = 0;
  for await (const [aor, held] of port.location.entries(nowMs)) {
    yield { kind: "row", value: registrationOf(aor, held, nowMs) };
    aors += 1;
    bindings += held.bindings.length;
    looked += 1;
    if (looked % LIST_SLICE === 0) await nextTurn();
  }
  yield { kind: "done", value: { aors, bindings } };
}

async function* listOne(args: CommandArguments, port: CommandPort): AsyncIterable<CommandOutput> {
  const asked = aorArgument(args, "aor");
  const nowMs = port.nowMs();
  let aor = asked;
  const entry = await port.directory.find(asked);
  if (entry?.kind === "alias") {
    const end = await chainEnd(asked, entry.target, port.directory);
    if (end.kind === "ends") ({ aor } = end);
    yield { kind: "warning", text: `${shown(asked)} is an alias of ${shown(entry.target)}` };
  }
  const held = await port.location.lookup(aor, nowMs);
  const isKnown = held.version > 0 || (await port.directory.find(aor))?.kind === "subscriber";
  if (!isKnown) {
    throw new CommandRefused(
      `there is no user ${shown(aor)}; to see who is there: nexthop user list`,
      { exitCode: 1, causeId: "user-unknown" },
    );
  }
  yield { kind: "row", value: registrationOf(aor, held, nowMs) };
  yield { kind: "done", value: { aors: 1, bindings: held.bindings.length } };
}

/** Unbinds all devices of an AOR. @returns how many were bound */
export async function removeBindings(aor: Aor, port: CommandPort): Promise<number> {
  const nowMs = port.nowMs();
  let held = await port.location.lookup(aor, nowMs);
  for (let attempt = 0; attempt < REMOVE_ATTEMPTS_MAX; attempt += 1) {
    if (held.bindings.length === 0) return 0;
    const outcome = await port.location.replace(aor, held.version, [], nowMs);
    if (outcome.kind === "written") return held.bindings.length;
    ({ held } = outcome);
  }
  throw new CommandRefused(
    `a device of ${shown(aor)} keeps registering; its bindings end when they expire`,
    { exitCode: 1 },
  );
}

function registrationOf(aor: Aor, held: Held, nowMs: number): Registration {
  return {
    aor,
    bindings: held.bindings.map((binding) => bindingOf(binding, nowMs)),
    lapsed: held.lapsed.map((binding) => bindingOf(binding, nowMs)),
  };
}

function bindingOf(binding: Binding, nowMs: number): RegisteredBinding {
  return {
    contactUri: unicode(binding.contactUri),
    expiresInSeconds: Math.round((binding.expiresAtMs - nowMs) / 1000),
    expiresAt: isoOf(binding.expiresAtMs),
    registeredAt: isoOf(binding.updatedAtMs),
    q: binding.qMilli / 1000,
    source: binding.source,
    path: binding.path.map(unicode),
    callId: unicode(binding.callId),
    cseq: binding.cseq,
  };
}

function isoOf(timeMs: number): string {
  return new Date(timeMs).toISOString();
}

/** Text of messages is latin1, one char a byte; people read UTF-8. */
function unicode(text: string): string {
  return Buffer.from(text, "latin1").toString("utf8");
}
