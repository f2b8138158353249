// `npm run audit:deps [-- --severity S] [-- --seconds N]`: known advisories of what is shipped, as npm audit gets them
// from the configured registry. Many registries know none, or do not answer: then nothing is proven, and that is said.
import { execFile } from 'node:child_process';
import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { runTool } from './tool';

const root = resolve(__dirname, '../..');

/** Names of npm, from the least on. */
const SEVERITIES = ['info', 'low', 'moderate', 'high', 'critical'] as const;
export type Severity = (typeof SEVERITIES)[number];
const isSeverity = (text: string): text is Severity => SEVERITIES.some((one) => one === text);

/** A package with a critical advisory of 2022: a registry that has none of it knows nothing of the others either. */
const CONTROL = { name: 'minimist', version: '0.0.8' };
/** Of one request, at most; a registry that drips is ended by the time of the whole. */
const REQUEST_MS = 20_000;

export interface AuditQuestion {
  /** Where package.json and package-lock.json are. */
  readonly root: string;
  /** Advisories of shipped packages fail from here on. */
  readonly severity: Severity;
  readonly seconds: number;
  /** Places in node_modules of the packages that are shipped; asked only where there are advisories. */
  readonly shipped: () => Promise<ReadonlySet<string>>;
  readonly environment?: NodeJS.ProcessEnv;
}

export interface AuditResult {
  /** skipped: the registry has not answered, so nothing is known. */
  readonly kind: 'passed' | 'failed' | 'skipped';
  readonly lines: readonly string[];
}

/** An advisory, and where the packages are that it is about. */
interface Advisory {
  readonly name: string;
  readonly title: string;
  readonly url: string;
  readonly severity: string;
  readonly range: string;
  readonly nodes: readonly string[];
}

/** The part that is read of what `npm audit --json` prints. */
interface NpmReport {
  readonly auditReportVersion?: number;
  readonly message?: string;
  readonly error?: { readonly summary?: string };
  readonly vulnerabilities?: Readonly<
    Record<
      string,
      { readonly nodes: readonly string[]; readonly via: readonly (string | Omit<Advisory, 'nodes'>)[] }
    >
  >;
}

/** Asks the registry, and judges what it says. */
export async function auditDependencies(question: AuditQuestion): Promise<AuditResult> {
  const work = await mkdtemp(join(tmpdir(), 'm7-audit-'));
  try {
    const control = await withControl(question.root, work);
    const found = await advisoriesOf(work, question);
    if (typeof found === 'string') return skipped(found);
    if (!found.some(({ name, nodes }) => name === CONTROL.name && nodes.includes(control)))
      return skipped(
        `it has no advisory of ${CONTROL.name} ${CONTROL.version}, which is known to all that have any`,
      );
    const ours = found
      .map((one) => ({ ...one, nodes: one.nodes.filter((at) => at !== control) }))
      .filter(({ nodes }) => nodes.length > 0);
    return await judged(ours, question);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

const skipped = (reason: string): AuditResult => ({
  kind: 'skipped',
  lines: [`Skipped: the registry says nothing about known advisories: ${reason}.`],
});

/** Copies what npm reads into a folder, with the control in the lock file; gives the control's place. */
async function withControl(from: string, folder: string): Promise<string> {
  await copyFile(join(from, 'package.json'), join(folder, 'package.json'));
  await copyFile(join(from, '.npmrc'), join(folder, '.npmrc')).catch(() => undefined);
  const lock = JSON.parse(await readFile(join(from, 'package-lock.json'), 'utf8')) as {
    readonly packages: Readonly<Record<string, unknown>>;
  };
  const [owner = ''] = Object.keys(lock.packages).filter((path) => path !== '');
  const control = `${owner}/node_modules/${CONTROL.name}`;
  const packages = { ...lock.packages, [control]: { version: CONTROL.version } };
  await writeFile(join(folder, 'package-lock.json'), JSON.stringify({ ...lock, packages }));
  return control;
}

/** All advisories that the registry has; why there is no answer where it gives none. */
async function advisoriesOf(
  folder: string,
  { seconds, environment }: AuditQuestion,
): Promise<readonly Advisory[] | string> {
  const patience = Math.min(REQUEST_MS, seconds * 1000);
  const words = [
    'audit',
    '--json',
    '--package-lock-only',
    '--fetch-retries=0',
    `--fetch-timeout=${patience}`,
  ];
  const output = await new Promise<string | undefined>((done) => {
    execFile(
      'npm',
      words,
      {
        cwd: folder,
        env: { ...process.env, ...environment },
        timeout: seconds * 1000,
        killSignal: 'SIGKILL',
        maxBuffer: 1 << 26,
        shell: process.platform === 'win32',
      },
      // npm ends with 1 where it has found something: what it prints says which it is.
      (error, stdout) => done(error?.killed === true ? undefined : stdout),
    );
  });
  if (output === undefined) return `no answer within ${seconds} seconds`;
  const report = parsed(output);
  if (report?.auditReportVersion !== 2 || report.vulnerabilities === undefined) {
    const reason = report?.message ?? report?.error?.summary ?? '';
    return reason === '' ? 'npm audit gives no report' : reason.replaceAll(/\s+/g, ' ').replace(/\.$/, '');
  }
  return Object.values(report.vulnerabilities).flatMap(({ nodes, via }) =>
    // A name alone is a package that needs one of the others.
    via.flatMap((one) => (typeof one === 'string' ? [] : [{ ...one, nodes }])),
  );
}

function parsed(text: string): NpmReport | undefined {
  try {
    return JSON.parse(text) as NpmReport;
  } catch {
    return undefined;
  }
}

async function judged(
  advisories: readonly Advisory[],
  { severity, shipped }: AuditQuestion,
): Promise<AuditResult> {
  if (advisories.length === 0) return { kind: 'passed', lines: ['No known advisory.'] };
  const places = await shipped();
  const isShipped = ({ nodes }: Advisory): boolean => nodes.some((at) => places.has(at));
  const [own, others] = [advisories.filter(isShipped), advisories.filter((one) => !isShipped(one))];
  // A severity that npm has no name for is worse than all that it has one for.
  const isSevere = (one: Advisory): boolean =>
    !isSeverity(one.severity) || SEVERITIES.indexOf(one.severity) >= SEVERITIES.indexOf(severity);
  const severe = own.filter(isSevere);
  return {
    kind: severe.length > 0 ? 'failed' : 'passed',
    lines: [
      ...own.map((one) => inWords(one, 'shipped')),
      ...others.map((one) => inWords(one, 'for development only')),
      `${severe.length} of ${advisories.length} known advisories are of shipped packages and ${severity} or worse.`,
      ...(severe.length > 0 ? ['Update the packages (npm update NAME), or do without them.'] : []),
    ],
  };
}

const inWords = ({ name, title, url, severity, range, nodes }: Advisory, use: string): string =>
  `${severity}: ${name} ${range}: ${title} (${use}: ${nodes.join(', ')}) ${url}`;

/** Places of the packages that the bundles are made of, and of DuckDB's native ones beside them. */
async function shippedPlaces(): Promise<ReadonlySet<string>> {
  const work = await mkdtemp(join(tmpdir(), 'm7-audit-'));
  try {
    const metafile = join(work, 'metafile.json');
    await runTool(
      'esbuild.mjs',
      ['--production', `--outdir=${join(work, 'dist')}`, `--metafile=${metafile}`],
      root,
    );
    const { inputs } = JSON.parse(await readFile(metafile, 'utf8')) as {
      readonly inputs: Readonly<Record<string, unknown>>;
    };
    const bundled = Object.keys(inputs).flatMap(
      (path) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path) ?? [],
    );
    const { packages } = JSON.parse(await readFile(join(root, 'package-lock.json'), 'utf8')) as {
      readonly packages: Readonly<Record<string, unknown>>;
    };
    const native = Object.keys(packages).filter((path) => path.startsWith('node_modules/@duckdb/'));
    return new Set([...bundled, ...native]);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { severity: { type: 'string' }, seconds: { type: 'string' } } });
  const { severity = 'high', seconds = '60' } = values;
  if (!isSeverity(severity)) throw new Error(`There is no severity "${severity}": ${SEVERITIES.join(', ')}.`);
  if (!(Number(seconds) > 0)) throw new Error(`--seconds ${seconds} is not a time.`);
  const { kind, lines } = await auditDependencies({
    root,
    severity,
    seconds: Number(seconds),
    shipped: shippedPlaces,
  });
  process.stdout.write(`${lines.join('\n')}\n`);
  process.exitCode = kind === 'failed' ? 1 : 0;
}

if (require.main === module)
  main().catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 2;
  });
