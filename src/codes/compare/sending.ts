import type { RegisteredFacts } from "../types.ts";
import type { Speech } from "./fill.ts";
import { commonMethods } from "./relation.ts";

/** When an implementer sends which: the difference that decides, then each on its own. */
export function sendingOf(
  a: RegisteredFacts,
  b: RegisteredFacts,
  speech: Speech,
): readonly string[] {
  return [decides(a, b, speech), clause(a, speech), clause(b, speech)];
}

function clause({ code }: RegisteredFacts, { say }: Speech): string {
  return say("sending", "clause", { code, when: say("sendWhen", String(code)) });
}

/** In the order of these, a request meets the reasons to refuse it. */
const MOMENTS = ["arrival", "search", "device", "user", "cancel", "outage"] as const;

function decides(a: RegisteredFacts, b: RegisteredFacts, { say }: Speech): string {
  const values = { a: a.code, b: b.code };
  const key = decidingKey(a, b);
  if (key !== "moments") return say("decides", key, values);
  const [momentA, momentB] = [a.decided ?? "arrival", b.decided ?? "arrival"];
  if (momentA === momentB) {
    return say("decides", "sameMoment", { moment: say("moments", momentA) });
  }
  const [first, second] = MOMENTS.indexOf(momentA) < MOMENTS.indexOf(momentB) ? [a, b] : [b, a];
  return say("decides", "moments", {
    first: first.code,
    second: second.code,
    momentFirst: say("moments", first.decided ?? "arrival"),
    momentSecond: say("moments", second.decided ?? "arrival"),
  });
}

function decidingKey(a: RegisteredFacts, b: RegisteredFacts): string {
  if (commonMethods(a, b).length === 0) return "method";
  if (!b.final) return provisionalKey(a, b);
  if (!a.final) return "open";
  const outages = [a, b].filter(({ decided }) => decided === "outage").length;
  switch (`${a.class} ${b.class}`) {
    case "success success":
      return "success";
    case "redirection redirection":
      return "redirection";
    case "redirection clientError":
      return "elsewhereOrNot";
    case "redirection serverError":
      return outages === 1 ? "elsewhereOrBroken" : "elsewhereOrNot";
    case "redirection globalFailure":
      return "elsewhereOrNowhere";
    case "clientError serverError":
      // 505, 513 and their like are refusals of the request, and 408 is an outage with a number of the 4xx.
      return b.decided === "outage" && a.decided !== "outage" ? "requestOrServer" : "moments";
    case "clientError globalFailure":
      return "hereOrEverywhere";
    case "serverError serverError":
      return outages === 2 ? "servers" : "moments";
    case "serverError globalFailure":
      return "goOnOrStop";
    case "globalFailure globalFailure":
      return "everywhere";
    case "clientError clientError":
      return "moments";
    default:
      return "doneOrNot";
  }
}

function provisionalKey(a: RegisteredFacts, b: RegisteredFacts): string {
  if (b.code === 199 && a.code !== 100) return "begunAndEnded";
  return a.code === 100 ? "hopAndCall" : "progress";
}
