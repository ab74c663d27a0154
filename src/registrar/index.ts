export { registrarDomainOf } from "./registrar-domain.ts";
export { Registration, STORE_CONFLICTS_MAX } from "./registration.ts";
export type { RegisterInput, RegistrarOptions, RegistrationOutput } from "./registration-types.ts";
export type { ExpiryLimits } from "./requested-changes.ts";
