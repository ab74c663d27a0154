import { usernameOf } from "../../auth/index.ts";
import { parseTypedAddress, passwordProblem } from "../../directory/index.ts";
import type { Subscriber } from "../../directory/index.ts";
import { domainOf, type Aor } from "../../message/index.ts";
import {
  aorArgument,
  CommandRefused,
  guarded,
  nextTurn,
  passwordArgument,
  shown,
} from "./arguments.ts";
import { aliasesTo } from "./chain.ts";
import { removeBindings } from "./registrations.ts";
import type { CommandArguments, CommandHandler, CommandOutput, CommandPort } from "./types.ts";

/** Rows of an import in one command; a longer file comes as several. Keeps each command short for the server. */
export const IMPORT_COMMAND_ROWS_MAX = 500;
/** Rows hashed in one turn of the event loop: six hashes each, under a millisecond in all. */
const HASH_SLICE = 50;
/** Rows listed in one turn of the event loop. */
const LIST_SLICE = 100;

/** `user add`: arguments `aor`, `password`. Fails when the name is taken. */
export const userAdd: CommandHandler = (args, port) => guarded(add(args, port));

async function* add(args: CommandArguments, port: CommandPort): AsyncIterable<CommandOutput> {
  const aor = aorArgument(args, "aor");
  const password = passwordArgument(args, "password");
  const there = await port.directory.find(aor);
  if (there?.kind === "subscriber") {
    throw new CommandRefused(
      `${shown(aor)} exists already; to change the password: nexthop user password ${shown(aor)}`,
      { exitCode: 1 },
    );
  }
  if (there?.kind === "alias") {
    throw new CommandRefused(
      `${shown(aor)} is an alias of ${shown(there.target)}; remove it first: ` +
        `nexthop alias remove ${shown(aor)}`,
      { exitCode: 1 },
    );
  }
  await port.directory.put([subscriberOf(aor, password, port)]);
  yield* domainWarnings([aor], port);
  yield { kind: "done", value: { aor } };
}

/** `user password`: arguments `aor`, `password`. */
export const userPassword: CommandHandler = (args, port) => guarded(changePassword(args, port));

async function* changePassword(
  args: CommandArguments,
  port: CommandPort,
): AsyncIterable<CommandOutput> {
  const aor = aorArgument(args, "aor");
  const password = passwordArgument(args, "password");
  await insistSubscriber(aor, port);
  await port.directory.put([subscriberOf(aor, password, port)]);
  yield { kind: "done", value: { aor } };
}

/** `user remove`: argument `aor`. The devices of the user are unbound, and aliases left without an end are told. */
export const userRemove: CommandHandler = (args, port) => guarded(remove(args, port));

async function* remove(args: CommandArguments, port: CommandPort): AsyncIterable<CommandOutput> {
  const aor = aorArgument(args, "aor");
  await insistSubscriber(aor, port);
  await port.directory.remove(aor);
  const bindingsRemoved = await removeBindings(aor, port);
  for (const alias of await aliasesTo(aor, port.directory)) {
    yield {
      kind: "warning",
      text: `the alias ${shown(alias)} still leads to ${shown(aor)}, who is gone`,
    };
  }
  yield { kind: "done", value: { aor, bindingsRemoved } };
}

/** `user list`: a row for each user, `{ aor, hasPassword, bindings }`. */
export const userList: CommandHandler = (_, port) => guarded(list(port));

async function* list(port: CommandPort): AsyncIterable<CommandOutput> {
  let count = 0;
  for await (const { kind, aor, ...entry } of port.directory.entries("subscriber")) {
    if (kind !== "subscriber") continue;
    const held = await port.location.lookup(aor, port.nowMs());
    const hasPassword = "credential" in entry && entry.credential !== undefined;
    yield { kind: "row", value: { aor, hasPassword, bindings: held.bindings.length } };
    count += 1;
    if (count % LIST_SLICE === 0) await nextTurn();
  }
  yield { kind: "done", value: { users: count } };
}

/**
 * `user import`: argument `rows`, at most 500 of `[aor, password]`; who exists gets the new password. All rows are
 * checked before the first is written. The end says how many are new.
 */
export const userImport: CommandHandler = (args, port) => guarded(importRows(args, port));

async function* importRows(
  args: CommandArguments,
  port: CommandPort,
): AsyncIterable<CommandOutput> {
  const rows = rowsArgument(args);
  const entries: Subscriber[] = [];
  let added = 0;
  for (const [aor, password] of rows) {
    const there = await port.directory.find(aor);
    if (there?.kind === "alias") {
      throw new CommandRefused(
        `${shown(aor)} is an alias of ${shown(there.target)}; remove it first: ` +
          `nexthop alias remove ${shown(aor)}`,
        { exitCode: 1 },
      );
    }
    if (there === undefined) added += 1;
    entries.push(subscriberOf(aor, password, port));
    if (entries.length % HASH_SLICE === 0) await nextTurn();
  }
  await port.directory.put(entries);
  yield* domainWarnings(
    entries.map(({ aor }) => aor),
    port,
  );
  yield { kind: "done", value: { added, changed: entries.length - added } };
}

function rowsArgument(args: CommandArguments): readonly (readonly [Aor, string])[] {
  const { rows } = { rows: args["rows"] };
  if (!Array.isArray(rows) || rows.length > IMPORT_COMMAND_ROWS_MAX) {
    throw new CommandRefused(`"rows" is a list of at most ${IMPORT_COMMAND_ROWS_MAX}`, {
      exitCode: 2,
    });
  }
  return rows.map((row: unknown) => {
    const [address, password]: readonly unknown[] = Array.isArray(row) ? row : [];
    const aor = typeof address === "string" ? parseTypedAddress(address) : undefined;
    const problem = typeof password === "string" ? passwordProblem(password) : "no password";
    if (aor === undefined || typeof password !== "string" || problem !== undefined) {
      throw new CommandRefused(`a row is [address, password]: ${problem ?? "no address"}`, {
        exitCode: 2,
      });
    }
    return [aor, password];
  });
}

async function insistSubscriber(aor: Aor, port: CommandPort): Promise<void> {
  const there = await port.directory.find(aor);
  if (there?.kind === "subscriber") return;
  throw new CommandRefused(
    there === undefined
      ? `there is no user ${shown(aor)}; to see who is there: nexthop user list`
      : `${shown(aor)} is an alias of ${shown(there.target)}, not a user`,
    { exitCode: 1, causeId: "user-unknown" },
  );
}

function subscriberOf(aor: Aor, password: string, port: CommandPort): Subscriber {
  const credential = port.credentialOf(usernameOf(aor), domainOf(aor), password);
  return { kind: "subscriber", aor, credential };
}

/** One warning for each domain that is not served. */
function* domainWarnings(aors: readonly Aor[], port: CommandPort): Iterable<CommandOutput> {
  if (port.domains === undefined) return;
  const served = new Set(port.domains.map((domain) => domain.toLowerCase()));
  for (const domain of new Set(aors.map(domainOf))) {
    if (served.has(domain)) continue;
    yield {
      kind: "warning",
      text: `${domain} is not served here: nexthop serve --domain ${domain}`,
    };
  }
}
