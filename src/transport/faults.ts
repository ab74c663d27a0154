/** The kernel's error codes in words that say what was found, and who said so where that is known. */
type Words = Readonly<Record<string, string>>;

const onTheWay: Words = {
  EHOSTUNREACH: "no way to that host",
  ENETUNREACH: "no route to that network",
  EACCES: "this machine's firewall or routes forbid it",
  EPERM: "this machine's firewall forbids it",
};

const ofDatagrams: Words = {
  ...onTheWay,
  ECONNREFUSED: "ICMP port unreachable, no program listens there",
  EMSGSIZE: "longer than a datagram may be on that way",
};

const ofConnections: Words = {
  ...onTheWay,
  ECONNREFUSED: "no program listens there",
  ECONNRESET: "the peer reset the connection",
  EPIPE: "the peer had closed the connection",
  ETIMEDOUT: "the peer does not answer any more",
};

const ofListeners: Words = {
  EADDRINUSE: "another program listens there",
  EACCES: "ports below 1024 need a privilege (CAP_NET_BIND_SERVICE)",
  EADDRNOTAVAIL: "this machine has no such address",
  EAFNOSUPPORT: "this machine does not speak that address family",
};

export function udpFault(error: unknown): string {
  return inWords(error, ofDatagrams);
}

export function tcpFault(error: unknown): string {
  return inWords(error, ofConnections);
}

export function bindFault(error: unknown): string {
  return inWords(error, ofListeners);
}

function inWords(error: unknown, words: Words): string {
  if (!(error instanceof Error)) return String(error);
  const code = "code" in error && typeof error.code === "string" ? error.code : undefined;
  if (code === undefined) return error.message;
  const text = words[code];
  return text === undefined ? code : `${code}: ${text}`;
}
