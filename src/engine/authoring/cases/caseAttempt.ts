// A case brought to life: its files in a workspace of their own, run once, and what came of it.
import { mkdir, rm, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { CsvFormat } from '../../csv';
import { inWords, makeTemporaryFolder } from '../../base';
import { type DateKey, PipelineError, type Report, type StepFinished, cancelled } from '../../model';
import { type RejectCount, rejectCounts } from '../../report';
import { run } from '../../run';
import { rejectedFiles } from '../../lake';
import { openWorkspace } from '../../workspace';

/** The files of a case by their paths inside its folder, with "/". */
export type CaseFiles = ReadonlyMap<string, Buffer | string>;

/** What came of the table and the last date of a case. */
export interface AttemptResult {
  readonly report: Report | undefined;
  readonly steps: readonly StepFinished[];
  readonly rejects: readonly RejectCount[];
  readonly files: readonly { readonly file: string; readonly brand: string; readonly code: string }[];
  /** How each landing file of any table and date was read, by its name in landing. */
  readonly formats: ReadonlyMap<string, CsvFormat>;
}

/**
 * A case never leaves the machine: it loads nothing, tells nobody, and stays inside its folder, whatever its .env
 * says or the machine's environment.
 */
const OVERRIDES: Readonly<Record<string, string>> = {
  DATA_DIR: './data',
  CONFIG_DIR: './config',
  LANDING_SUBDIR: 'landing',
  RAW_SUBDIR: 'raw',
  SILVER_SUBDIR: 'silver',
  GOLD_SUBDIR: 'gold',
  LOGS_SUBDIR: 'logs',
  ARCHIVE_SUBDIR: 'archive',
  REJECTS_SUBDIR: 'rejects',
  MOCK_SNOWFLAKE: 'true',
  ENABLE_EMAIL_ALERTS: 'false',
  ALERT_WEBHOOK_URL: '',
  OPENLINEAGE: 'off',
  PARALLEL_PROCESSING: 'false',
  SETTLE: '0',
};

/** Where the files of a case lie in a workspace. */
const PLACES: readonly (readonly [prefix: string, place: string])[] = [
  ['landing/', 'data/landing/'],
  ['config/', 'config/'],
  ['history/', 'data/logs/reports/'],
];

/**
 * Runs a case in a temporary workspace up to validation; nothing of it stays.
 * @throws PipelineError whatever makes a run impossible; CANCELLED.
 */
export async function attempt(
  files: CaseFiles,
  wanted: { readonly dates: readonly DateKey[]; readonly table: string },
  signal: AbortSignal,
): Promise<AttemptResult> {
  const folder = makeTemporaryFolder('case');
  try {
    await place(folder, files);
    const workspace = await openWorkspace({ directory: folder, environment: {}, overrides: OVERRIDES });
    const running = run(workspace, { dates: wanted.dates, validateOnly: true }, { signal });
    let next = await running.next();
    while (next.done !== true) next = await running.next();
    const result = next.value;
    if (result.status === 'cancelled') throw cancelled();
    const { lake } = workspace;
    const date = wanted.dates.at(-1) ?? '';
    const here = (one: { readonly date: DateKey; readonly table: string }): boolean =>
      one.date === date && one.table === wanted.table;
    return {
      report: result.reports.find(here),
      steps: result.steps.filter(here),
      rejects: (await rejectCounts(lake, date, signal)).filter(({ table }) => table === wanted.table),
      files: rejectedFiles(lake, date)
        .filter(here)
        .map(({ file, brand, code }) => ({ file, brand, code })),
      formats: new Map(
        wanted.dates
          .flatMap((day) => lake.manifests('raw', day))
          .flatMap(({ source }) => (source === undefined ? [] : [[source.file, source.format] as const])),
      ),
    };
  } catch (error) {
    throw inCase(folder, error);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function place(folder: string, files: CaseFiles): Promise<void> {
  await mkdir(join(folder, 'data/landing'), { recursive: true });
  // Files that were touched just now are watched for a while, as if they were still being written.
  const past = new Date(0);
  for (const [path, content] of files) {
    const [prefix = '', to = ''] = PLACES.find(([start]) => path.startsWith(start)) ?? [];
    if (prefix === '' && path !== '.env') continue;
    const target = join(folder, to + path.slice(prefix.length));
    await inWords(target, async () => {
      await mkdir(dirname(target), { recursive: true });
      await writeFile(target, content);
      await utimes(target, past, past);
    });
  }
}

/** The temporary folder is gone when the error is read: its files are those of the case. */
function inCase(folder: string, error: unknown): unknown {
  if (!(error instanceof PipelineError)) return error;
  const bare = (text: string): string => text.replaceAll(`${folder}/`, '');
  const { where } = error;
  return new PipelineError(error.code, bare(error.message), bare(error.remedy), {
    ...(where === undefined ? {} : { where: { ...where, file: bare(where.file) } }),
    cause: error,
  });
}
