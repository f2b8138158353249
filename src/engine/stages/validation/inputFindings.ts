// What the files of a table were like, as findings ahead of all others: drift, format, rejected rows, conversions.
import { exceeds, limitInWords } from '../../rules';
import { formatCount, plural } from '../../report';
import { isNumeric, isTemporal } from '../../base';
import type { Column, Conversion, Edge, Finding, Limit, Settings, Table } from '../../model';
import type { LostRows } from './lostRows';
import type { Manifest, RejectedFile } from '../../lake';

/** What the findings about the input of one table and date are made of. */
export interface InputSubject {
  readonly table: Table;
  /** Raw parts and silver of all brands. */
  readonly raw: readonly Manifest[];
  readonly silver: readonly Manifest[];
  readonly settings: Pick<Settings, 'errorThreshold'>;
  /** Files that were rejected whole and not replaced. */
  readonly rejectedFiles?: readonly RejectedFile[];
  /** Findings of kind `drift`, in their order. */
  readonly drift?: readonly Finding[];
  /** Of the rejected rows of a manifest, where they were looked at. */
  readonly lost?: ReadonlyMap<Manifest, LostRows>;
}

/**
 * The findings about the input of a table: drift, then format, then rejected rows, then conversions. They stand
 * first in its report, and count for its status as rules do.
 */
export function inputFindings(subject: InputSubject): readonly Finding[] {
  return [
    ...(subject.drift ?? []),
    ...formatFindings(subject.raw),
    ...rejectedFindings(subject),
    ...conversionFindings(subject),
    ...localTimeFindings(subject),
  ];
}

/** Samples of one finding. */
const MOST_SAMPLES = 20;

/** What every finding about the input has. */
const ABOUT_INPUT = {
  columns: [],
  severity: 'error',
  evaluated: 0,
  failing: 0,
  failing_pct: 0,
  samples: [],
  seconds: 0,
  config_line: 0,
} as const;

/** One per choice that the bytes of a file did not settle: it was read by the likelier one, and a person has to look. */
function formatFindings(raw: readonly Manifest[]): readonly Finding[] {
  return raw.flatMap(({ source, brand = '', part = 1 }) =>
    (source?.format.doubts ?? []).map(({ choice, message }, i): Finding => ({
      ...ABOUT_INPUT,
      id: `format.${choice}.${brand}.${part}${i === 0 ? '' : `.${i + 1}`}`,
      rule: 'format',
      severity: 'warning',
      status: 'warned',
      message: `${source?.file ?? ''}: ${message}`,
      samples: [{ values: {}, file: source?.file ?? null, row: null }],
    })),
  );
}

/** Files rejected whole, then rejected rows by edge and brand: from the files to raw, from raw to silver. */
function rejectedFindings(subject: InputSubject): readonly Finding[] {
  return [
    ...(subject.rejectedFiles ?? []).map(rejectedFileFinding),
    ...rejectedOf(subject, 'raw', subject.raw),
    ...rejectedOf(subject, 'silver', subject.silver),
  ];
}

/** What the other files brought is loaded; that this one is lacking fails its date, see openRejections. */
function rejectedFileFinding({ brand, file, code, reason }: RejectedFile): Finding {
  return {
    ...ABOUT_INPUT,
    id: `rejected.file.${brand}.${file}`,
    rule: 'rejected',
    status: 'warned',
    message: `${brand}: ${file} was rejected whole (${code}): ${reason.replace(/\.$/, '')}. None of its rows are in this table.`,
  };
}

function rejectedOf(
  { settings, lost, table }: InputSubject,
  to: 'raw' | 'silver',
  manifests: readonly Manifest[],
): readonly Finding[] {
  const brands = [...new Set(manifests.map(({ brand = '' }) => brand))];
  return brands.flatMap((brand): readonly Finding[] => {
    const own = manifests.filter((m) => (m.brand ?? '') === brand);
    const edges = own.flatMap((m) => m.edges);
    const corrected = own.reduce((n, m) => n + (lost?.get(m)?.answered ?? 0), 0);
    const evaluated = sum(edges, recordsOf) - corrected;
    const failing = sum(edges, (e) => e.rejected) - corrected;
    if (failing <= 0) return [];
    const none = sum(edges, (e) => e.out) === 0;
    const judged = judge({ evaluated, failing }, table.maxRejected, settings);
    const from = to === 'raw' ? 'the files' : 'raw';
    return [
      {
        ...ABOUT_INPUT,
        id: `rejected.${to}.${brand}`,
        rule: 'rejected',
        // All that a brand sent is lost: no limit but one that says so covers that.
        status: none && !acceptsAll(table.maxRejected) ? 'failed' : judged.status,
        ...counted(evaluated, failing),
        limit: judged.limit,
        message: `${brand}: ${formatCount(failing)} of ${plural(evaluated, 'row')} of ${from} ${failing === 1 ? 'was' : 'were'} rejected on the way to ${to} (limit ${judged.words}). The samples say why; "max_rejected" of the table states another limit.`,
        samples: own.flatMap((m) => lost?.get(m)?.samples ?? []).slice(0, MOST_SAMPLES),
      },
    ];
  });
}

/** Values that did not convert, by column and brand. */
function conversionFindings({ silver, settings, table, lost }: InputSubject): readonly Finding[] {
  return silver.flatMap((manifest) =>
    (manifest.conversions ?? [])
      .map((conversion) => ({ conversion, failing: stillFailing(conversion, lost?.get(manifest)) }))
      .filter(({ failing }) => failing > 0)
      .map(({ conversion, failing }): Finding => {
        const { column, brand, failed } = conversion;
        const values = conversion.values ?? sum(manifest.edges, (e) => e.in);
        const evaluated = Math.max(values - (failed - failing), failing);
        const known = table.columns.find((c) => c.name === column);
        const judged = judge({ evaluated, failing }, known?.maxFailed, settings);
        return {
          ...ABOUT_INPUT,
          id: `conversion.${column}.${brand}`,
          rule: 'conversion',
          columns: [column],
          status: judged.status,
          ...counted(evaluated, failing),
          limit: judged.limit,
          message: `${brand}: ${formatCount(failing)} of ${plural(evaluated, 'value')} of ${column} did not convert${known === undefined ? '' : ` to ${known.type}`} (limit ${judged.words}): ${outcomeOf(conversion, failing)}. ${known === undefined ? '' : hintOf(known)}`,
          samples: conversion.samples,
        };
      }),
  );
}

/** Local times that the clocks brought twice, or skipped: nothing was lost, but the text does not settle the moment. */
function localTimeFindings({ silver }: InputSubject): readonly Finding[] {
  return silver.flatMap(({ localTimes = [], edges }) =>
    localTimes.map(({ column, brand, zone, taken, twice, missing, samples }): Finding => {
      const parts = [
        ...(twice === 0
          ? []
          : [`${plural(twice, 'local time')} that ${zone} has twice: the ${taken} one was taken`]),
        ...(missing === 0
          ? []
          : [`${plural(missing, 'local time')} that ${zone} skips: set forward as the clocks were`]),
      ];
      return {
        ...ABOUT_INPUT,
        id: `conversion.${column}.${brand}.local_time`,
        rule: 'conversion',
        columns: [column],
        severity: 'warning',
        status: 'warned',
        ...counted(
          Math.max(
            sum(edges, (e) => e.out),
            twice + missing,
          ),
          twice + missing,
        ),
        message: `${brand}: ${column} has ${parts.join('; ')}.`,
        samples,
      };
    }),
  );
}

/** What decides how a column's text is read, to be compared with the samples. */
function hintOf({ name, type, transform, derived }: Column): string {
  const keys =
    derived !== undefined
      ? '"derived"'
      : transform !== undefined
        ? '"transform" and "type"'
        : isTemporal(type)
          ? '"formats"'
          : isNumeric(type)
            ? '"decimal" and "thousands"'
            : type === 'BOOLEAN'
              ? '"true_values" and "false_values"'
              : '"type"';
  return `Look at ${keys} of ${name} in table_schemas.json; "max_failed" states another limit.`;
}

/** Without those whose row was corrected and taken in since. */
function stillFailing({ column, failed, on_error }: Conversion, lost: LostRows | undefined): number {
  return on_error === 'reject' ? failed - (lost?.answeredOf.get(column) ?? 0) : failed;
}

function outcomeOf({ on_error }: Conversion, failing: number): string {
  const one = failing === 1;
  switch (on_error) {
    case 'reject':
      return one ? 'its row was rejected' : 'their rows were rejected';
    case 'null':
      return one ? 'it became NULL' : 'they became NULL';
  }
}

/**
 * The verdict on what was lost: above the limit failed, above nothing warned. A stated limit takes the place of
 * ERROR_THRESHOLD; one of 100 % says that whatever is lost is expected.
 */
function judge(
  { evaluated, failing }: Pick<Finding, 'evaluated' | 'failing'>,
  stated: Limit | undefined,
  { errorThreshold }: InputSubject['settings'],
): { readonly status: Finding['status']; readonly limit: string; readonly words: string } {
  const limit = stated ?? { percent: errorThreshold };
  const words = 'count' in limit ? formatCount(limit.count) : limitInWords(limit);
  return {
    status: exceeds(limit, failing, evaluated) ? 'failed' : acceptsAll(stated) ? 'passed' : 'warned',
    limit: stated === undefined ? `${words} (ERROR_THRESHOLD)` : words,
    words,
  };
}

const acceptsAll = (stated: Limit | undefined): boolean =>
  stated !== undefined && 'percent' in stated && stated.percent >= 100;

const counted = (
  evaluated: number,
  failing: number,
): Pick<Finding, 'evaluated' | 'failing' | 'failing_pct'> => ({
  evaluated,
  failing,
  failing_pct: evaluated === 0 ? 0 : Number(((100 * failing) / evaluated).toFixed(4)),
});

/** Records that entered an edge: lines that are none (headers, blanks) do not count. */
const recordsOf = (edge: Edge): number =>
  edge.in - Object.values(edge.other ?? {}).reduce((total, lines) => total + lines, 0);

function sum(edges: readonly Edge[], of: (edge: Edge) => number): number {
  return edges.reduce((total, edge) => total + of(edge), 0);
}
