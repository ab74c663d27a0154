export {
  createResolver,
  type KnownAnswer,
  type NameResolver,
  type ResolverOptions,
} from "./resolver.ts";
