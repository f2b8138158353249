// For suites inside the extension host: hands an outcome or a figure to the run outside.
import { appendFileSync } from 'node:fs';
import type { Outcome } from './outcome';

/** The file that the outer run reads; without it (started by hand) the outcomes go to the console. */
const results = process.env['M7_HOST_RESULTS'];

export function write(outcome: Outcome): void {
  const line = JSON.stringify(outcome);
  if (results === undefined) console.log(line);
  else appendFileSync(results, `${line}\n`);
}
