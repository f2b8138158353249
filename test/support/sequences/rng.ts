// Chance that repeats: the same seed gives the same sequence on every machine.

/** A small linear congruential generator (constants of Numerical Recipes). */
export class Chance {
  #state: number;

  constructor(seed: number) {
    this.#state = Math.imul(seed, 2_654_435_761) >>> 0;
    for (let i = 0; i < 8; i += 1) this.next();
  }

  /** 0 up to, but not, 1. */
  next(): number {
    this.#state = (Math.imul(this.#state, 1_664_525) + 1_013_904_223) >>> 0;
    return this.#state / 2 ** 32;
  }

  below(n: number): number {
    return Math.floor(this.next() * n);
  }

  one<T>(list: readonly T[]): T {
    const found = list[this.below(list.length)];
    if (found === undefined) throw new Error('There is nothing to choose from.');
    return found;
  }

  chance(part: number): boolean {
    return this.next() < part;
  }
}
