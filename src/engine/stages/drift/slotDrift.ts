// What drifted in a slot, from the manifests of its files and of those before them: no I/O but what `before` reads.
import { foldHeader } from '../../base';
import { type DateKey, type Drift, type Table, defined, ownValue } from '../../model';
import { formatPercent, plural } from '../../report';
import { compareHeader } from './headerComparison';
import { nameLikeness } from './likeness';
import type { SlotFile, SlotRecord } from './slotRecord';

/** So many earlier files are looked at for what was filled, and for shares of values that did not convert. */
export const LOOKED_BACK = 30;
/** So many missing columns are held against so many unknown headers. */
const MOST_PAIRED = 40;

/** A slot of a date with the dates before it. */
export interface DriftSubject {
  readonly table: Table;
  readonly brand: string;
  readonly now: SlotRecord;
  /** Newest first; read as far as it is needed. */
  readonly before: Iterable<SlotRecord>;
}

/** Where a column's values are: a header of a file. */
export interface ValuesPlace {
  readonly path: string;
  readonly key: string;
  readonly header: string;
}

/** A missing column and an unknown header of the same file. */
export interface Pair {
  readonly column: string;
  readonly header: string;
  readonly name: number;
  /** The new header stands where the column stood. */
  readonly samePlace: boolean;
  /** Values of the column in the last file that had it, and those below the new header. */
  readonly values?: { readonly earlier: ValuesPlace; readonly now: ValuesPlace };
}

export interface SlotDrift {
  /** Of all kinds but `renamed`, without a look at what was accepted. */
  readonly drifts: readonly Drift[];
  readonly pairs: readonly Pair[];
}

/** Holds the files of a slot against the config and against earlier files. */
export function slotDrift(subject: DriftSubject): SlotDrift {
  if (subject.table.drift === 'ignore') return { drifts: [], pairs: [] };
  const earlier = new Earlier(subject.before);
  return {
    drifts: [
      ...missing(subject, earlier),
      ...lost(subject, earlier),
      ...unknown(subject, earlier),
      ...emptied(subject, earlier),
      ...lessConverting(subject, earlier),
    ],
    pairs: pairs(subject, earlier),
  };
}

/** Reads the dates before one by one, and each once. */
class Earlier {
  readonly #read: SlotRecord[] = [];
  readonly #rest: Iterator<SlotRecord>;

  constructor(before: Iterable<SlotRecord>) {
    this.#rest = before[Symbol.iterator]();
  }

  /** The last date before. */
  get last(): SlotRecord | undefined {
    return this.at(0);
  }

  at(index: number): SlotRecord | undefined {
    while (this.#read.length <= index && this.#read.length < LOOKED_BACK) {
      const next = this.#rest.next();
      if (next.done === true) break;
      this.#read.push(next.value);
    }
    return this.#read[index];
  }

  *all(): Iterable<SlotRecord> {
    for (let index = 0; ; index += 1) {
      const record = this.at(index);
      if (record === undefined) return;
      yield record;
    }
  }
}

const base = ({ table, brand, now }: DriftSubject): Pick<Drift, 'date' | 'brand' | 'table'> => ({
  date: now.date,
  brand,
  table: table.name,
});

const quoted = (text: string): string => JSON.stringify(text);

/** "a.csv", "a.csv and 2 more files". */
export function filesText([first = '', ...more]: readonly string[]): string {
  return more.length === 0
    ? first
    : `${first} and ${more.length} more ${more.length === 1 ? 'file' : 'files'}`;
}

/** Files by what is found in each of them, in order of first appearance. */
function byFinding<T>(
  files: readonly SlotFile[],
  find: (file: SlotFile) => readonly (readonly [string, T])[],
): readonly { readonly key: string; readonly value: T; readonly files: readonly string[] }[] {
  const found = new Map<string, { key: string; value: T; files: string[] }>();
  for (const file of files)
    for (const [key, value] of find(file)) {
      const entry = found.get(key) ?? { key, value, files: [] };
      entry.files.push(file.file);
      found.set(key, entry);
    }
  return [...found.values()];
}

function missing(subject: DriftSubject, earlier: Earlier): readonly Drift[] {
  const { table, now } = subject;
  return byFinding(now.files, (file) =>
    compareHeader(table, file.headers).missing.map((column) => [column.name, column] as const),
  ).map(({ value: column, files }) => {
    const header = headerIn(table, earlier.last, column.name);
    const value = column.default === undefined ? 'NULL' : 'its default';
    const then =
      earlier.last === undefined
        ? ''
        : header === undefined
          ? `, as on ${earlier.last.date}`
          : `; the file of ${earlier.last.date} has it as ${quoted(header)}`;
    return {
      ...{ kind: 'missing', ...base(subject), column: column.name, files },
      ...defined({ earlier: earlier.last?.date }),
      message: `Column ${column.name} is missing in ${filesText(files)} and becomes ${value}${then}.`,
    };
  });
}

/** The header by which a column is read on a date. */
function headerIn(table: Table, record: SlotRecord | undefined, column: string): string | undefined {
  return record?.files
    .map((file) => compareHeader(table, file.headers).read.get(column))
    .find((header) => header !== undefined);
}

/** Extra columns that are kept go to silver and gold: one that the last file had is missed there. */
function lost(subject: DriftSubject, earlier: Earlier): readonly Drift[] {
  const { table, now } = subject;
  const { last } = earlier;
  if (table.extraColumns !== 'keep' || last === undefined) return [];
  const there = new Set(now.files.flatMap((file) => file.headers.map(foldHeader)));
  const files = now.files.map((file) => file.file);
  return byFinding(last.files, (file) =>
    compareHeader(table, file.headers).unknown.map(({ header }) => [foldHeader(header), header] as const),
  )
    .filter(({ key }) => !there.has(key))
    .map(({ value: header }) => ({
      ...{ kind: 'missing', ...base(subject), header, files, earlier: last.date },
      message: `The header ${quoted(header)}, which is not configured, is gone: the file of ${last.date} has it and ${filesText(files)} does not.`,
    }));
}

function unknown(subject: DriftSubject, earlier: Earlier): readonly Drift[] {
  const { table, now } = subject;
  const before = new Set(earlier.last?.files.flatMap((file) => file.headers.map(foldHeader)));
  return byFinding(now.files, (file) =>
    compareHeader(table, file.headers).unknown.map((one) => [foldHeader(one.header), one] as const),
  ).map(({ key, value: { header, twin }, files }) => {
    const fate = { keep: 'is kept as text', drop: 'is dropped', fail: 'fails the table' }[table.extraColumns];
    const what =
      twin === undefined
        ? `The header ${quoted(header)} in ${filesText(files)} belongs to no column`
        : `The header ${quoted(header)} in ${filesText(files)} means column ${twin} too, which is read from another header`;
    const then =
      earlier.last === undefined
        ? ''
        : before.has(key)
          ? `, as on ${earlier.last.date}`
          : `; it is new since ${earlier.last.date}`;
    return {
      ...{ kind: 'unknown', ...base(subject), header, files },
      ...defined({ earlier: earlier.last?.date }),
      message: `${what} and ${fate}${then}.`,
    };
  });
}

/** A header with no value below it in any file that has it. */
function emptied(subject: DriftSubject, earlier: Earlier): readonly Drift[] {
  const { table, now } = subject;
  if (now.files.every((file) => (file.empty ?? []).length === 0)) return [];
  const files = now.files.filter((file) => file.rows > 0);
  const looked = byFinding(files, (file) => columnsOf(table, file).map((one) => [one.id, one] as const));
  return looked.flatMap(({ key, value: { column, header }, files: having }): readonly Drift[] => {
    if (!isEmpty(table, now, key)) return [];
    for (const record of earlier.all()) {
      if (isEmpty(table, record, key) !== false) continue;
      const what = column === undefined ? `The header ${quoted(header)}` : `Column ${column}`;
      return [
        {
          ...{
            kind: 'emptied',
            ...base(subject),
            ...defined({ column }),
            header,
            files: having,
            earlier: record.date,
          },
          message: `${what} has no value in ${filesText(having)}; it was filled on ${record.date}.`,
        },
      ];
    }
    return [];
  });
}

interface FileColumn {
  /** The same for a column by whatever header it is read. */
  readonly id: string;
  readonly column: string | undefined;
  readonly header: string;
}

/** Columns of a file that go to silver: configured ones, and extra ones where they are kept. */
function columnsOf(table: Table, file: SlotFile): readonly FileColumn[] {
  const { read, unknown: extra } = compareHeader(table, file.headers);
  return [
    ...[...read].map(([column, header]) => ({ id: `column ${column}`, column, header })),
    ...(table.extraColumns === 'keep' ? extra : []).map(({ header }) => ({
      ...{ id: `header ${foldHeader(header)}`, column: undefined, header },
    })),
  ];
}

/** Undefined: the date says nothing of the column, or has no row. */
function isEmpty(table: Table, { files }: SlotRecord, id: string): boolean | undefined {
  const states = files.flatMap((file) => {
    const found = file.rows === 0 ? undefined : columnsOf(table, file).find((one) => one.id === id);
    return found === undefined || file.empty === undefined ? [] : [file.empty.includes(found.header)];
  });
  return states.length === 0 ? undefined : states.every(Boolean);
}

/** Columns of which more does not convert than in any earlier file. */
function lessConverting(subject: DriftSubject, earlier: Earlier): readonly Drift[] {
  const { now } = subject;
  return Object.keys(now.failed ?? {}).flatMap((column): readonly Drift[] => {
    const share = shareOf(now, column);
    const before = [...earlier.all()].flatMap((record) => shareOf(record, column) ?? []);
    if (share === undefined || share === 0 || before.length === 0) return [];
    const most = Math.max(...before);
    if (share <= most) return [];
    const files = now.files.map((file) => file.file);
    return [
      {
        ...{ kind: 'type', ...base(subject), column, files, share: { now: share, before: most } },
        message: `${formatPercent(share)} of the values of column ${column} in ${filesText(files)} do not convert; in ${plural(before.length, 'earlier file')} at most ${formatPercent(most)} did not.`,
      },
    ];
  });
}

/** Percent of a column's values that do not convert; undefined where that is not known. */
function shareOf({ files, failed }: SlotRecord, column: string): number | undefined {
  return failed === undefined || files.every((file) => file.rows === 0)
    ? undefined
    : (ownValue(failed, column) ?? 0);
}

function pairs(subject: DriftSubject, earlier: Earlier): readonly Pair[] {
  const { table, now } = subject;
  return now.files.flatMap((file) => {
    const compared = compareHeader(table, file.headers);
    const free = compared.unknown.filter((one) => one.twin === undefined).slice(0, MOST_PAIRED);
    if (free.length === 0) return [];
    return compared.missing.slice(0, MOST_PAIRED).flatMap((column) => {
      const had = lastWith(table, earlier, column.name);
      return free.map(({ header }): Pair => {
        const name = Math.max(...[column.name, ...column.source].map((one) => nameLikeness(one, header)));
        const samePlace =
          had?.file.headers.length === file.headers.length &&
          had.file.headers.indexOf(had.header) === file.headers.indexOf(header);
        return {
          ...{ column: column.name, header, name, samePlace },
          ...defined({
            values: had && {
              earlier: { path: had.file.path, key: had.file.key, header: had.header },
              now: { path: file.path, key: file.key, header },
            },
          }),
        };
      });
    });
  });
}

/** The last file that had a column, and its header there. */
function lastWith(
  table: Table,
  earlier: Earlier,
  column: string,
): { readonly file: SlotFile; readonly header: string; readonly date: DateKey } | undefined {
  for (const { date, files } of earlier.all())
    for (const file of files) {
      const header = compareHeader(table, file.headers).read.get(column);
      if (header !== undefined && file.rows > 0) return { file, header, date };
    }
  return undefined;
}
