// The commands and their options: what may be typed, and what must not be combined.
import { defined } from '../engine';
import { Argument, Command, Option } from 'commander';
import { version } from '../../package.json';
import type { CaseCommandOptions } from './commands/case';
import type { CheckOptions } from './commands/check';
import type { InitOptions } from './commands/init';
import type { MaintenanceOptions } from './commands/maintenance';
import type { PlanOptions } from './commands/plan';
import type { PreviewOptions } from './commands/preview';
import type { ReconcileOptions } from './commands/reconcile';
import type { ReplayCommandOptions } from './commands/replay';
import type { ReportOptions } from './commands/report';
import type { RunOptions } from './commands/run';
import type { StatusOptions } from './commands/status';
import type { TestCommandOptions } from './commands/test';
import type { TraceOptions } from './commands/trace';
import type { WatchCommandOptions } from './commands/watch';
import type { Run } from './session';
import { collect, once, parseCount, parseDate, parseSeconds } from './values';

/** Runs a command once its module is loaded: `--help` must not load the engine. */
export type Start = <O>(command: Command, options: O, load: () => Promise<Run<O>>) => Promise<void>;

const date = (flags: string, text: string): Option =>
  new Option(`${flags} <YYYYMMDD>`, text).argParser(once(flags, parseDate));
const list = (flags: string, text: string): Option => new Option(flags, text).argParser(collect);
const count = (flags: string, text: string, least: number): Option =>
  new Option(`${flags} <N>`, text).argParser(once(flags, parseCount(flags, least)));
const seconds = (flags: string, text: string, least: number): Option =>
  new Option(`${flags} <S>`, `seconds ${text}`).argParser(once(flags, parseSeconds(flags, least)));
const junit = (): Option =>
  new Option('--junit <FILE>', 'write the outcome there as JUnit XML, however it ends').argParser(
    once('--junit', String),
  );

const STAGE_TEXT = 'only these stages: landing-to-raw, raw-to-silver, silver-to-gold, gold-to-snowflake';

export function buildProgram(start: Start): Command {
  const program = new Command('m7')
    .description(
      'Daily CSV files of several brands through landing, raw, silver and gold into the warehouse.',
    )
    .version(version, '--version', 'print the version')
    .addOption(
      new Option('--workspace <DIR>', 'the workspace (default: here)').argParser(once('--workspace', String)),
    )
    .option('--json', 'JSON on stdout and nothing else there')
    .addOption(new Option('--quiet', 'only errors on stderr').conflicts('verbose'))
    .option('--verbose', 'tell every step, and the stacks of errors')
    .configureHelp({ showGlobalOptions: true, sortSubcommands: false })
    .addHelpText(
      'after',
      [
        '',
        'Exit codes: 0 done, 1 a step or a validation failed, 2 usage or config,',
        '3 another run holds the lock, 130 cancelled.',
      ].join('\n'),
    )
    .exitOverride()
    .showSuggestionAfterError(true);

  program
    .command('init')
    .description('make a workspace')
    .addArgument(new Argument('[DIR]', 'its folder (default: the workspace)'))
    .option('--sample', 'with config and generated landing files of seven tables')
    .addOption(date('--date', 'the last date of the sample (default: today)'))
    .addOption(count('--rows', 'rows of the largest table for each brand and date', 1))
    .addOption(count('--days', 'dates of the sample', 1))
    .action((folder: string | undefined, options: Omit<InitOptions, 'folder'>, command: Command) =>
      start<InitOptions>(
        command,
        { ...options, ...defined({ folder }) },
        async () => (await import('./commands/init')).init,
      ),
    );

  selecting(program.command('run'), 'run what is new or changed, up to the warehouse')
    .option('--mock', 'load into the embedded warehouse, whatever .env says')
    .option('--force', 'run steps that are up to date, too')
    .option('--dry-run', 'print the plan, run nothing')
    .addOption(junit().conflicts('dryRun'))
    .action((options: RunOptions, command: Command) =>
      start(command, options, async () => (await import('./commands/run')).runPipeline),
    );

  selecting(
    program.command('watch'),
    'run what is due whenever files have arrived and settled, until stopped',
  )
    .addOption(seconds('--interval', 'between two looks at landing (default: 10)', 0.1))
    .addOption(seconds('--settle', 'a file must not have changed for (default: 5)', 0))
    .addOption(
      seconds(
        '--retry',
        'until a date that is not done is tried again, doubled each time (default: 30)',
        0.1,
      ),
    )
    .option('--once', 'end with the first run, and as it ends')
    .option('--mock', 'as run --mock')
    .action((options: WatchCommandOptions, command: Command) =>
      start(command, options, async () => (await import('./commands/watch')).watchPipeline),
    );

  selecting(program.command('plan'), 'print what would run and why')
    .option('--mock', 'as run --mock')
    .option('--force', 'as run --force')
    .action((options: PlanOptions, command: Command) =>
      start(command, options, async () => (await import('./commands/plan')).plan),
    );

  program
    .command('validate')
    .description('check gold against the rules and write the report, without loading')
    .addOption(date('--date', 'the date').makeOptionMandatory())
    .addOption(list('--table <T...>', 'only these tables'))
    .option('--force', 'validate what is up to date, too')
    .addOption(junit())
    .action((options: RunOptions, command: Command) =>
      start(command, options, async () => (await import('./commands/run')).validate),
    );

  dated(program.command('reconcile'), 'compare gold with the warehouse, table by table')
    .addOption(list('--table <T...>', 'only these tables'))
    .option('--mock', 'with the embedded warehouse, whatever .env says')
    .action((options: ReconcileOptions, command: Command) =>
      start(command, options, async () => (await import('./commands/reconcile')).reconcileTables),
    );

  program
    .command('replay')
    .description('try rejects again after a rule, a schema or a name was corrected')
    .addOption(date('--date', 'the date').makeOptionMandatory())
    .addOption(
      new Option('--stage <S>', 'the stage that kept them out')
        .argParser(once('--stage', String))
        .makeOptionMandatory(),
    )
    .addOption(list('--table <T...>', 'only these tables'))
    .addOption(list('--brand <B...>', 'only these brands'))
    .addOption(
      new Option(
        '--where <SQL>',
        'a condition over the columns of rejects: code, reason, rules, _source_file, record, …',
      ).argParser(once('--where', String)),
    )
    .addOption(
      new Option('--export <FILE>', 'write the rejected records of one table to a CSV file, to be corrected')
        .argParser(once('--export', String))
        .conflicts(['fix', 'force', 'dryRun']),
    )
    .addOption(
      new Option('--fix <FILE>', 'hand corrected records in as further landing files, and run them')
        .argParser(once('--fix', String))
        .conflicts(['table', 'brand', 'where', 'force', 'dryRun']),
    )
    .option('--dry-run', 'print what would be tried again, and which steps are due')
    .option('--force', 'run the stage again although nothing has changed')
    .option('--mock', 'load into the embedded warehouse, whatever .env says')
    .action((options: ReplayCommandOptions, command: Command) =>
      start(command, options, async () => (await import('./commands/replay')).replayRejects),
    );

  program
    .command('maintenance')
    .description('retention, archive, old logs, orphaned temporary files')
    .option('--dry-run', 'print what would be done: files, bytes and reasons by layer')
    .option('--mock', 'ask the embedded warehouse what is loaded, whatever .env says')
    .action((options: MaintenanceOptions, command: Command) =>
      start(command, options, async () => (await import('./commands/maintenance')).maintenance),
    );

  program
    .command('status')
    .description('what is where, last runs, failures')
    .addOption(date('--date', 'only this date, table by table'))
    .action((options: StatusOptions, command: Command) =>
      start(command, options, async () => (await import('./commands/status')).status),
    );

  program
    .command('report')
    .description('the validation report of a date')
    .addOption(date('--date', 'the date').makeOptionMandatory())
    .addOption(new Option('--table <T>', 'only this table').argParser(once('--table', String)))
    .addOption(new Option('--format <F>', 'of the report').choices(['text', 'json', 'html', 'junit']))
    .addOption(new Option('--output <FILE>', 'write there instead of to stdout'))
    .action((options: ReportOptions, command: Command) =>
      start(command, options, async () => (await import('./commands/report')).report),
    );

  program
    .command('preview')
    .description('look into a Parquet or delimited text file')
    .argument('<FILE>')
    .addOption(
      new Option('--sql <Q>', 'a SELECT over the file as table "file"').argParser(once('--sql', String)),
    )
    .addOption(count('--limit', 'rows at most, 0: all (default: 100)', 0))
    .addOption(count('--offset', 'rows passed over first', 0))
    .addOption(new Option('--format <F>', 'of the rows (default: table)').choices(['table', 'json', 'csv']))
    .action((file: string, options: Omit<PreviewOptions, 'file'>, command: Command) =>
      start<PreviewOptions>(
        command,
        { ...options, file },
        async () => (await import('./commands/preview')).preview,
      ),
    );

  program
    .command('trace')
    .description('rows of gold back to file and line; a line of a landing file on to what became of it')
    .addOption(date('--date', 'rows of gold: of this date'))
    .addOption(new Option('--table <T>', 'rows of gold: of this table').argParser(once('--table', String)))
    .addOption(
      new Option('--where <SQL>', 'rows of gold: a condition over its columns').argParser(
        once('--where', String),
      ),
    )
    .addOption(count('--limit', 'rows of gold at most (default: 20)', 1))
    .addOption(
      new Option('--file <FILE>', 'a landing file, or its original in raw, archive or rejects').argParser(
        once('--file', String),
      ),
    )
    .addOption(count('--line', 'the line of the file, as an editor counts it', 1))
    .addOption(count('--record', 'or the number of the record among the accepted ones', 1))
    .action((options: TraceOptions, command: Command) =>
      start(command, options, async () => (await import('./commands/trace')).traceRows),
    );

  program
    .command('case')
    .description('make a small test case of a failure: the fewest landing lines that still show it')
    .addOption(date('--date', 'the date').makeOptionMandatory())
    .addOption(
      new Option('--table <T>', 'the table').argParser(once('--table', String)).makeOptionMandatory(),
    )
    .addOption(
      new Option('--rule <ID>', 'of this rule (default: the worst failure of the table)').argParser(
        once('--rule', String),
      ),
    )
    .addOption(
      new Option('--reject <CODE>', 'of lines, rows or files kept out for this reason').argParser(
        once('--reject', String),
      ),
    )
    .addOption(
      new Option('--column <C>', 'of values of this column that do not convert').argParser(
        once('--column', String),
      ),
    )
    .addOption(new Option('--stage <S>', 'of this step that failed').argParser(once('--stage', String)))
    .addOption(
      new Option('--output <DIR>', 'make its folder in this one (default: test/cases)').argParser(
        once('--output', String),
      ),
    )
    .addOption(new Option('--name <N>', 'name of its folder').argParser(once('--name', String)))
    .option('--keep-values', 'write values of sensitive columns as they are')
    .action((options: CaseCommandOptions, command: Command) =>
      start(command, options, async () => (await import('./commands/case')).makeCase),
    );

  program
    .command('test')
    .description('run test cases and compare with what they expect')
    .addArgument(new Argument('[DIR...]', 'cases or folders of cases (default: test/cases or cases)'))
    .addOption(
      new Option('--junit <FILE>', 'write the results there as JUnit XML, too').argParser(
        once('--junit', String),
      ),
    )
    .option('--update', 'expect from now on what was found')
    .action((folders: readonly string[], options: Omit<TestCommandOptions, 'folders'>, command: Command) =>
      start<TestCommandOptions>(
        command,
        { ...options, folders },
        async () => (await import('./commands/test')).test,
      ),
    );

  program
    .command('check')
    .description('config, settings, connections: everything that can be known before a run')
    .option('--mail', 'send a test message by mail and webhook, and alerts that wait')
    .action((options: CheckOptions, command: Command) =>
      start(command, options, async () => (await import('./commands/check')).check),
    );
  return program;
}

function dated(command: Command, description: string, otherwise = ''): Command {
  return command
    .description(description)
    .addOption(date('--date', `one date${otherwise}`).conflicts(['from', 'to']))
    .addOption(date('--from', 'the first of several dates'))
    .addOption(date('--to', 'the last of several dates'));
}

function selecting(command: Command, description: string): Command {
  return dated(command, description, ' (default: all found or unfinished)')
    .addOption(list('--stage <S...>', STAGE_TEXT))
    .addOption(list('--table <T...>', 'only these tables'))
    .addOption(list('--brand <B...>', 'only these brands'));
}
