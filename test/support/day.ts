// A small workspace written from plain objects, and runs over it inside this process.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import {
  openWorkspace,
  run,
  type OpenWorkspace,
  type RunEvent,
  type RunOptions,
  type RunResult,
  type Selection,
} from '../../src/engine';

export const DATE = '20241115';

export interface Day {
  readonly brands: unknown;
  readonly tables: Readonly<Record<string, unknown>>;
  readonly rules?: unknown;
  /** Lines of .env. */
  readonly settings?: string;
  /** Landing files by name. */
  readonly files: Readonly<Record<string, string | Buffer>>;
}

/** Two brands, two tables that refer to each other, every layer with rows, rejects and duplicates. */
export function smallDay(rows = 40): Day {
  const devices = (brand: string): string =>
    ['device_id,model,price', ...count(rows).map((i) => `${brand}${i},"Model ${i % 7}",${i}.50`)].join('\n');
  const playbacks = (brand: string): string =>
    [
      'playback_id,device_id,started_at,seconds',
      ...count(rows).map((i) => `p${i},${brand}${i},2024-11-15 10:${two(i % 60)}:00,${i * 7}`),
      'p0,again,2024-11-15 11:00:00,1',
      'late,x,not a time,-5',
      'too,few',
      // A short record without a line end behind it would look cut off.
      '',
    ].join('\n');
  // The faults above are so many of a few rows that the table would fail for them.
  const few = rows < 25;
  return {
    brands: { Skylink: 'SKL', Digi: { code: 'DIG', timezone: 'Europe/Amsterdam' } },
    tables: {
      Device: {
        primary_key: ['device_id', '_brand'],
        columns: {
          device_id: { type: 'VARCHAR', required: true },
          model: { type: 'VARCHAR', transform: 'upper(model)' },
          price: { type: 'DECIMAL(10,2)' },
        },
      },
      Playback: {
        primary_key: ['playback_id', '_brand'],
        columns: {
          playback_id: { type: 'VARCHAR', required: true },
          device_id: { type: 'VARCHAR' },
          started_at: { type: 'TIMESTAMP', timezone: 'brand', ...(few ? { max_failed: '50%' } : {}) },
          seconds: { type: 'INTEGER' },
        },
        ...(few ? { max_rejected: '50%' } : {}),
      },
    },
    rules: {
      Device: { rules: [{ rule: 'not_null', column: 'model' }] },
      Playback: {
        rules: [
          { rule: 'references', column: 'device_id', to: 'Device.device_id', severity: 'warning' },
          { rule: 'range', column: 'seconds', min: 0, error: '50%' },
        ],
      },
    },
    settings: 'EXPECTED_TABLES=Device,Playback\nMAX_WORKERS=2\n',
    files: {
      [`Skylink_Device_${DATE}.csv`]: devices('S'),
      [`Digi_Device_${DATE}.csv`]: devices('D'),
      [`Skylink_Playback_${DATE}.csv`]: playbacks('S'),
      [`Digi_Playback_${DATE}.csv`]: playbacks('D'),
    },
  };
}

const count = (rows: number): number[] => Array.from({ length: rows }, (_, i) => i);
const two = (n: number): string => String(n).padStart(2, '0');

/** Writes a workspace; its landing files count as complete. */
export function writeDay(folder: string, day: Day): void {
  const put = (path: string, content: string | Buffer): void => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  };
  const json = (value: unknown): string => JSON.stringify(value, undefined, 2);
  put('.env', day.settings ?? `EXPECTED_TABLES=${Object.keys(day.tables).join(',')}\n`);
  put('config/brand_configs.json', json({ brands: day.brands }));
  put('config/table_schemas.json', json({ tables: day.tables }));
  put('config/validation_rules.json', json({ tables: day.rules ?? {} }));
  mkdirSync(join(folder, 'data/landing'), { recursive: true });
  for (const [name, content] of Object.entries(day.files)) put(join('data/landing', name), content);
}

export interface Drained {
  readonly events: readonly RunEvent[];
  readonly result: RunResult;
}

/** Opens a workspace and runs it to the end; `each` sees the events as they come. */
export async function runDay(
  folder: string,
  more: {
    readonly selection?: Selection;
    readonly options?: RunOptions;
    readonly each?: (event: RunEvent) => void;
  } = {},
): Promise<Drained> {
  const workspace = await open(folder);
  const running = run(workspace, more.selection ?? { dates: [DATE] }, more.options);
  const events: RunEvent[] = [];
  for (;;) {
    const next = await running.next();
    if (next.done === true) return { events, result: next.value };
    events.push(next.value);
    more.each?.(next.value);
  }
}

export const open = (folder: string): Promise<OpenWorkspace> =>
  openWorkspace({ directory: folder, environment: { SETTLE: '0' } });

/** Steps that did work, failed or were cancelled, as "stage table brand status". */
export const worked = ({ result }: Drained): string[] =>
  result.steps
    .filter((s) => s.status !== 'skipped')
    .map((s) => [s.stage, s.table, s.brand ?? '', s.status].filter((part) => part !== '').join(' '));

/** Codes and messages of the steps that failed. */
export const failures = ({ result }: Drained): string[] =>
  result.steps.flatMap((s) =>
    s.error === undefined
      ? []
      : [`${s.stage} ${s.table} ${s.brand ?? ''}: ${s.error.code} ${s.error.message} ${s.error.remedy}`],
  );
