/** Where randomness comes from: the system in the server, a seed in tests. */
export interface Random {
  /** 128 bits as 32 lower-case hex digits. */
  hex128(): string;
  /** Uniform in [0, 1). */
  fraction(): number;
}

/** A reproducible {@link Random} (xorshift128). For tests and simulation; not for secrets. */
export function seededRandom(seed: number): Random {
  let a = seed | 0 || 1;
  let b = 0x9e3779b9 ^ seed;
  let c = 0x85ebca6b;
  let d = 0xc2b2ae35;
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
