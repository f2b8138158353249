// Which file of the pipeline a path or a record names: in raw, rejected, waiting, or ignored.
import { statSync } from 'node:fs';
import { isAbsolute, join, resolve } from 'node:path';
import { type CsvFormat, type EvidenceSource, decideFormat } from '../../csv';
import { type DateKey, type FileKnowledge, PipelineError, fileKnowledge } from '../../model';
import { type Manifest, type RejectedFile, matcher, rejectNotes, relativePath } from '../../lake';
import { printable } from '../../report';
import { encodingEvidence } from '../../stages';
import type { OpenWorkspace } from '../../workspace';

/** A landing file, and what is known of it. */
export type Subject = Named &
  (
    | {
        readonly kind: 'taken';
        readonly part: Manifest;
        readonly date: DateKey;
        readonly brand: string;
        readonly table: string;
      }
    | {
        readonly kind: 'kept';
        readonly note: RejectedFile;
        readonly date: DateKey;
        readonly brand: string;
        readonly table: string;
      }
    | {
        readonly kind: 'waiting';
        readonly date: DateKey;
        readonly brand: string;
        readonly table: string;
        /** A file of this name was taken in before; another one lies there now. */
        readonly again: boolean;
      }
    | { readonly kind: 'ignored'; readonly date: DateKey | null; readonly reason: string }
  );

/** A file that raw was made of. */
export type RawSubject = Extract<Subject, { kind: 'taken' }>;

interface Named {
  /** As it was delivered, relative to the landing folder. */
  readonly file: string;
  /** Where it should lie now, absolute. */
  readonly path: string;
}

const isFile = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isFile() === true;

const inside = (relative: string): boolean => !relative.startsWith('..') && !isAbsolute(relative);

/** The places a path may mean, absolute. */
function candidates({ settings }: OpenWorkspace, path: string): readonly string[] {
  if (isAbsolute(path)) return [resolve(path)];
  return [settings.workspace, settings.landingDir, settings.dataDir].map((root) => join(root, path));
}

/** The file a path means; undefined where it is no file of the pipeline. Manifests of dates in the path are read. */
export function subjectAt(workspace: OpenWorkspace, path: string): Subject | undefined {
  const all = candidates(workspace, path);
  const there = all.filter((one) => isFile(one));
  for (const one of [...there, ...all.filter((other) => !there.includes(other))]) {
    const found = subjectOf(workspace, one);
    if (found !== undefined) return found;
  }
  return undefined;
}

/**
 * As subjectAt.
 * @throws PipelineError NOT_FOUND where the path is no file of the pipeline.
 */
export function requireSubject(workspace: OpenWorkspace, path: string): Subject {
  const found = path.trim() === '' ? undefined : subjectAt(workspace, path);
  if (found !== undefined) return found;
  const there = candidates(workspace, path).some((one) => isFile(one));
  throw new PipelineError(
    'NOT_FOUND',
    `${printable(path === '' ? '""' : path)} is not a landing file of this workspace${there ? '' : ': the file does not exist'}.`,
    `Name a file below ${workspace.relative(workspace.settings.landingDir)}, or its original in ${workspace.relative(workspace.settings.rawDir)}, the archive or rejects.`,
  );
}

function subjectOf(workspace: OpenWorkspace, path: string): Subject | undefined {
  const { settings, lake } = workspace;
  const name = relativePath(settings.landingDir, path);
  if (inside(name)) return landingSubject(workspace, path, name);
  const stored = lake.relative(path);
  if (!inside(stored)) return undefined;
  for (const date of new Set(stored.match(/\d{8}/g) ?? [])) {
    const part = lake.manifests('raw', date).find((one) => one.source?.original === stored);
    const found = part === undefined ? undefined : taken(workspace, part);
    if (found !== undefined) return found;
    const noted = rejectNotes(lake, date).find(({ kept }) => relativePath(kept, path) === '');
    if (noted !== undefined) return keptOut(noted.note, noted.kept);
  }
  return undefined;
}

function landingSubject(workspace: OpenWorkspace, path: string, name: string): Subject | undefined {
  const { settings, config, lake } = workspace;
  const match = matcher(settings, config)(name);
  const there = isFile(path);
  if (match.kind === 'none')
    return there
      ? { kind: 'ignored', file: name, path, date: match.date ?? null, reason: match.reason }
      : undefined;
  const { date, brand, table } = match;
  const parts = lake.manifests('raw', date).filter((one) => one.source?.file === name);
  const latest = parts.toSorted((a, b) => (b.part ?? 1) - (a.part ?? 1))[0];
  if (there) return { kind: 'waiting', file: name, path, date, brand, table, again: latest !== undefined };
  if (latest !== undefined) return taken(workspace, latest);
  const noted = rejectNotes(lake, date).findLast(({ note, there: bytes }) => bytes && note.file === name);
  return noted === undefined ? undefined : keptOut(noted.note, noted.kept);
}

/** The subject of a raw part. */
export function taken({ lake }: OpenWorkspace, part: Manifest): RawSubject | undefined {
  if (part.source === undefined || part.brand === undefined) return undefined;
  return {
    kind: 'taken',
    file: part.source.file,
    path: lake.absolute(part.source.original),
    part,
    date: part.date,
    brand: part.brand,
    table: part.table,
  };
}

function keptOut(note: RejectedFile, path: string): Subject {
  const { file, date, brand, table } = note;
  return { kind: 'kept', file, path, note, date, brand, table };
}

/** Was the original compressed when it was archived? Then its size tells nothing. */
export function isArchived({ source }: Manifest): boolean {
  return source?.format.compression === 'none' && source.original.endsWith('.gz');
}

/** How the file is read now; undefined where it is no text that can be cut into records. */
export async function formatOf(
  workspace: OpenWorkspace,
  subject: Subject,
  temporary: string,
  signal: AbortSignal | undefined,
): Promise<CsvFormat | undefined> {
  if (subject.kind === 'taken') {
    const { source } = subject.part;
    if (source === undefined) return undefined;
    return isArchived(subject.part) ? { ...source.format, compression: 'gzip' } : source.format;
  }
  const decided = await decideFormat(subject.path, {
    ...subjectKnowledge(workspace, subject),
    temporary,
    signal,
  });
  return decided.kind === 'csv' ? decided.format : undefined;
}

/** What is known of a file in its workspace before it is read. */
export interface SubjectKnowledge extends FileKnowledge {
  readonly evidence?: EvidenceSource;
}

/** What landing-to-raw knows of a file before it reads it. */
export function subjectKnowledge({ config, lake }: OpenWorkspace, subject: Subject): SubjectKnowledge {
  if (subject.kind === 'ignored') return {};
  return {
    ...fileKnowledge(config, subject.brand, subject.table),
    evidence: () => encodingEvidence(lake, config, subject),
  };
}
