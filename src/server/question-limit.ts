import { ServerError } from "../causes/index.ts";

/**
 * The answer, or a fault when it takes longer than that: a store that hangs must not hang the call.
 * @throws ServerError `directory-unreachable` or `location-unreachable`
 */
export async function withinLimit<Answer>(
  answer: Promise<Answer>,
  limitMs: number,
  store: "directory" | "location",
): Promise<Answer> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new ServerError(`${store}-unreachable`, `no answer within ${limitMs} ms`));
    }, limitMs);
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}
