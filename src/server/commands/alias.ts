import { domainOf, parseUri } from "../../message/index.ts";
import { ALIAS_CHAIN_MAX } from "../../proxy/index.ts";
import {
  aorArgument,
  CommandRefused,
  guarded,
  nextTurn,
  shown,
  textArgument,
} from "./arguments.ts";
import { aliasesTo, chainEnd } from "./chain.ts";
import { parseTypedAddress } from "../../directory/index.ts";
import type { CommandArguments, CommandHandler, CommandOutput, CommandPort } from "./types.ts";

/** Longest URI that an alias may lead to. */
const TARGET_CHARS_MAX = 1_024;
const LIST_SLICE = 250;

/** `alias add`: arguments `alias` (an address) and `target` (an address, or a URI elsewhere). */
export const aliasAdd: CommandHandler = (args, port) => guarded(add(args, port));

async function* add(args: CommandArguments, port: CommandPort): AsyncIterable<CommandOutput> {
  const alias = aorArgument(args, "alias");
  const target = targetArgument(args);
  const there = await port.directory.find(alias);
  if (there?.kind === "subscriber") {
    throw new CommandRefused(`${shown(alias)} is a user; an alias needs a name of its own`, {
      exitCode: 1,
    });
  }
  if (there?.kind === "alias" && there.target !== target) {
    throw new CommandRefused(
      `${shown(alias)} is an alias of ${shown(there.target)} already; remove it first: ` +
        `nexthop alias remove ${shown(alias)}`,
      { exitCode: 1 },
    );
  }
  const end = await chainEnd(alias, target, port.directory);
  switch (end.kind) {
    case "loops":
      throw new CommandRefused(`${shown(target)} leads back to ${shown(alias)}`, {
        exitCode: 1,
        causeId: "alias-loop",
      });
    case "too-long":
      throw new CommandRefused(
        `from ${shown(alias)} on it would be more than ${ALIAS_CHAIN_MAX} aliases in a row`,
        { exitCode: 1, causeId: "alias-loop" },
      );
    case "ends":
      if (!end.isSubscriber && port.domains?.includes(domainOf(end.aor)) !== false) {
        yield {
          kind: "warning",
          text: `there is no user ${shown(end.aor)} yet: nexthop user add ${shown(end.aor)}`,
        };
      }
      break;
    case "leaves":
      break;
  }
  if (port.domains !== undefined && !port.domains.includes(domainOf(alias))) {
    const domain = domainOf(alias);
    yield {
      kind: "warning",
      text: `${domain} is not served here: nexthop serve --domain ${domain}`,
    };
  }
  await port.directory.put([{ kind: "alias", aor: alias, target }]);
  yield { kind: "done", value: { alias, target } };
}

/** `alias remove`: argument `alias`. */
export const aliasRemove: CommandHandler = (args, port) => guarded(remove(args, port));

async function* remove(args: CommandArguments, port: CommandPort): AsyncIterable<CommandOutput> {
  const alias = aorArgument(args, "alias");
  const there = await port.directory.find(alias);
  if (there?.kind !== "alias") {
    throw new CommandRefused(
      there === undefined
        ? `there is no alias ${shown(alias)}; to see them: nexthop alias list`
        : `${shown(alias)} is a user, not an alias`,
      { exitCode: 1 },
    );
  }
  await port.directory.remove(alias);
  for (const other of await aliasesTo(alias, port.directory)) {
    yield {
      kind: "warning",
      text: `the alias ${shown(other)} still leads to ${shown(alias)}, which is gone`,
    };
  }
  yield { kind: "done", value: { alias, target: there.target } };
}

/** `alias list`: a row for each, `{ alias, target }`. */
export const aliasList: CommandHandler = (_, port) => guarded(list(port));

async function* list(port: CommandPort): AsyncIterable<CommandOutput> {
  let count = 0;
  for await (const entry of port.directory.entries("alias")) {
    if (entry.kind !== "alias") continue;
    yield { kind: "row", value: { alias: entry.aor, target: entry.target } };
    count += 1;
    if (count % LIST_SLICE === 0) await nextTurn();
  }
  yield { kind: "done", value: { aliases: count } };
}

/** An address becomes its canonical form; a URI that says more than that stays as it is. */
function targetArgument(args: CommandArguments): string {
  const text = textArgument(args, "target").trim();
  const hasScheme = /^[a-z][a-z0-9+.-]*:/i.test(text);
  const uri = hasScheme ? parseUri(text) : undefined;
  const saysMore =
    uri?.kind === "tel" ||
    (uri?.kind === "sip" &&
      (uri.scheme === "sips" ||
        uri.user === undefined ||
        uri.password !== undefined ||
        uri.port !== undefined ||
        uri.parameters.length > 0 ||
        uri.headers !== undefined));
  const target = saysMore ? text : parseTypedAddress(text);
  if (target !== undefined && target.length <= TARGET_CHARS_MAX) return target;
  throw new CommandRefused(`"${text}" is neither an address nor a sip, sips or tel URI`, {
    exitCode: 2,
  });
}
