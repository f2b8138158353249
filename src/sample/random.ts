// A small seeded source of numbers, so that the same options always give the same bytes.

/** Draws of one stream; not for cryptography. */
export interface Random {
  /** An integer from 0 to n - 1. */
  below(n: number): number;
  pick<T>(from: readonly [T, ...T[]]): T;
}

/**
 * A stream of its own for each seed and name ("Skylink/Playback/20240115"): adding a table or a brand
 * leaves all other files as they were. The generator is mulberry32, the name enters by FNV-1a.
 */
export function randomOf(seed: number, name: string): Random {
  let state = (2166136261 ^ seed) >>> 0;
  for (let i = 0; i < name.length; i++) state = Math.imul(state ^ name.charCodeAt(i), 16777619) >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  const below = (n: number): number => Math.floor(next() * n);
  return { below, pick: (from) => from[below(from.length)] ?? from[0] };
}
