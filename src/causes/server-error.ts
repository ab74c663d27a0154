import type { CauseId } from "./causes.ts";

/** A failure of our surroundings: a socket, a store, a file. Match on `causeId`, never on `message`. */
export class ServerError extends Error {
  override readonly name = "ServerError";
  readonly causeId: CauseId;

  constructor(causeId: CauseId, detail: string, options?: { readonly cause?: unknown }) {
    super(`${causeId}: ${detail}`, options);
    this.causeId = causeId;
  }
}
