import assert from "node:assert/strict";
import { Authenticator } from "../../src/auth/index.ts";
import { formatEndpoint, type Endpoint } from "../../src/base/endpoint.ts";
import { seededRandom } from "../../src/base/random.ts";
import { AvoidedDestinations } from "../../src/routing/index.ts";
import { sipHashKey } from "../../src/base/siphash.ts";
import type { Cause } from "../../src/causes/index.ts";
import {
  parseMessage,
  parseUri,
  type SipRequest,
  type SipResponse,
  type Uri,
} from "../../src/message/index.ts";
import { eventsOf, type Trace, type TraceEvent } from "../../src/trace/index.ts";
import { NOTHING_CONFIGURED } from "../../src/proxy/configured-hops.ts";
import type { ProxyOptions } from "../../src/proxy/options.ts";
import type { ProxyOutput } from "../../src/proxy/output.ts";

/** Our own address in these tests; example.org and example.com are our domains. */
export const OUR_ADDRESS = "192.0.2.100";
const DOMAINS = ["example.org", "example.com"];

export const udpSide: Endpoint = { transport: "udp", address: OUR_ADDRESS, port: 5060 };
export const tcpSide: Endpoint = { transport: "tcp", address: OUR_ADDRESS, port: 5060 };

export function optionsOf(changes: Partial<ProxyOptions> = {}): ProxyOptions {
  const random = seededRandom(7);
  return {
    domains: DOMAINS,
    isOwnAddress: (host, port) => host === OUR_ADDRESS && isOurPort(port),
    serves: (host, port) => DOMAINS.includes(host.toLowerCase()) && isOurPort(port),
    auth: "none",
    avoided: new AvoidedDestinations(),
    configured: NOTHING_CONFIGURED,
    authenticator: new Authenticator({ secret: "s", nonceLifetimeMs: 300_000, random }),
    strangers: "honest",
    timerCMs: 185_000,
    branchesPerRequest: 12,
    tokenKey: sipHashKey("00112233445566778899aabbccddeeff"),
    instanceId: "abc123",
    random,
    ...changes,
  };
}

function isOurPort(port: number | undefined): boolean {
  return port === undefined || port === 5060;
}

/** What a test may change about a request; the rest is a stranger's first INVITE to Bob. */
export interface RequestChanges {
  readonly method?: string;
  readonly uri?: string;
  readonly from?: string;
  readonly toTag?: string;
  readonly callId?: string;
  readonly cseq?: number;
  readonly vias?: readonly string[];
  readonly fields?: readonly string[];
  readonly body?: string;
}

export function requestText(changes: RequestChanges = {}): string {
  const method = changes.method ?? "INVITE";
  const toTag = changes.toTag === undefined ? "" : `;tag=${changes.toTag}`;
  const vias = changes.vias ?? ["SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bKcaller"];
  return [
    `${method} ${changes.uri ?? "sip:bob@example.org"} SIP/2.0`,
    ...vias.map((via) => `Via: ${via}`),
    `From: <${changes.from ?? "sip:carol@elsewhere.net"}>;tag=f1`,
    `To: <sip:bob@example.org>${toTag}`,
    `Call-ID: ${changes.callId ?? "call-1"}`,
    `CSeq: ${changes.cseq ?? 1} ${method}`,
    ...(changes.fields ?? []),
    "",
    changes.body ?? "",
  ].join("\r\n");
}

export function requestOf(changes: RequestChanges = {}): SipRequest {
  const request = parseMessage(requestText(changes));
  assert.ok(request.kind === "request", JSON.stringify(request));
  return request;
}

/** What came back for a request of ours: our Via above the caller's. */
export function responseOf(
  statusCode: number,
  method = "INVITE",
  fields: readonly string[] = [],
): SipResponse {
  const text = [
    `SIP/2.0 ${statusCode} Phrase`,
    `Via: SIP/2.0/UDP ${OUR_ADDRESS}:5060;branch=z9hG4bKours`,
    "Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bKcaller",
    "From: <sip:carol@elsewhere.net>;tag=f1",
    "To: <sip:bob@example.org>;tag=t1",
    "Call-ID: call-1",
    `CSeq: 1 ${method}`,
    ...fields,
    "Content-Length: 0",
    "",
    "",
  ].join("\r\n");
  const response = parseMessage(text);
  assert.ok(response.kind === "response", JSON.stringify(response));
  return response;
}

export function uriOf(text: string): Uri {
  const uri = parseUri(text);
  assert.ok(uri !== undefined, text);
  return uri;
}

/** One line for each output, and nothing left out. */
export function describe(output: ProxyOutput): string {
  switch (output.kind) {
    case "respond":
      return output.branch === 0
        ? `${output.statusCode} ${output.cause?.id ?? "ours"}`
        : `${output.statusCode} from ${output.branch}`;
    case "start": {
      const { number, destination } = output.branch;
      assert.ok(destination !== undefined, "a branch that starts has a destination");
      const { transport, address, port } = destination;
      return `start ${number} to ${formatEndpoint(transport, address, port)}`;
    }
    case "cancel":
    case "abandon":
      return `${output.kind} ${output.branch.number}`;
    case "find":
    case "lookup":
      return `${output.kind} ${output.aor}`;
    case "resolve":
      return `resolve ${output.branch.number} ${output.question.type} ${output.question.name}`;
    case "giveUp":
      return `no answer, ${output.cause.id}`;
    case "ended":
      return "ended";
  }
}

/** The events of one kind: the values of their fields in order, with spaces between. */
export function eventsIn(trace: Trace, kind: TraceEvent["kind"]): string[] {
  return eventsOf(trace.startedAtMs, trace.values)
    .filter((event) => event.kind === kind)
    .map((event) => Object.values(event).slice(2).join(" "));
}

/** `403 relay-not-allowed`. */
export function told(cause: Cause): string {
  return `${cause.statusCode} ${cause.id}`;
}
