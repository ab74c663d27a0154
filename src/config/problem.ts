/** One mistake in a configuration. */
export interface ConfigProblem {
  /** `listen[1].port`; empty for the file as a whole. */
  readonly path: string;
  /** What stands there, as JSON and cut short; undefined when nothing does. */
  readonly given: string | undefined;
  /** What would be right, or what it was probably meant to be. */
  readonly accepted: string;
}

/** All that is wrong with a configuration, at once. `message` holds one line a problem. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
  readonly problems: readonly ConfigProblem[];

  constructor(source: string, problems: readonly ConfigProblem[]) {
    const count = problems.length === 1 ? "1 problem" : `${problems.length} problems`;
    super(
      [`${source}: ${count}`, ...problems.map((problem) => `  ${inWords(problem)}`)].join("\n"),
    );
    this.problems = problems;
  }
}

const GIVEN_MAX_CHARS = 60;

/** A value as the operator wrote it, near enough to find it again. */
export function shown(value: unknown): string | undefined {
  if (value === undefined) return undefined;
  const text = typeof value === "function" ? "a function" : (JSON.stringify(value) ?? typeof value);
  return text.length > GIVEN_MAX_CHARS ? `${text.slice(0, GIVEN_MAX_CHARS - 1)}…` : text;
}

/** `["listen", 1, "port"]` as `listen[1].port`. */
export function pathText(path: readonly PropertyKey[]): string {
  let text = "";
  for (const part of path) {
    if (typeof part === "number") text += `[${part}]`;
    else text += text === "" ? String(part) : `.${String(part)}`;
  }
  return text;
}

function inWords({ path, given, accepted }: ConfigProblem): string {
  const where = path === "" ? "" : `${path}: `;
  return given === undefined ? `${where}${accepted}` : `${where}${given} given; ${accepted}`;
}
