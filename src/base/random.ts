/** Where randomness comes from: the system in the server, a seed in tests. */
export interface Random {
  /** 128 bits as 32 lower-case hex digits. */
  hex128(): string;
  /** Uniform in [0, 1). */
  fraction(): number;
}

/** A reproducible {@link Random} (xorshift128). For tests and simulation; not for secrets. */
export function seededRandom(seed: number): Random {
  // Each word mixed by itself (splitmix32): neighbouring seeds begin far apart.
  let a = mixed(seed + 0x9e3779b9);
  let b = mixed(seed + 0x3c6ef372);
  let c = mixed(seed + 0xdaa66d2b);
  let d = mixed(seed + 0x78dde6e4) || 1;
  const next = (): number => {
    const t = a ^ (a << 11);
    a = b;
    b = c;
    c = d;
    d = d ^ (d >>> 19) ^ t ^ (t >>> 8);
    return d >>> 0;
  };
  for (let warmUp = 0; warmUp < 16; warmUp += 1) next();
  return {
    hex128: () =>
      [next(), next(), next(), next()].map((n) => n.toString(16).padStart(8, "0")).join(""),
    fraction: () => next() / 0x1_0000_0000,
  };
}

function mixed(word: number): number {
  let hash = word | 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x21f0aaad);
  hash = Math.imul(hash ^ (hash >>> 15), 0x735a2d97);
  return hash ^ (hash >>> 15);
}
