import { resolve } from "node:path";
import { Command, InvalidArgumentError } from "commander";
import { exitCodes } from "./exit-codes.ts";
import { processTerminal, type Terminal } from "./terminal.ts";

const EXAMPLES = `
Pages lie as en/codes/404/index.html for /en/codes/404: any web server shows them as they are.

Examples:
  nexthop site build public --base-url https://example.org
  nexthop site build public --base-url https://example.org/sip`;

interface BuildOptions {
  readonly baseUrl?: URL;
}

/** `nexthop site`: the reference as files. */
export function siteCommand(terminal: Terminal = processTerminal()): Command {
  const site = new Command("site").description("the reference as a web site of files");
  site
    .command("build")
    .argument("<dir>", "where to: a folder that is empty or not there yet")
    .option(
      "--base-url <url>",
      "where it will be found; for canonical links and sitemaps",
      baseUrlOf,
    )
    .description("write every page in every language")
    .addHelpText("after", EXAMPLES)
    .action((folder: string, options: BuildOptions) => build(folder, options, terminal));
  return site;
}

async function build(folder: string, { baseUrl }: BuildOptions, terminal: Terminal): Promise<void> {
  // The pages are loaded by this command alone; no other one waits for them.
  const { buildSite, FolderNotEmpty } = await import("../web/index.ts");
  const startedAtMs = performance.now();
  try {
    const { pages, files, sizeBytes } = await buildSite({
      folder,
      ...(baseUrl === undefined ? {} : { baseUrl }),
      progress: (done, total) => terminal.progress(bar(done, total)),
    });
    terminal.progress("");
    const seconds = ((performance.now() - startedAtMs) / 1_000).toFixed(1);
    const size = `${Math.round(sizeBytes / 1e6)} MB`;
    terminal.out(`${pages} pages, ${files} files, ${size} in ${seconds} s: ${resolve(folder)}`);
    if (baseUrl === undefined) {
      terminal.error("Sitemaps name http://localhost: give --base-url before you publish it.");
    }
  } catch (error) {
    terminal.progress("");
    if (error instanceof FolderNotEmpty) {
      terminal.error(
        `${folder} is not empty, and nothing was written: name a new folder, or empty it.`,
      );
    } else if (isFileFault(error)) {
      terminal.error(`${folder}: ${error.message}`);
    } else throw error;
    terminal.exitCode(exitCodes.failed);
  }
}

const BAR_COLUMNS = 30;

function bar(done: number, total: number): string {
  const full = total === 0 ? 0 : Math.round((done / total) * BAR_COLUMNS);
  return `${"█".repeat(full)}${"░".repeat(BAR_COLUMNS - full)} ${done} of ${total} pages`;
}

function isFileFault(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && "syscall" in error;
}

function baseUrlOf(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isPlain = url?.search === "" && url.hash === "" && url.username === "";
  if (url !== undefined && isPlain && /^https?:$/.test(url.protocol)) return url;
  throw new InvalidArgumentError(
    "accepted: a URL such as https://example.org or https://example.org/sip",
  );
}
