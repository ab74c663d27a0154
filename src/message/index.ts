export { Header, type HeaderId } from "./header-ids.ts";
export type * from "./types.ts";
