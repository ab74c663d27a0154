import { ServerError } from "../causes/index.ts";

/** The detail of a surroundings' fault without its id in front, which is told apart anyway. */
export function detailOf(error: unknown): string {
  if (error instanceof ServerError) return error.message.slice(error.causeId.length + 2);
  return error instanceof Error ? error.message : String(error);
}
