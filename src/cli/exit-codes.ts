/** What a command ends with. Scripts rely on it. */
export const exitCodes = {
  done: 0,
  /** The thing asked about failed: a call that was refused, a listener that could not be bound, an import with bad rows. */
  failed: 1,
  /** Wrong usage: an unknown command or flag, a mistake in the config file. */
  usage: 2,
  /** No server or store is there to ask. */
  nobodyThere: 3,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];
