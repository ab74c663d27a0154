import { Command } from "commander";
import { shown, type RegisteredBinding, type Registration } from "../server/index.ts";
import { runDirectoryCommand, type DirectoryOptions } from "./directory-command.ts";
import { processTerminal, type Terminal } from "./terminal.ts";
import { timeText } from "./time-text.ts";

/** `nexthop registrations`: which devices can be reached, where, and for how long. */
export function registrationsCommand(terminal: Terminal = processTerminal()): Command {
  return new Command("registrations")
    .argument("[aor]", "one address; also shows what ended lately")
    .description("list what is registered")
    .option("--data <dir>", "the data folder")
    .option("--json", "one JSON object a line")
    .action((aor: string | undefined, options: DirectoryOptions) =>
      runDirectoryCommand(
        {
          command: "registrations",
          args: aor === undefined ? {} : { aor },
          options,
          wording: {
            row: (value) => registrationLines(value as Registration, aor !== undefined),
            done: (value) => (aor === undefined ? counted(value) : []),
          },
        },
        terminal,
      ),
    );
}

function registrationLines(
  { aor, bindings, lapsed }: Registration,
  withLapsed: boolean,
): readonly string[] {
  const lines = [shown(aor)];
  if (bindings.length === 0) lines.push("  not registered: calls get 480 Temporarily Unavailable");
  for (const binding of bindings) {
    lines.push(`  ${binding.contactUri}`);
    const q = binding.q === 1 ? "" : `, q ${binding.q}`;
    const left = timeText(binding.expiresInSeconds);
    lines.push(`    expires in ${left}${q}, from ${binding.source}`);
    for (const hop of binding.path) lines.push(`    through ${hop}`);
  }
  if (withLapsed) for (const binding of lapsed) lines.push(lapsedLine(binding));
  return lines;
}

function lapsedLine({ contactUri, expiresInSeconds }: RegisteredBinding): string {
  return `  ended ${timeText(-expiresInSeconds)} ago: ${contactUri}`;
}

function counted(value: unknown): readonly string[] {
  const { aors, bindings } = value as { readonly aors: number; readonly bindings: number };
  if (aors === 0) return ["Nobody is registered."];
  const users = aors === 1 ? "1 user" : `${aors} users`;
  return [`${users}, ${bindings === 1 ? "1 device" : `${bindings} devices`}`];
}
