// How every stage makes its output visible: the file, the rejects beside it and the manifest, or nothing of them.
import { sizeOf } from '../base';
import type { Manifest } from '../lake';
import { defined } from '../model';
import type { StageContext } from './stage';

/** A file in the step's temporary folder, and where it goes. */
export interface OutputDraft {
  readonly temporary: string;
  /** Absolute. */
  readonly final: string;
  /** Rows that it holds; of a report the rows that it accepts. */
  readonly rows: number;
}

/** The rejects of an output: new ones, none (those of an earlier output are removed), or the published ones still. */
export type OutputRejects =
  | ({ readonly kind: 'written' } & OutputDraft)
  | { readonly kind: 'none'; readonly final: string }
  | { readonly kind: 'unchanged'; readonly rejects: Manifest['rejects'] };

export interface StageOutput {
  readonly of: Pick<Manifest, 'layer' | 'date' | 'brand' | 'table' | 'part' | 'key'>;
  readonly file: OutputDraft;
  readonly rejects: OutputRejects;
  /** What lies in its place without a manifest was held against it, and is the same. */
  readonly adopts?: boolean;
  /** What else its manifest says. */
  readonly facts: Pick<
    Manifest,
    'inputs' | 'edges' | 'source' | 'conversions' | 'localTimes' | 'findings' | 'observed' | 'withdrawn'
  >;
}

/** Rejects as a stage wrote them; `rows` 0: there are none. */
export function outputRejects(file: OutputDraft): OutputRejects {
  return file.rows > 0 ? { kind: 'written', ...file } : { kind: 'none', final: file.final };
}

/**
 * Publishes an output with its rejects and gives its manifest.
 * @throws PipelineError PARQUET_INVALID when a reopened file does not hold the rows that were written.
 */
export async function publishOutput(context: StageContext, output: StageOutput): Promise<Manifest> {
  const { lake } = context;
  const { of, file, rejects, facts } = output;
  const described = async (draft: OutputDraft): Promise<Manifest['output']> => ({
    path: lake.relative(draft.final),
    bytes: (await sizeOf(draft.temporary)) ?? 0,
    rows: draft.rows,
  });
  const manifest: Manifest = {
    version: 1,
    ...of,
    output: await described(file),
    ...defined({
      rejects:
        rejects.kind === 'written'
          ? await described(rejects)
          : rejects.kind === 'unchanged'
            ? rejects.rejects
            : undefined,
    }),
    ...facts,
  };
  // A report is no Parquet file: its rows cannot be counted there.
  const { rows, ...report } = file;
  const files = [of.layer === 'validated' ? report : { ...report, rows }];
  const aside = await lake.publish(
    {
      files: rejects.kind === 'written' ? [...files, rejects] : files,
      absent: rejects.kind === 'none' ? [rejects.final] : [],
      manifest,
      adopts: output.adopts === true,
    },
    context.connection,
  );
  for (const { path, as } of aside)
    context.log(
      'warning',
      `${lake.relative(path)} had no manifest and other content: it was kept as ${lake.relative(as)}.`,
    );
  return manifest;
}
