import { Header, isMalformed, type SipResponse } from "../message/index.ts";
import type { CallEnd } from "../user-agent/index.ts";
import { formatDuration, shown } from "../explain/index.ts";

/** All that is known when a call has ended. Times count from the first INVITE. */
export interface CallStory {
  readonly callId: string;
  readonly end: CallEnd;
  readonly endedAfterMs: number;
  /** undefined when nobody answered. */
  readonly answeredAfterMs: number | undefined;
  /** Provisional responses in the order they came; credentials may have been asked for in between. */
  readonly provisional: readonly SipResponse[];
  /** From the latest INVITE or provisional response to the end: what was left for an element to decide. */
  readonly decidedAfterMs: number;
  readonly hasPassword: boolean;
  /** `udp:192.0.2.1:5060` */
  readonly nextHop: string;
  /** What the reference says of a status code, in one line. */
  readonly meaningOf: (statusCode: number) => string;
}

/** Faster than this, nobody but the next hop itself is likely to have decided. */
const NEXT_HOP_ALONE_MS = 5;
const WIDTH = 80;

/** Explains the end of a call in a few lines: what it was, what it means, who said it, where to ask on. */
export function callReport(story: CallStory): string[] {
  return [...headlineOf(story), `  why   nexthop why ${story.callId}`].flatMap(wrapped);
}

/** Whether the call did what it was asked for: somebody answered. */
export function wasAnswered(story: CallStory): boolean {
  return story.answeredAfterMs !== undefined;
}

function headlineOf(story: CallStory): string[] {
  const { end, answeredAfterMs, endedAfterMs, provisional } = story;
  const total = formatDuration(endedAfterMs);
  switch (end.how) {
    case "hung-up": {
      const talkMs = endedAfterMs - (answeredAfterMs ?? 0);
      const who = end.by === "us" ? "we hung up" : "they hung up";
      return [
        `Answered after ${formatDuration(answeredAfterMs ?? 0)}; ${who} after ${formatDuration(talkMs)}.`,
      ];
    }
    case "refused":
      return refusalOf(story, end.response);
    case "cancelled":
    case "caller-cancelled": {
      if (answeredAfterMs !== undefined) {
        return [`Cancelled, but the answer had crossed the CANCEL: hung up at once, ${total}.`];
      }
      const heard = provisional.at(-1);
      const was =
        heard === undefined
          ? "nothing had been heard"
          : `the last word was ${heard.statusCode} ${shown(heard.reasonPhrase)}`;
      return [`Cancelled after ${total}; ${was}.`];
    }
    case "failed":
      return end.causeId === "branch-timed-out"
        ? [
            `No answer at all after ${total}: not even a 100 from ${story.nextHop}.`,
            "  check whether a SIP server listens there, and whether a firewall drops the way there or back",
          ]
        : [
            `Could not be delivered, ${total}: ${story.nextHop} cannot be reached.`,
            "  check the address, the port, and that a SIP server runs there",
          ];
    case "never-acknowledged":
    case "refused-by-us":
      return [`Ended after ${total}.`];
  }
}

function refusalOf(story: CallStory, response: SipResponse): string[] {
  const { statusCode } = response;
  const lines = [
    `${statusCode} ${shown(response.reasonPhrase)}, ${formatDuration(story.endedAfterMs)} after the INVITE`,
    `  means ${story.meaningOf(statusCode)}`,
    `  said by ${whoSaid(story, response)}`,
  ];
  const software = response.header(Header.Server) ?? response.header(Header.UserAgent);
  if (software !== undefined) lines.push(`  its software calls itself ${shown(software)}`);
  const warning = response.header(Header.Warning);
  if (warning !== undefined) lines.push(`  Warning: ${shown(warning)}`);
  const reason = response.header(Header.Reason);
  if (reason !== undefined) lines.push(`  Reason: ${shown(reason)}`);
  const retryAfter = response.header(Header.RetryAfter);
  if (retryAfter !== undefined) lines.push(`  Retry-After: ${shown(retryAfter)}`);
  if (statusCode < 400) {
    const contacts = response.nameAddrs(Header.Contact);
    const first = isMalformed(contacts) ? undefined : contacts[0]?.uri.text;
    if (first !== undefined) lines.push(`  try   nexthop call ${shown(first)}`);
  }
  if (statusCode === 401 || statusCode === 407) {
    lines.push(
      story.hasPassword
        ? "  check the password, and that --from is the user it belongs to"
        : "  try   the same with --from you@domain and --password",
    );
  }
  return lines;
}

/** Nothing in a response names its author for certain; this says what speaks for whom. */
function whoSaid(story: CallStory, response: SipResponse): string {
  const rang = story.provisional.filter((one) => one.statusCode > 100);
  if (rang.some((one) => one.toTag !== undefined && one.toTag === response.toTag)) {
    return `the device that had answered ${rang.at(-1)?.statusCode} (same To tag)`;
  }
  if (rang.length > 0) {
    return `not the device that had answered ${rang.at(-1)?.statusCode} (another To tag): a server on the way, or another branch`;
  }
  const took = formatDuration(story.decidedAfterMs);
  if (story.decidedAfterMs < NEXT_HOP_ALONE_MS) {
    return `${story.nextHop} itself, most likely: ${took} later`;
  }
  return `${story.nextHop} or somebody behind it, after ${took}`;
}

/** One line a fact, no wider than a terminal; what does not fit goes on below, under the text. */
function wrapped(line: string): string[] {
  const indent = " ".repeat(/^ *(?:said by|means|check|try) +/.exec(line)?.[0].length ?? 4);
  const lines: string[] = [];
  let current = "";
  for (const word of line.split(/(?<=\S) /)) {
    const longer = current === "" ? word : `${current} ${word}`;
    if (longer.length <= WIDTH || current === "") current = longer;
    else {
      lines.push(current);
      current = indent + word;
    }
  }
  return [...lines, current];
}
