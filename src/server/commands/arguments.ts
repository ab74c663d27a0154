import { parseTypedAddress, passwordProblem } from "../../directory/index.ts";
import type { Aor } from "../../message/index.ts";
import type { CommandArguments, CommandOutput } from "./types.ts";

/** Why a command cannot begin; thrown by the readers here and told as `failed` by {@link guarded}. */
export class CommandRefused extends Error {
  override readonly name = "CommandRefused";
  readonly exitCode: 1 | 2 | 3;
  readonly causeId: string | undefined;

  constructor(text: string, options: { readonly exitCode: 1 | 2 | 3; readonly causeId?: string }) {
    super(text);
    this.exitCode = options.exitCode;
    this.causeId = options.causeId;
  }
}

/** Runs a command and turns what it refuses into its last output. Failures of the stores pass through. */
export async function* guarded(
  outputs: AsyncIterable<CommandOutput>,
): AsyncIterable<CommandOutput> {
  try {
    yield* outputs;
  } catch (error) {
    if (!(error instanceof CommandRefused)) throw error;
    const { message: text, exitCode, causeId } = error;
    yield causeId === undefined
      ? { kind: "failed", text, exitCode }
      : { kind: "failed", causeId, text, exitCode };
  }
}

/** The address under that name. */
export function aorArgument(args: CommandArguments, name: string): Aor {
  const text = textArgument(args, name);
  const aor = parseTypedAddress(text);
  if (aor !== undefined) return aor;
  throw new CommandRefused(`"${text}" is not an address: user@domain is expected`, { exitCode: 2 });
}

/** The text under that name; must be there. */
export function textArgument(args: CommandArguments, name: string): string {
  const value = args[name];
  if (typeof value === "string") return value;
  throw new CommandRefused(`the argument "${name}" is missing`, { exitCode: 2 });
}

/** The password under that name, fit to be kept. */
export function passwordArgument(args: CommandArguments, name: string): string {
  const password = textArgument(args, name);
  const problem = passwordProblem(password);
  if (problem === undefined) return password;
  throw new CommandRefused(problem, { exitCode: 2 });
}

/** An address as people write it: without `sip:`, escapes of other scripts undone where that is readable. */
export function shown(aor: string): string {
  const text = aor.startsWith("sip:") ? aor.slice("sip:".length) : aor;
  const readable = text.replaceAll(/(?:%[89A-F][0-9A-F])+/gi, (escapes) => {
    const bytes = Buffer.from(escapes.replaceAll("%", ""), "hex").toString("utf8");
    return /[\ufffd\p{C}]/u.test(bytes) ? escapes : bytes;
  });
  return readable;
}

/** Lets the server answer calls: to be awaited after each slice of work. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
