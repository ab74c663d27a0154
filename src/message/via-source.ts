/**
 * Hot path: once for each request that is answered or forwarded.
 */
import type { Source, Via } from "./types.ts";
import { ViaView } from "./via.ts";

/**
 * Puts the splices into `splices` (start, end, start, end…) and `texts` that write where a request really came from
 * into its topmost Via: `received` when sent-by names another host, or when rport is asked for (RFC 3261 §18.2.1,
 * RFC 3581 §4); the source port as `rport` when it is asked for. What the sender wrote there itself is replaced.
 */
export function spliceSource(
  via: Via,
  source: Source | undefined,
  splices: number[],
  texts: string[],
): void {
  if (source === undefined || !(via instanceof ViaView)) return;
  const asksRport = via.rportStart !== -1;
  const needsReceived = asksRport || via.receivedStart !== -1 || !namesSource(via.host, source);
  if (needsReceived && via.receivedStart === -1) {
    splices.push(via.sentByEnd, via.sentByEnd);
    texts.push(`;received=${source.address}`);
  }
  const receivedIsFirst = via.receivedStart !== -1 && via.receivedStart < via.rportStart;
  if (receivedIsFirst) replaceReceived(via, source, splices, texts);
  if (asksRport) {
    splices.push(via.rportStart, via.rportEnd);
    texts.push(`rport=${source.port}`);
  }
  if (via.receivedStart !== -1 && !receivedIsFirst) replaceReceived(via, source, splices, texts);
}

function replaceReceived(via: ViaView, source: Source, splices: number[], texts: string[]): void {
  splices.push(via.receivedStart, via.receivedEnd);
  texts.push(`received=${source.address}`);
}

function namesSource(host: string, source: Source): boolean {
  if (host === source.address) return true;
  if (!host.startsWith("[")) return host.toLowerCase() === source.address.toLowerCase();
  return host.slice(1, -1).toLowerCase() === source.address.toLowerCase();
}
