export { because, silentBecause, type Cause, type Evidence, type SilentCause } from "./cause.ts";
export { causes, type CauseId, type EvidenceOf, type StatusCodeOf } from "./causes.ts";
export { ServerError } from "./server-error.ts";
