/** What a command writes to and learns about where it runs. A test gives its own. */
export interface Terminal {
  out(line: string): void;
  error(line: string): void;
  /** Overwrites one line while something long goes on; nothing where nobody watches. An empty line takes it away. */
  progress(line: string): void;
  /** Somebody sits there who can be asked. */
  readonly isInteractive: boolean;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** What the process will end with: 0 done, 1 the thing asked about failed, 2 wrong usage, 3 no server or store. */
  exitCode(code: 0 | 1 | 2 | 3): void;
}

/** The terminal or pipe that this process was started with. */
export function processTerminal(): Terminal {
  return {
    out: (line) => process.stdout.write(`${line}\n`),
    error: (line) => process.stderr.write(`${line}\n`),
    progress: (line) => {
      if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${line}`);
    },
    isInteractive: process.stdin.isTTY && process.stderr.isTTY,
    environment: process.env,
    exitCode: (code) => {
      process.exitCode = code;
    },
  };
}
