// What the rules of a table look at besides its gold: other tables, earlier dates, their own history. It is part of a validation's key.
import { type Lake, type ObservedValues, type RejectedFile, openRejections } from '../lake';
import { type Config, type DateKey, type Settings, type Table, addDays, ownValue } from '../model';
import { readObservations } from '../report';
import { ruleKind } from '../rules';
import { driftKeys } from './drift/driftKeys';
import { type SlotHistory, publishedSlots } from './drift/slotRecord';
import { validatedKey } from './outputKeys';

/** Where it is looked up what other steps have published, or are about to. */
export interface PublishedOutputs {
  /** Key of a table's gold of a date. */
  readonly goldKeyOf: (table: string, date: DateKey) => string | undefined;
  /** The last date before `date` with gold of the table. */
  readonly latestGoldBefore: (table: string, date: DateKey) => DateKey | undefined;
  /** What the rules with a history observed on a date, by its last validation; "changing": by one that is to come. */
  readonly observedOn: (table: string, date: DateKey) => ObservedValues | 'changing' | undefined;
  /** Files of a table and date that were rejected whole and not replaced: the report shows them. */
  readonly rejectedOf: (table: string, date: DateKey) => readonly RejectedFile[];
  /** What was received of slots, and what was accepted of their drift. */
  readonly slots: SlotHistory;
}

/** Looks up what is published now. */
export function publishedOutputs(lake: Lake): PublishedOutputs {
  return {
    goldKeyOf: (table, date) => lake.published('gold', date, table)?.key,
    latestGoldBefore: (table, date) =>
      lake.dates('gold').findLast((d) => d < date && lake.published('gold', d, table) !== undefined),
    observedOn: (table, date) => observedOn(lake, table, date),
    rejectedOf: (table, date) => openRejections(lake, date).filter((file) => file.table === table),
    slots: publishedSlots(lake),
  };
}

/** What a validation observed; of one that was made before this was noted, its report shows it. */
export function observedOn(lake: Lake, table: string, date: DateKey): ObservedValues | undefined {
  const noted = lake.published('validated', date, table)?.observed;
  if (noted !== undefined) return noted;
  const read = readObservations({ lake }, date, table);
  if (read === undefined) return undefined;
  return { rows: read.rows.gold, values: numbersOf(read.findings) };
}

/** The numbers among observed values, by the id of their rule. */
export function numbersOf(
  findings: readonly { readonly id: string; readonly observed?: unknown }[],
): Readonly<Record<string, number>> {
  return Object.fromEntries(
    findings.flatMap(({ id, observed }) => (typeof observed === 'number' ? [[id, observed] as const] : [])),
  );
}

/** A rule with a history, and how many days it looks back. */
interface LookBack {
  readonly id: string;
  readonly days: number;
}

/** What a config's rules look at, which never changes: a plan asks once per table and date. */
interface Sights {
  readonly tables: readonly string[];
  /** Does a rule ask for the latest gold of another table? */
  readonly latest: boolean;
  readonly back: readonly LookBack[];
}

const memory = new WeakMap<Config, Map<string, Sights>>();

function sightsOf(config: Config, table: string): Sights {
  const known = memory.get(config) ?? new Map<string, Sights>();
  memory.set(config, known);
  const found = known.get(table);
  if (found !== undefined) return found;
  const rules = config.rules.filter((r) => r.table === table && r.enabled);
  const texts = rules.map((r) => JSON.stringify([r.parameters, r.filter ?? '']));
  const made: Sights = {
    tables: config.tables
      .map((t) => t.name)
      .filter(
        (name) => name !== table && texts.some((text) => text.includes(JSON.stringify(name).slice(1, -1))),
      ),
    latest: rules.some((r) => r.parameters['at'] === 'latest'),
    back: rules.flatMap((rule) => {
      const days = ruleKind(rule.kind)?.daysBack?.(rule);
      return days === undefined ? [] : [{ id: rule.id, days }];
    }),
  };
  known.set(table, made);
  return made;
}

/**
 * The other tables that the rules of a table name anywhere in their parameters. A table named only by
 * chance costs a validation too many, never one too few.
 */
export function referencedTables(config: Config, table: string): readonly string[] {
  return sightsOf(config, table).tables;
}

/** Does a rule of the table look at the latest gold of another one? */
export function looksAtLatest(config: Config, table: string): boolean {
  const { latest, tables } = sightsOf(config, table);
  return latest && tables.length > 0;
}

/** The most days that a rule of the table looks back; 0: none has a history. */
export function historyDays(config: Config, table: string): number {
  return Math.max(0, ...sightsOf(config, table).back.map(({ days }) => days));
}

/**
 * What a validation sees besides its own gold, as texts of its key: the gold of other tables (of the same date, or
 * where a rule asks for the latest, of the last date before it), and what rules with a history observed before.
 */
function lookedAt(
  config: Config,
  { table, date }: { readonly table: string; readonly date: DateKey },
  { goldKeyOf, latestGoldBefore, observedOn: observed }: PublishedOutputs,
): readonly string[] {
  const { tables, latest, back } = sightsOf(config, table);
  const others = tables.flatMap((name) => {
    const same = goldKeyOf(name, date);
    const earlier = latest && same === undefined ? latestGoldBefore(name, date) : undefined;
    return [name, same ?? '', earlier === undefined ? '' : `${earlier} ${goldKeyOf(name, earlier) ?? ''}`];
  });
  const days = Math.max(0, ...back.map((rule) => rule.days));
  const past: string[] = [];
  for (let ago = days; ago >= 1; ago -= 1) {
    const day = addDays(date, -ago);
    const seen = observed(table, day);
    if (seen === 'changing') past.push(seen);
    if (seen === undefined || seen === 'changing') continue;
    const values = back.flatMap(({ id, days: reach }) => {
      const value = ownValue(seen.values, id);
      return ago <= reach && value !== undefined ? [[id, value] as const] : [];
    });
    if (values.length > 0) past.push(JSON.stringify([day, seen.rows, values]));
  }
  return past.length === 0 ? others : [...others, 'history', ...past];
}

/**
 * The key that the validation of a table's gold has by what is published, or about to be: what its rules look at,
 * what its files have that the config or earlier files have not, and which files were rejected whole.
 */
export function validationKey(
  workspace: { readonly config: Config; readonly settings: Settings },
  { table, date, gold }: { readonly table: Table; readonly date: DateKey; readonly gold: string },
  published: PublishedOutputs,
): string {
  const { config } = workspace;
  const seen = [
    ...lookedAt(config, { table: table.name, date }, published),
    ...driftKeys(config, table, date, published.slots),
    ...published
      .rejectedOf(table.name, date)
      .map(({ brand, file, sha256, code }) => JSON.stringify(['rejected', brand, file, sha256, code])),
  ];
  return validatedKey({ gold, lookedAt: seen }, workspace, table);
}
