// The technical checks of gold as findings: primary key, required columns, types.
import type { Finding, Sample, Table } from '../../model';
import { plural } from '../../report';

export interface Observed {
  readonly table: Table;
  /** Rows of all silver files, and of gold. */
  readonly rowsIn: number;
  readonly rowsOut: number;
  /** Rows left out for a NULL in the key, for a key that is there twice, and removed because another row won. */
  readonly missingKeys: number;
  readonly duplicates: number;
  readonly removed: number;
  readonly keySamples: readonly Sample[];
  /** NULLs of gold by column of the config. */
  readonly nulls: ReadonlyMap<string, number>;
  /** Columns of gold whose type is not the configured one. */
  readonly wrongTypes: readonly { readonly column: string; readonly type: string; readonly found: string }[];
  /** Percent of failing rows that a finding may have. */
  readonly errorThreshold: number;
  readonly seconds: number;
}

/** Findings of one table and date, in the order of the report. */
export function technicalFindings(observed: Observed): readonly Finding[] {
  const { table } = observed;
  return [
    keyFinding(observed),
    ...table.columns
      .filter((c) => c.required)
      .map((c) => ({
        ...finding(observed, {
          id: `technical.required.${c.name}`,
          rule: 'technical.required',
          columns: [c.name],
          evaluated: observed.rowsOut,
          failing: observed.nulls.get(c.name) ?? 0,
        }),
        description: `Every row of gold has a value of ${c.name}.`,
      })),
    typesFinding(observed),
  ];
}

function keyFinding(observed: Observed): Finding {
  const { table, missingKeys, duplicates, removed } = observed;
  const base = finding(observed, {
    id: 'technical.primary_key',
    rule: 'technical.primary_key',
    columns: table.primaryKey,
    evaluated: observed.rowsIn,
    failing: missingKeys + duplicates,
  });
  if (table.primaryKey.length === 0)
    return { ...base, status: 'skipped', evaluated: 0, message: `Table ${table.name} has no primary_key.` };
  if (table.deduplicate === 'none')
    return {
      ...base,
      description: `Every row has a value of ${table.primaryKey.join(', ')}.`,
      message: 'Duplicates were not checked: "deduplicate" is "none".',
    };
  return {
    ...base,
    description: `Every row has a value of ${table.primaryKey.join(', ')} that no other row of the date has.`,
    ...(removed === 0 ? {} : { message: `${plural(removed, 'duplicate was', 'duplicates were')} removed.` }),
    samples: observed.keySamples,
  };
}

function typesFinding(observed: Observed): Finding {
  const { table, wrongTypes } = observed;
  const base = finding(observed, {
    id: 'technical.types',
    rule: 'technical.types',
    columns: [],
    evaluated: table.columns.length,
    failing: wrongTypes.length,
  });
  const status = wrongTypes.length === 0 ? 'passed' : 'failed';
  if (wrongTypes.length === 0)
    return { ...base, status, description: 'Every column has its configured type.' };
  return {
    ...base,
    status,
    columns: wrongTypes.map((w) => w.column),
    description: 'Every column has its configured type.',
    message: wrongTypes.map((w) => `${w.column} is ${w.found}, not ${w.type}`).join('; '),
  };
}

/** A check whose failing rows are rejected, so that it fails the table only where they are many. */
function finding(
  observed: Observed,
  check: Pick<Finding, 'id' | 'rule' | 'columns' | 'evaluated' | 'failing'>,
): Finding {
  const { evaluated, failing } = check;
  const percent = evaluated === 0 ? 0 : (100 * failing) / evaluated;
  return {
    id: check.id,
    rule: check.rule,
    columns: check.columns,
    severity: 'error',
    ...verdictBy(observed.errorThreshold, failing, percent),
    evaluated,
    failing,
    failing_pct: percent,
    samples: [],
    seconds: observed.seconds,
    config_line: 0,
  };
}

const verdictBy = (
  limit: number,
  failing: number,
  percent: number,
): { readonly status: Finding['status']; readonly limit: string } => ({
  status: failing === 0 ? 'passed' : percent > limit ? 'failed' : 'warned',
  limit: `${limit}%`,
});

/** The technical findings of gold by the threshold of now, which may have changed since gold was made. */
export function judgedFindings(findings: readonly Finding[], errorThreshold: number): readonly Finding[] {
  return findings.map((one) => {
    const { status, limit } = verdictBy(errorThreshold, one.failing, one.failing_pct);
    const fixed = one.status === 'skipped' || one.rule === 'technical.types';
    return { ...one, status: fixed ? one.status : status, limit };
  });
}
