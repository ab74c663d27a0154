export type { NameQuestion } from "./name-question.ts";
export { createResolver, type NameResolver, type ResolverOptions } from "./resolver.ts";
