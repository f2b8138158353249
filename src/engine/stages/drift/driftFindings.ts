// Drift as findings of a report: ahead of all others, since every figure below them rests on the columns.
import type { Drift, Finding, Table } from '../../model';

/** One finding each; what was accepted has passed and says so. */
export function driftFindings(table: Table, drifts: readonly Drift[]): readonly Finding[] {
  return drifts.map((drift): Finding => {
    const { accepted, brand, kind, column, header } = drift;
    const status = accepted !== undefined ? 'passed' : table.drift === 'fail' ? 'failed' : 'warned';
    return {
      id: ['drift', brand, kind, column ?? header].join('.'),
      rule: 'drift',
      columns: column === undefined ? [] : [column],
      severity: table.drift === 'fail' ? 'error' : 'warning',
      status,
      ...{ evaluated: 0, failing: 0, failing_pct: 0 },
      message: `${brand}: ${drift.message}${accepted === undefined ? '' : ` Accepted by ${accepted.by} on ${accepted.at.slice(0, 10)}.`}`,
      samples: [],
      seconds: 0,
      config_line: 0,
      drift,
    };
  });
}
