// What decides the bytes of each output, as one hash: the same key means the same work, done before.
import { createHash } from 'node:crypto';
import type { EncodingEvidence } from '../csv';
import { foldHeader } from '../base';
import { goldConfigSha, rawConfigSha, rulesConfigSha, silverConfigSha } from '../workspace';
import type { Config, Settings, Table } from '../model';

/** Versions of the stages' own code: raised whenever the same input and config would give other bytes. */
const VERSIONS = { raw: 2, silver: 2, gold: 1, validated: 2 } as const;

/** sha256 (hex) over a list of texts; their borders count. */
function keyOf(parts: readonly (string | number)[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}

/** Hashes of a config's parts, which never change: a plan asks for them once per slot and date. */
const memory = new WeakMap<Config, Map<string, unknown>>();

function remembered<T>(config: Config, name: string, make: () => T): T {
  const known = memory.get(config) ?? new Map<string, unknown>();
  memory.set(config, known);
  if (!known.has(name)) known.set(name, make());
  return known.get(name) as T;
}

/** Key of one raw part: the landing file's bytes, and the column names and stated format that decided how it was read. */
export function rawKey(sha256: string, config: Config, table: Table, brand: string): string {
  return keyOf([
    'raw',
    VERSIONS.raw,
    sha256,
    remembered(
      config,
      `raw ${table.name}
${brand}`,
      () => rawConfigSha(config, table.name, brand),
    ),
  ]);
}

/** The key of a raw part with the evidence beside its bytes, where it was looked at. */
export function evidencedKey(key: string, evidence: EncodingEvidence | undefined): string {
  if (evidence === undefined) return key;
  return keyOf(['evidence', key, evidence.region ?? '', evidence.earlier ?? '']);
}

/** What a raw part's manifest has of what decides its silver. */
interface RawPart {
  readonly key: string;
  readonly source?: { readonly file: string; readonly format: { readonly columns: readonly string[] } };
}

/** How headers were compared at first: no accents, hyphens or invisible characters. */
const firstFold = (name: string): string => name.replace(/[\s_]+/gu, '').toLowerCase();

/**
 * Has a part a header that means a column by the rule of today alone? Silver made by the first rule has NULL there:
 * it is made again. All other silver keeps its key.
 */
function readsMoreHeaders(raw: readonly RawPart[], config: Config, table: Table): boolean {
  const { today, first } = remembered(config, `headers ${table.name}`, () => {
    const names = table.columns.flatMap((column) => [column.name, ...column.source]);
    return { today: new Set(names.map(foldHeader)), first: new Set(names.map(firstFold)) };
  });
  return raw.some((part) =>
    part.source?.format.columns.some(
      (header) => today.has(foldHeader(header)) && !first.has(firstFold(header)),
    ),
  );
}

/** Key of a slot's silver: its raw parts in order, under their names, and the table's columns. */
export function silverKey(raw: readonly RawPart[], config: Config, table: Table, brand: string): string {
  const parts = raw.flatMap((m) => [m.key, m.source?.file ?? '']);
  return keyOf([
    'silver',
    VERSIONS.silver,
    ...parts,
    remembered(config, `silver ${table.name}\n${brand}`, () => silverConfigSha(config, table.name, brand)),
    ...(readsMoreHeaders(raw, config, table) ? ['more headers'] : []),
  ]);
}

/** Key of a table's gold: the silver of its brands in order, primary key and deduplication. */
export function goldKey(
  silver: readonly { readonly brand?: string; readonly key: string }[],
  config: Config,
  table: Table,
): string {
  const parts = silver.flatMap((m) => [m.brand ?? '', m.key]);
  return keyOf([
    'gold',
    VERSIONS.gold,
    ...parts,
    remembered(config, `gold ${table.name}`, () => goldConfigSha(config, table.name)),
  ]);
}

/** Key of a validation: gold, the table's rules, and what these look at besides (see `lookedAt`). */
export function validatedKey(
  { gold, lookedAt }: { readonly gold: string; readonly lookedAt: readonly string[] },
  { config, settings }: { readonly config: Config; readonly settings: Settings },
  table: Table,
): string {
  return keyOf([
    'validated',
    VERSIONS.validated,
    gold,
    remembered(config, `rules ${table.name} ${settings.errorThreshold} ${settings.warningThreshold}`, () =>
      rulesConfigSha(config, settings, table.name),
    ),
    ...lookedAt,
  ]);
}
