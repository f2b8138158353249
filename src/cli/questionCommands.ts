// The commands that change nothing: where data is, what was found, where a row comes from, and whether all is set up.
import { Option, type Command } from 'commander';
import type { CheckOptions } from './commands/check';
import type { PreviewOptions } from './commands/preview';
import type { ReconcileOptions } from './commands/reconcile';
import type { ReportOptions } from './commands/report';
import type { StatusOptions } from './commands/status';
import type { TraceOptions } from './commands/trace';
import { count, date, dated, list, type Start } from './options';
import { once } from './values';

export function addStatus(program: Command, start: Start): void {
  program
    .command('status')
    .description('show dates, ignored files, last runs and failures')
    .addOption(date('--date', 'only this date, table by table'))
    .action((options: StatusOptions, command: Command) =>
      start(command, options, async () => (await import('./commands/status')).status),
    );
}

export function addReport(program: Command, start: Start): void {
  program
    .command('report')
    .description('show the validation report of a date')
    .addOption(date('--date', 'the date').makeOptionMandatory())
    .addOption(new Option('--table <T>', 'only this table').argParser(once('--table', String)))
    .addOption(new Option('--format <F>', 'format of the report').choices(['text', 'json', 'html', 'junit']))
    .addOption(new Option('--output <FILE>', 'write to FILE instead of stdout'))
    .action((options: ReportOptions, command: Command) =>
      start(command, options, async () => (await import('./commands/report')).report),
    );
}

export function addPreview(program: Command, start: Start): void {
  program
    .command('preview')
    .description('show a Parquet or delimited text file')
    .argument('<FILE>')
    .addOption(
      new Option('--sql <Q>', 'a SELECT over the file as table "file"').argParser(once('--sql', String)),
    )
    .addOption(count('--limit', 'rows at most; 0 for all (default: 100)', 0))
    .addOption(count('--offset', 'rows to skip first', 0))
    .addOption(
      new Option('--format <F>', 'format of the rows (default: table)').choices(['table', 'json', 'csv']),
    )
    .addOption(
      new Option(
        '--exact',
        "with --format csv: as it is, without a ' before what a spreadsheet would compute",
      ),
    )
    .action((file: string, options: Omit<PreviewOptions, 'file'>, command: Command) =>
      start<PreviewOptions>(
        command,
        { ...options, file },
        async () => (await import('./commands/preview')).preview,
      ),
    );
}

export function addTrace(program: Command, start: Start): void {
  program
    .command('trace')
    .description('follow gold rows back to file and line, or a landing line forward to the warehouse')
    .addOption(date('--date', 'the date of the gold rows'))
    .addOption(new Option('--table <T>', 'the table of the gold rows').argParser(once('--table', String)))
    .addOption(
      new Option('--where <SQL>', 'a condition over the columns of gold').argParser(once('--where', String)),
    )
    .addOption(count('--limit', 'gold rows at most (default: 20)', 1))
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
}

export function addReconcile(program: Command, start: Start): void {
  dated(program.command('reconcile'), 'compare gold with the warehouse, table by table')
    .addOption(list('--table <T...>', 'only these tables'))
    .option('--mock', 'with the embedded warehouse instead of the one in .env')
    .action((options: ReconcileOptions, command: Command) =>
      start(command, options, async () => (await import('./commands/reconcile')).reconcileTables),
    );
}

export function addCheck(program: Command, start: Start): void {
  program
    .command('check')
    .description('check config, settings and connections before a run')
    .option('--mail', 'send a test message by mail and webhook, and alerts that wait')
    .action((options: CheckOptions, command: Command) =>
      start(command, options, async () => (await import('./commands/check')).check),
    );
}
