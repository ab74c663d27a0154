import { fuzzServer, MESSAGES_PER_SERVER } from "./server-target.ts";
import { checkParser, messageOf } from "./parser-target.ts";
import type { Specimen } from "./corpus.ts";
import { vectors } from "./vectors.ts";

/** No message takes longer to be read in all ways that the parser target tries; a large one takes a few of these. */
export const MESSAGE_LIMIT_MS = 1_000;

/** Seeds from `first` up; each is one message of the parser, and one server with its peers. */
export interface Runs {
  readonly first: number;
  readonly messages: number;
  /** Told before each seed, for whoever watches over a run that may hang. */
  readonly begins?: (seed: number) => void;
}

/** What was played and what broke. */
export interface Figures {
  messages: number;
  /** Messages that the parser took; cases that the server kept. */
  taken: number;
  slowestMs: number;
  readonly statusCodes: Map<number, number>;
  readonly found: Omit<Specimen, "hash">[];
}

/** As many messages through the parser. */
export function runParser({ first, messages, begins }: Runs): Figures {
  const all = vectors();
  const figures = newFigures();
  for (let seed = first; seed < first + messages; seed += 1) {
    begins?.(seed);
    const text = messageOf(seed, all);
    const startedAtMs = performance.now();
    const finding = told(() => {
      if (checkParser(text, seed)) figures.taken += 1;
    });
    const tookMs = performance.now() - startedAtMs;
    figures.messages += 1;
    figures.slowestMs = Math.max(figures.slowestMs, tookMs);
    if (finding !== undefined)
      figures.found.push({ target: "parser", seed, texts: [text], finding });
    else if (tookMs > MESSAGE_LIMIT_MS) {
      const slow = `${Math.round(tookMs)} ms`;
      figures.found.push({ target: "parser", seed, texts: [text], finding: slow });
    }
  }
  return figures;
}

/** At least as many messages through servers, one after another. */
export async function runServers({ first, messages, begins }: Runs): Promise<Figures> {
  const all = vectors();
  const figures = newFigures();
  for (let seed = first; figures.messages < messages; seed += 1) {
    begins?.(seed);
    const startedAtMs = performance.now();
    const heard: string[] = [];
    try {
      // oxlint-disable-next-line no-await-in-loop -- one server after another
      const run = await fuzzServer(seed, all, { heard });
      figures.messages += run.messages;
      figures.taken += run.cases;
      for (const [statusCode, count] of run.statusCodes) {
        figures.statusCodes.set(statusCode, (figures.statusCodes.get(statusCode) ?? 0) + count);
      }
    } catch (error) {
      figures.messages += MESSAGES_PER_SERVER;
      const finding = textOf(error);
      // oxlint-disable-next-line no-await-in-loop
      const texts = await fewer(seed, all, heard);
      figures.found.push({ target: "server", seed, texts, finding });
    }
    figures.slowestMs = Math.max(figures.slowestMs, performance.now() - startedAtMs);
  }
  return figures;
}

/** Plays what was kept; throws as it did when it was found. */
export async function replay({ target, seed, texts }: Specimen): Promise<void> {
  if (target === "parser") for (const text of texts) checkParser(text, seed);
  else await fuzzServer(seed, vectors(), texts.length === 0 ? {} : { texts });
}

/** The last message alone when that is enough, else as few of the last as break it again, else only the seed tells. */
async function fewer(
  seed: number,
  all: readonly string[],
  heard: readonly string[],
): Promise<readonly string[]> {
  for (let count = 1; count < 2 * heard.length; count *= 2) {
    const texts = heard.slice(-count);
    // oxlint-disable-next-line no-await-in-loop
    const isBroken = await fuzzServer(seed, all, { texts }).then(
      () => false,
      () => true,
    );
    if (isBroken) return texts;
  }
  return [];
}

function newFigures(): Figures {
  return { messages: 0, taken: 0, slowestMs: 0, statusCodes: new Map(), found: [] };
}

function told(run: () => void): string | undefined {
  try {
    run();
    return undefined;
  } catch (error) {
    return textOf(error);
  }
}

function textOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const places = error.stack?.split("\n").filter((line) => line.includes("    at ")) ?? [];
  const where = places
    .slice(0, 4)
    .map((line) => line.trim().replace(/file:\/\/.*\/(?=src|test)/, ""));
  return `${error.message}\n${where.join("\n")}`;
}
