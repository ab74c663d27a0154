import type { Directory, DirectoryEntry } from "../../directory/index.ts";
import type { NearMissAnswer, NearMissQuestion } from "../../explain/index.ts";
import type { LocationStore } from "../../location/index.ts";
import { nextTurn } from "./arguments.ts";

/** Questions asked in one turn of the event loop. */
const ASK_SLICE = 250;
/** What a slow, remote directory may cost a reader; what was found by then is shown. */
const ASK_LIMIT_MS = 2_000;

/** Asks the stores who is there under each of these addresses; a running server goes on answering calls. */
export async function askNearMisses(
  questions: readonly NearMissQuestion[],
  stores: {
    readonly directory: Directory;
    readonly location: LocationStore;
    readonly nowMs: () => number;
  },
): Promise<NearMissAnswer[]> {
  const { directory, location, nowMs } = stores;
  const startedAtMs = nowMs();
  const answers: NearMissAnswer[] = [];
  for (const [index, question] of questions.entries()) {
    if (nowMs() - startedAtMs > ASK_LIMIT_MS) break;
    // oxlint-disable-next-line no-await-in-loop -- one after another, in slices: calls come first
    if (index % ASK_SLICE === ASK_SLICE - 1) await nextTurn();
    const found = directory.find(question.aor);
    // oxlint-disable-next-line no-await-in-loop -- a promise only where the directory is remote
    const entry = found instanceof Promise ? await found : found;
    // oxlint-disable-next-line no-await-in-loop -- only for the few that are there
    if (entry !== undefined) answers.push(await answerTo(question, entry, location, nowMs()));
  }
  return answers;
}

async function answerTo(
  question: NearMissQuestion,
  entry: DirectoryEntry,
  location: LocationStore,
  nowMs: number,
): Promise<NearMissAnswer> {
  if (entry.kind === "alias") {
    const { target } = entry;
    return {
      question,
      entry: { kind: "alias", target },
      devices: undefined,
      lapsedAtMs: undefined,
    };
  }
  const { bindings, lapsed } = await location.lookup(question.aor, nowMs);
  return {
    question,
    entry: { kind: "subscriber" },
    devices: bindings.length,
    lapsedAtMs: lapsed[0]?.expiresAtMs,
  };
}
