import { ServerError } from "../causes/index.ts";
import type { AnswerableRequest } from "../message/index.ts";
import { numericAddress } from "../routing/index.ts";
import type { Flow, TransportLayer } from "../transport/index.ts";
import type { Parts } from "./parts.ts";

const SIP_PORT = 5060;

/**
 * The way back of a request that came over `flow`.
 *
 * Deviation: RFC 3261 §18.2.2 would have the Via name the transport; a response leaves by the socket or connection
 * that its request came on. Over UDP to its maddr, else to where it came from if rport asks so (RFC 3581 §4: "and
 * there is no maddr"), else to the sent-by port.
 *
 * Hot path: once for each request.
 */
export function responseFlow(
  { transport, forceRport }: Parts,
  request: AnswerableRequest,
  flow: Flow,
): Flow {
  // RFC 3261 §18.2.2: a stream answers on its connection.
  if (flow.isReliable || forceRport) return flow;
  const via = request.topVia;
  if (via.maddr !== undefined) return flowToMaddr(via.maddr, via.port ?? SIP_PORT, flow, transport);
  if (via.rport !== undefined) return flow;
  const port = via.port ?? SIP_PORT;
  return port === flow.remotePort ? flow : transport.flowBeside(flow, port);
}

/**
 * RFC 3261 §18.2.2: "the response MUST be forwarded to the address listed there".
 *
 * Deviation: a name there is not looked up, since each retransmission would be; the response goes as without it.
 */
function flowToMaddr(maddr: string, port: number, flow: Flow, transport: TransportLayer): Flow {
  const address = numericAddress(maddr);
  if (address === undefined) return flow;
  const there = transport.flowTo({ transport: "udp", address, port });
  return there instanceof ServerError ? flow : there;
}
