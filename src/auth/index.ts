export {
  answerChallenge,
  strongestChallenge,
  type AnswerOptions,
  type Challenge,
} from "./answer.ts";
export { Authenticator } from "./authenticator.ts";
export { credentialOf } from "./digest.ts";
export { NONCE_COUNT_WINDOW, NONCES_TRACKED_MAX } from "./nonce-counts.ts";
export { aorOfUsername, isAddressOf, isOwnerOf, usernameOf } from "./owner.ts";
export type {
  Accepted,
  Account,
  AuthenticatorOptions,
  AuthRefusal,
  ChallengeStatusCode,
  Claim,
} from "./verdict.ts";
