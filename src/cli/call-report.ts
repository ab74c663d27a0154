import { columnsOf, wrapped } from "../base/text-wrap.ts";
import type { CauseContent } from "../codes/index.ts";
import { shown } from "../explain/index.ts";
import { Header, isMalformed, type SipResponse } from "../message/index.ts";
import type { CallEnd } from "../user-agent/index.ts";
import { told, type CliWordId } from "./cli-words.ts";

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
  readonly content: CauseContent;
  readonly meaningOf: (statusCode: number) => string;
}

/** Faster than this, nobody but the next hop itself is likely to have decided. */
const NEXT_HOP_ALONE_MS = 5;
const WIDTH = 80;

/** Explains the end of a call in a few lines: what it was, what it means, who said it, where to ask on. */
export function callReport(story: CallStory): string[] {
  const [headline = "", ...lines] = headlineOf(story);
  const why = labelled(story, "call-why", `nexthop why ${story.callId}`);
  return [...wrapped(headline, WIDTH, 0, 2), ...lines, ...why];
}

/** Whether the call did what it was asked for: somebody answered. */
export function wasAnswered(story: CallStory): boolean {
  return story.answeredAfterMs !== undefined;
}

/** A line below the headline: a label, and text that goes on under itself. */
function labelled(story: CallStory, label: CliWordId, text: string): string[] {
  const start = `  ${told(story.content, label)} `;
  const indent = columnsOf(start);
  const [first = "", ...rest] = wrapped(text, WIDTH, indent, indent);
  return [start + first.slice(indent), ...rest];
}

/** The headline, and what belongs to it in lines that are broken already. */
function headlineOf(story: CallStory): string[] {
  const { content, end, nextHop, answeredAfterMs: answeredMs, endedAfterMs: totalMs } = story;
  switch (end.how) {
    case "hung-up": {
      const talkMs = totalMs - (answeredMs ?? 0);
      const id = end.by === "us" ? "call-hung-up-by-us" : "call-hung-up-by-them";
      return [told(content, id, { answeredMs: answeredMs ?? 0, talkMs })];
    }
    case "refused":
      return refusalOf(story, end.response);
    case "cancelled":
    case "caller-cancelled": {
      if (answeredMs !== undefined) return [told(content, "call-crossed", { totalMs })];
      const heard = story.provisional.at(-1);
      if (heard === undefined) return [told(content, "call-cancelled-unheard", { totalMs })];
      const { statusCode, reasonPhrase } = heard;
      return [told(content, "call-cancelled-heard", { totalMs, statusCode, reasonPhrase })];
    }
    case "failed": {
      const isSilent = end.causeId === "branch-timed-out";
      const says = told(content, isSilent ? "call-no-answer" : "call-undeliverable", {
        totalMs,
        nextHop,
      });
      const what = told(content, isSilent ? "call-check-listens" : "call-check-address");
      return [says, ...labelled(story, "call-check", what)];
    }
    case "never-acknowledged":
    case "refused-by-us":
      return [told(content, "call-ended", { totalMs })];
  }
}

function refusalOf(story: CallStory, response: SipResponse): string[] {
  const { content, endedAfterMs: totalMs } = story;
  const { statusCode, reasonPhrase } = response;
  const lines = [
    told(content, "call-refused", { statusCode, reasonPhrase, totalMs }),
    ...labelled(story, "call-means", story.meaningOf(statusCode)),
    ...labelled(story, "call-said-by", whoSaid(story, response)),
  ];
  const add = (text: string): void => {
    lines.push(...wrapped(text, WIDTH, 2, 4));
  };
  const software = response.header(Header.Server) ?? response.header(Header.UserAgent);
  if (software !== undefined) add(told(content, "call-software", { software }));
  for (const [name, id] of QUOTED) {
    const value = response.header(id);
    if (value !== undefined) add(`${name}: ${shown(value)}`);
  }
  if (statusCode < 400) {
    const contacts = response.nameAddrs(Header.Contact);
    const first = isMalformed(contacts) ? undefined : contacts[0]?.uri.text;
    if (first !== undefined) {
      lines.push(...labelled(story, "call-try", `nexthop call ${shown(first)}`));
    }
  }
  if (statusCode === 401 || statusCode === 407) {
    lines.push(
      ...(story.hasPassword
        ? labelled(story, "call-check", told(content, "call-password"))
        : labelled(story, "call-try", told(content, "call-credentials"))),
    );
  }
  return lines;
}

/** Header fields of a refusal that are shown as they came. */
const QUOTED = [
  ["Warning", Header.Warning],
  ["Reason", Header.Reason],
  ["Retry-After", Header.RetryAfter],
] as const;

/** Nothing in a response names its author for certain; this says what speaks for whom. */
function whoSaid(story: CallStory, response: SipResponse): string {
  const { content, nextHop, decidedAfterMs: tookMs } = story;
  const rang = story.provisional.filter((one) => one.statusCode > 100);
  const statusCode = rang.at(-1)?.statusCode;
  if (rang.some((one) => one.toTag !== undefined && one.toTag === response.toTag)) {
    return told(content, "call-same-device", { statusCode });
  }
  if (rang.length > 0) return told(content, "call-another", { statusCode });
  const isAlone = tookMs < NEXT_HOP_ALONE_MS;
  return told(content, isAlone ? "call-next-hop-itself" : "call-or-behind", { nextHop, tookMs });
}
