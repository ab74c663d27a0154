import type { RegisteredFacts } from "../types.ts";
import type { Speech } from "./fill.ts";
import type { Relation } from "./relation.ts";

/** Alternatives or steps: a verdict, then the reason for it. */
export function openingOf(
  relation: Relation,
  a: RegisteredFacts,
  b: RegisteredFacts,
  speech: Speech,
): readonly string[] {
  const { say, list } = speech;
  const values = { a: a.code, b: b.code };
  const mixedUp =
    a.confusedWith.includes(b.code) || b.confusedWith.includes(a.code)
      ? [say("opening", "mixedUp", values)]
      : [];
  switch (relation.kind) {
    case "bothProvisional":
      return [
        say("verdicts", "stepsBothProvisional"),
        say("opening", provisionalKey(a, b), values),
        ...mixedUp,
      ];
    case "provisionalFinal":
      return [
        say("verdicts", "stepsProvisionalFinal"),
        say("opening", provisionalFinalKey(a, b), values),
        ...mixedUp,
      ];
    case "alternatives":
      return [say("verdicts", "alternatives"), say("opening", "oneOfTwo", values), ...mixedUp];
    case "alternativesThenSteps": {
      const { first, second } = relation;
      const needs = needsOf(first, speech);
      return [
        say("verdicts", "alternativesThenSteps"),
        say("opening", first.code === 491 ? "waitRetry" : "retry", {
          first: first.code,
          second: second.code,
          needs,
        }),
        ...mixedUp,
      ];
    }
    case "apart":
      return [
        say("verdicts", "apart"),
        say("opening", "noCommonMethod", {
          ...values,
          methodsA: list(a.methods),
          methodsB: list(b.methods),
        }),
        ...(relation.sameCall ? [say("opening", "laterInCall")] : []),
        ...mixedUp,
      ];
  }
}

/** What a client changes before it asks again: "with credentials". */
export function needsOf(facts: RegisteredFacts, { word, list }: Speech): string {
  return list((facts.repeat.needs ?? []).map((need) => word("needs", need)));
}

function provisionalKey(a: RegisteredFacts, b: RegisteredFacts): string {
  if (b.code === 199) return a.code === 100 ? "tryingThenEnded" : "earlyDialogEnds";
  return a.code === 100 ? "tryingFirst" : "progress";
}

function provisionalFinalKey(a: RegisteredFacts, b: RegisteredFacts): string {
  if (a.code === 100) return "tryingFinal";
  const success = b.class === "success";
  if (a.code === 199) return success ? "endedSuccess" : "endedFinal";
  if (success) return "ringingSuccess";
  return ringingKeys[b.decided ?? "user"];
}

const ringingKeys = {
  arrival: "ringingArrival",
  search: "ringingSearch",
  device: "ringingUser",
  user: "ringingUser",
  outage: "ringingOutage",
  cancel: "ringingCancel",
} as const satisfies Record<NonNullable<RegisteredFacts["decided"]>, string>;
