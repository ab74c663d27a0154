import { because, silentBecause, type Cause, type SilentCause } from "../causes/index.ts";
import {
  buildResponse,
  Header,
  type MessageEdit,
  type SipResponse,
  type SipRequest,
} from "../message/index.ts";
import type { Trace } from "../trace/index.ts";
import { TRANSACTION_LIFETIME_MS } from "../transaction/index.ts";
import { isBetter, statusOf, type Candidate } from "./best-response.ts";
import type { ClientBranch } from "./client-branch.ts";
import { localTagOf } from "./dialog-token.ts";
import type { ProxyOptions } from "./options.ts";
import type { ProxyOutput } from "./output.ts";
import { relay, relayedEdit } from "./relay.ts";
import type { ResponseContextSetup } from "./response-context-setup.ts";

/**
 * The finals of one response context that were not forwarded at once, the best of them, and what goes upstream when
 * no more will come (RFC 3261 §16.7 steps 4, 6 and 7). A call that is answered needs none of this.
 */
export class FinalChoice {
  readonly #setup: ResponseContextSetup;
  readonly #options: ProxyOptions;
  readonly #trace: Trace;
  readonly #isInvite: boolean;
  #best: Candidate | undefined = undefined;
  #count = 0;
  #challenges: SipResponse[] | undefined = undefined;

  constructor(setup: ResponseContextSetup, options: ProxyOptions, trace: Trace) {
    this.#setup = setup;
    this.#options = options;
    this.#trace = trace;
    this.#isInvite = setup.request.method === "INVITE";
  }

  consider(candidate: Candidate, wasCancelled: boolean): void {
    this.#count += 1;
    if (candidate.kind === "received" && isChallenge(candidate.response)) {
      (this.#challenges ??= []).push(candidate.response);
    }
    const weighing = { isInvite: this.#isInvite, wasCancelled };
    if (this.#best === undefined || isBetter(candidate, this.#best, weighing)) {
      this.#best = candidate;
    }
  }

  /** Sends the best upstream, or says that nothing may be sent. */
  conclude(branches: readonly ClientBranch[], nowMs: number, out: ProxyOutput[]): void {
    const best = this.#best;
    if (best === undefined) return;
    const { branch } = best;
    const statusCode = statusOf(best);
    const target = branches[branch - 1]?.target.uri.text ?? "";
    this.#trace.add("best-chosen", nowMs, branch, statusCode, this.#count, STEP_6);
    if (isTooLate(this.#setup.request, this.#trace, nowMs)) {
      const waitedMs = Math.round(nowMs - this.#trace.startedAtMs);
      const cause =
        best.kind === "made"
          ? best.cause
          : silentBecause("response-too-late", { target, statusCode, waitedMs });
      this.#giveUp(branch, statusCode, cause, nowMs, out);
    } else if (statusCode === 408 && !this.#isInvite) {
      const startedAtMs = branches[branch - 1]?.startedAtMs ?? nowMs;
      const waitedMs = Math.round(nowMs - startedAtMs);
      const cause =
        best.kind === "made" ? best.cause : silentBecause("branch-timed-out", { target, waitedMs });
      this.#giveUp(branch, statusCode, cause, nowMs, out);
    } else if (best.kind === "made") {
      this.#refuse(best.cause, nowMs, out);
    } else if (statusCode === 503) {
      // A 503 would say that we ourselves serve nobody: "the proxy SHOULD generate a 500" (RFC 3261 §16.7 step 6).
      this.#trace.add("response-rewritten", nowMs, 503, 500, STEP_6);
      this.#refuse(because("service-unavailable-hidden", 500, { target }), nowMs, out);
    } else {
      this.#relay(branch, best.response, nowMs, out);
    }
  }

  #relay(branch: number, response: SipResponse, nowMs: number, out: ProxyOutput[]): void {
    const edit = relayedEdit(response);
    if (isChallenge(response)) this.#aggregate(edit, response);
    relay(branch, response, edit.text(), this.#trace, nowMs, out);
  }

  /** Every other branch's challenges go along, those of each in their order (RFC 3261 §16.7 step 7, §22.3; RFC 8760 §2.5). */
  #aggregate(edit: MessageEdit, chosen: SipResponse): void {
    for (const other of this.#challenges ?? []) {
      if (other === chosen) continue;
      for (const id of [Header.WwwAuthenticate, Header.ProxyAuthenticate]) {
        for (const value of other.values(id)) edit.append(id, value);
      }
    }
  }

  #giveUp(
    branch: number,
    statusCode: number,
    cause: SilentCause,
    nowMs: number,
    out: ProxyOutput[],
  ): void {
    this.#trace.add("response-dropped", nowMs, branch, statusCode, "RFC 4320 §4.2");
    this.#trace.refuse(cause, nowMs);
    out.push({ kind: "giveUp", cause });
  }

  #refuse(cause: Cause, nowMs: number, out: ProxyOutput[]): void {
    const { request } = this.#setup;
    const { statusCode } = cause;
    const toTag = localTagOf(request, this.#options.tokenKey);
    this.#trace.refuse(cause, nowMs);
    const text = buildResponse(request, cause, { toTag });
    out.push({ kind: "respond", statusCode, text, cause, branch: 0 });
  }
}

const STEP_6 = "RFC 3261 §16.7 step 6";

/** The client of anything but INVITE has given up: what is answered now reaches nobody (RFC 4320 §4.2). */
export function isTooLate({ method }: SipRequest, { startedAtMs }: Trace, nowMs: number): boolean {
  return method !== "INVITE" && nowMs >= startedAtMs + TRANSACTION_LIFETIME_MS;
}

function isChallenge({ statusCode }: SipResponse): boolean {
  return statusCode === 401 || statusCode === 407;
}
