/** The digest hash algorithms of RFC 8760 §2.1, strongest first: the order in which challenges are sent (§2.3). */
export const digestAlgorithms = ["SHA-512-256", "SHA-256", "MD5"] as const;
export type DigestAlgorithm = (typeof digestAlgorithms)[number];

/**
 * H(username:realm:password) per algorithm, hex. The password itself is not kept. Made by `credentialOf` in auth/,
 * kept by directory/, which may not import each other.
 */
export interface Credential {
  readonly realm: string;
  /** For the user part alone as username; "" where an imported account lacks that algorithm. */
  readonly ha1: Readonly<Record<DigestAlgorithm, string>>;
  /** The same for `user@realm` as username, which some phones send; absent: that form is refused. */
  readonly ha1OfAddress?: Readonly<Record<DigestAlgorithm, string>>;
}
