// Values of columns marked sensitive stay out of alerts: out of samples, and out of sentences that may quote them.
import { foldHeader } from '../base';
import type { Config, Finding, Sample, Table } from '../model';

const HIDDEN = '(hidden)';
/** Shorter values are parts of many words; a sentence with a 1 in it tells nobody's number. */
const TELLING = 3;
/** Sums over a column that tell no value of it. */
const HARMLESS = new Set(['null_pct', 'distinct_count']);

export interface Masking {
  /** The finding's samples, and what was observed, without sensitive values. */
  finding(table: string, finding: Finding): Finding;
  /** A sentence about a table (undefined: any) without what may be a sensitive value. */
  text(table: string | undefined, text: string): string;
}

/** @param config undefined where it cannot be read: then every value and every quotation is hidden. */
export function maskingOf(config: Config | undefined): Masking {
  if (config === undefined) return BLIND;
  const names = new Set(
    [
      ...config.brands.flatMap((b) => [b.name, b.code, b.displayName]),
      ...config.tables.flatMap((t) => [t.name, ...t.columns.flatMap((c) => [c.name, c.type])]),
      ...config.rules.map((r) => r.id),
    ].map((name) => name.toLowerCase()),
  );
  const hidden = new Map(config.tables.map((t) => [t.name, sensitiveNames(t)]));
  const all = new Set([...hidden.values()].flatMap((set) => [...set]));
  const quoted = (text: string): string =>
    text.replace(/'[^'\n]*'|"[^"\n]*"|‘[^’\n]*’?|“[^”\n]*”?/g, (quote) =>
      names.has(quote.slice(1, -1).toLowerCase()) ? quote : HIDDEN,
    );
  const own = (table: string | undefined): ReadonlySet<string> =>
    table === undefined ? all : (hidden.get(table) ?? all);
  return {
    text: (table, text) => (own(table).size === 0 ? text : quoted(text)),
    finding: (table, finding) => {
      const columns = own(table);
      // A query may read other tables, and give any name to what it finds.
      const rule = config.rules.find((r) => r.table === table && r.id === finding.id);
      const free = typeof rule?.parameters['query'] === 'string';
      const blind = free && mentions(JSON.stringify(rule.parameters), all);
      if (columns.size === 0 && !blind) return finding;
      const headers = new Set([...columns].map(foldHeader));
      const isHidden = (name: string): boolean => blind || headers.has(foldHeader(name));
      const values = sensitiveValues(finding.samples, isHidden);
      const about = finding.columns.some(isHidden) || blind;
      const { observed, message, ...rest } = finding;
      const fn = rule?.parameters['fn'];
      const tells = about && !(typeof fn === 'string' && HARMLESS.has(fn));
      return {
        ...rest,
        ...(observed === undefined ? {} : { observed: tells ? HIDDEN : observed }),
        ...(message === undefined ? {} : { message: without(quoted(message), values) }),
        samples: finding.samples.map((sample) => masked(sample, isHidden, values)),
      };
    },
  };
}

const BLIND: Masking = {
  text: (_table, text) => text.replace(/'[^'\n]*'|"[^"\n]*"/g, HIDDEN),
  finding: (_table, finding) => ({
    ...finding,
    samples: finding.samples.map((sample) => masked(sample, () => true, [])),
  }),
};

/** Lower-case names of the sensitive columns of a table, and of those made of them. */
function sensitiveNames(table: Table): ReadonlySet<string> {
  const found = new Set(
    table.columns
      .filter((c) => c.sensitive)
      .flatMap((c) => [c.name, ...c.source].map((n) => n.toLowerCase())),
  );
  for (let before = -1; before !== found.size;) {
    before = found.size;
    for (const { name, derived, transform } of table.columns)
      if (mentions(`${derived ?? ''} ${transform ?? ''}`, found)) found.add(name.toLowerCase());
  }
  return found;
}

function mentions(sql: string, names: ReadonlySet<string>): boolean {
  return (
    sql
      .toLowerCase()
      .split(/[^\p{L}\p{N}_]+/u)
      .some((word) => names.has(word)) ||
    [...names].some((name) => /[^\p{L}\p{N}_]/u.test(name) && sql.toLowerCase().includes(name))
  );
}

function sensitiveValues(samples: readonly Sample[], isHidden: (name: string) => boolean): readonly string[] {
  const values = samples.flatMap((sample) =>
    Object.entries(sample.values).flatMap(([name, value]) =>
      isHidden(name) && (typeof value === 'string' || typeof value === 'number') ? [String(value)] : [],
    ),
  );
  return [...new Set(values)].filter((value) => value.length >= TELLING).sort((a, b) => b.length - a.length);
}

function masked(sample: Sample, isHidden: (name: string) => boolean, values: readonly string[]): Sample {
  return {
    ...sample,
    values: Object.fromEntries(
      Object.entries(sample.values).map(([name, value]) => {
        if (isHidden(name)) return [name, value === null ? null : HIDDEN];
        return [name, typeof value === 'string' ? without(value, values) : value];
      }),
    ),
  };
}

function without(text: string, values: readonly string[]): string {
  return values.reduce((rest, value) => rest.replaceAll(value, HIDDEN), text);
}
