// How the benchmarks measure: alternating repetitions, medians, ratios within one run.

export const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const [low = Number.NaN, high = Number.NaN] =
    sorted.length % 2 === 1 ? [sorted[middle], sorted[middle]] : [sorted[middle - 1], sorted[middle]];
  return (low + high) / 2;
};

/** Runs the candidates in turn, `repetitions` times each; gives each one's seconds. */
export async function inTurn(
  repetitions: number,
  candidates: Readonly<Record<string, () => Promise<number>>>,
): Promise<Record<string, number[]>> {
  const seconds: Record<string, number[]> = {};
  for (let i = 0; i < repetitions; i += 1)
    for (const [name, work] of Object.entries(candidates)) {
      const taken = await work();
      (seconds[name] ??= []).push(taken);
      process.stderr.write(`  ${name}: ${taken.toFixed(2)} s\n`);
    }
  return seconds;
}

/** Seconds that `work` takes. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const begun = performance.now();
  await work();
  return (performance.now() - begun) / 1000;
}

export interface Line {
  readonly what: string;
  readonly measured: string;
  readonly limit: string;
  readonly holds: boolean;
}

export function table(lines: readonly Line[]): string {
  const rows = [
    ['What', 'Measured', 'Limit', ''],
    ...lines.map((l) => [l.what, l.measured, l.limit, l.holds ? 'holds' : 'MISSED']),
  ];
  const widths = [0, 1, 2, 3].map((i) => Math.max(...rows.map((r) => r[i]?.length ?? 0)));
  return rows
    .map((r) =>
      r
        .map((cell, i) => cell.padEnd(widths[i] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
