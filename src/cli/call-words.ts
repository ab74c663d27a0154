/** One line for whoever placed the call. The whole story of a code is told by `nexthop code N`. */
const meanings: Readonly<Record<number, string>> = {
  302: "The callee can be reached elsewhere; nobody has been called there.",
  400: "Somebody on the way could not read the request.",
  401: "The callee's side wants credentials, or refused those it got.",
  403: "It was understood and is not allowed; credentials will not change that.",
  404: "There is no such user there, or that domain is not served.",
  405: "That device does not take calls.",
  407: "The proxy wants credentials, or refused those it got.",
  408: "The search got no answer in time; often said by the proxy itself.",
  410: "The address was given up, and no new one is known.",
  415: "The session description is of a kind that is not understood there.",
  416: "The kind of URI is not understood there.",
  420: "An extension was required that is not understood there.",
  440: "The call would fork into more branches than allowed.",
  480: "The user exists and cannot be reached now: usually no device is registered.",
  481: "That call or transaction does not exist there (any more).",
  482: "The request came back to where it had been: a loop.",
  483: "The request went over too many hops: usually a loop.",
  484: "The number is incomplete.",
  486: "The device was reached and will not take another call now.",
  487: "The call was cancelled before anybody answered.",
  488: "The device was reached and cannot do the offered media.",
  500: "A server on the way failed.",
  501: "A server on the way does not know that method.",
  503: "A server on the way is overloaded or cannot reach the next one.",
  504: "A server on the way got no answer from another (often DNS).",
  600: "The user was reached, and is busy at every device.",
  603: "The user was reached and declined.",
  604: "A server that knows says this user exists nowhere.",
  606: "The user was reached; the session is not acceptable.",
};

/** What a final response means, in one line. */
export function meaningOf(statusCode: number): string {
  const exact = meanings[statusCode];
  if (exact !== undefined) return exact;
  if (statusCode < 400) return "The call would have to be placed elsewhere.";
  if (statusCode < 500) return "This request was refused there; another might not be.";
  if (statusCode < 600) return "A server on the way failed; another might not.";
  return "Refused for every device of the user.";
}
