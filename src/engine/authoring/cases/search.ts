// Tries of a case: which files some lines make, and whether these show the failure and are read as the whole ones were.
import { type DateKey, type Rule, type Table, throwIfCancelled, defined } from '../../model';
import type { OpenWorkspace } from '../../workspace';
import { attempt, type CaseFiles, type AttemptResult } from './caseAttempt';
import { cutConfig, historyOf, readConfigFiles, type ConfigFiles } from './configCut';
import { showsFailure, type Chosen } from './caseFailure';
import type { Line, LandingSource } from './caseLines';
import type { CaseLimits, CaseOptions } from './model';
import type { Supply } from './supply';

/** Without limits of its own. */
const LIMITS: CaseLimits = { runs: 400, seconds: 600 };

/** A set of landing lines that was run and shows the failure. */
export interface ShownFailure {
  readonly lines: readonly Line[];
  readonly present: ReadonlySet<number>;
  readonly found: AttemptResult;
}

/** What a search is about. */
export interface SearchSubject {
  readonly chosen: Chosen;
  readonly table: Table;
  readonly sources: readonly LandingSource[];
}

export interface Search {
  readonly dates: readonly DateKey[];
  /** Runs these lines; undefined: they do not show the failure, or would be read in another way. */
  readonly shows: (
    lines: readonly Line[],
    supply: Supply,
    present?: ReadonlySet<number>,
  ) => Promise<ShownFailure | undefined>;
  readonly files: (
    lines: readonly Line[],
    present: ReadonlySet<number>,
    supply: Supply,
  ) => Promise<CaseFiles>;
  readonly budget: () => boolean;
  readonly runs: () => number;
  readonly tell: (doing: 'looking' | 'shrinking' | 'masking' | 'writing', lines?: number) => void;
}

export function openSearch(
  workspace: OpenWorkspace,
  given: {
    readonly date: DateKey;
    readonly chosen: Chosen;
    readonly table: Table;
    readonly others: readonly string[];
    readonly sources: readonly LandingSource[];
    readonly rules: readonly Rule[];
    readonly limits?: CaseLimits;
    readonly progress?: CaseOptions['progress'];
  },
  begun: number,
  signal: AbortSignal,
): Search {
  const { date, chosen, sources, table, others } = given;
  const limits = given.limits ?? LIMITS;
  const dates = [...new Set([...sources.map((s) => s.date), date])].sort();
  const tables = new Set([table.name, ...others]);
  const history = historyOf(workspace, table.name, date, chosen.rule);
  let runs = 0;
  let configFiles: ConfigFiles | undefined;
  const files: Search['files'] = async (lines, present, supply) => {
    const brands = new Set([...present].map((i) => sources[i]?.brand ?? ''));
    configFiles ??= await readConfigFiles(workspace);
    const config = cutConfig(workspace, configFiles, { brands, tables, rules: new Set(given.rules) });
    const landing = new Map<string, Buffer>();
    for (const i of [...present].sort((a, b) => a - b)) {
      const source = sources[i];
      if (source !== undefined)
        landing.set(
          `landing/${source.name}`,
          await supply.bytes(
            i,
            lines.filter((line) => line.source === i),
          ),
        );
    }
    return new Map([...landing, ...config, ...history]);
  };
  return {
    dates,
    files,
    budget: () => runs < limits.runs && performance.now() - begun < limits.seconds * 1000,
    runs: () => runs,
    tell: (doing, lines) => given.progress?.({ doing, runs, ...defined({ lines }) }),
    shows: async (lines, supply, present = presentIn(lines, sources)) => {
      throwIfCancelled(signal);
      const content = await files(lines, present, supply);
      runs += 1;
      const found = await attempt(content, { dates, table: table.name }, signal);
      const same = [...present].every((i) => {
        const source = sources[i];
        if (source === undefined) return true;
        const bytes = lines.some((line) => line.source === i) ? content.get(`landing/${source.name}`) : '';
        return readAlike(source, found, bytes ?? '');
      });
      return same && showsFailure(chosen, found) ? { lines, present, found } : undefined;
    },
  };
}

/** Sources that have lines, and for each table and date without any line its first one. */
function presentIn(lines: readonly Line[], sources: readonly LandingSource[]): ReadonlySet<number> {
  const present = new Set(lines.map((line) => line.source));
  sources.forEach(({ table, date }, i) => {
    const like = (j: number): boolean => sources[j]?.table === table && sources[j].date === date;
    if (![...present].some(like)) present.add(i);
  });
  return present;
}

/**
 * Was the file read as the whole one was? Without a quote or a letter beyond ASCII these choices do not matter.
 * A footer that counts comes without it: fewer lines have another count.
 * @param content empty for a file that has its header alone: it comes without the footer.
 */
function readAlike(source: LandingSource, found: AttemptResult, content: Buffer | string): boolean {
  const { format } = source;
  const now = found.formats.get(source.name);
  if (format === undefined || now === undefined) return true;
  const bytes = Buffer.from(content);
  const quoted = format.quote !== '' && bytes.includes(format.quote);
  return (
    now.delimiter === format.delimiter &&
    now.header === format.header &&
    now.preamble === format.preamble &&
    (bytes.length === 0 || now.footer === 0 || now.footer === format.footer) &&
    (now.trailingDelimiter ?? false) === (format.trailingDelimiter ?? false) &&
    now.columns.join('\0') === format.columns.join('\0') &&
    (!quoted || now.quote === format.quote) &&
    (now.encoding === format.encoding || bytes.every((byte) => byte < 0x80))
  );
}
