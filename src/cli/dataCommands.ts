// The commands that change data: a workspace is made, dates are run, rejects tried again, old files removed.
import { Argument, Option, type Command } from 'commander';
import { defined } from '../shared/defined';
import type { DriftOptions } from './commands/drift';
import type { InitOptions } from './commands/init';
import type { MaintenanceOptions } from './commands/maintenance';
import type { PlanOptions } from './commands/plan';
import type { RepairCommandOptions } from './commands/repair';
import type { ReplayCommandOptions } from './commands/replay';
import type { RunOptions } from './commands/run';
import type { WatchCommandOptions } from './commands/watch';
import { count, date, junit, list, seconds, selecting, type Start } from './options';
import { once } from './values';

export function addInit(program: Command, start: Start): void {
  program
    .command('init')
    .description('create a workspace')
    .addArgument(new Argument('[DIR]', 'its folder (default: the workspace)'))
    .option('--sample', 'with config and generated landing files of seven tables')
    .addOption(date('--date', 'the last date of the sample (default: today)'))
    .addOption(count('--rows', 'rows of the largest table for each brand and date', 1))
    .addOption(count('--days', 'number of dates in the sample', 1))
    .action((folder: string | undefined, options: Omit<InitOptions, 'folder'>, command: Command) =>
      start<InitOptions>(
        command,
        { ...options, ...defined({ folder }) },
        async () => (await import('./commands/init')).init,
      ),
    );
}

export function addRun(program: Command, start: Start): void {
  selecting(program.command('run'), 'run what is new or changed, up to the warehouse')
    .option('--mock', 'load into the embedded warehouse instead of the one in .env')
    .option('--force', 'also run steps that are up to date')
    .option('--dry-run', 'print the plan, run nothing')
    .addOption(junit().conflicts('dryRun'))
    .action((options: RunOptions, command: Command) =>
      start(command, options, async () => (await import('./commands/run')).runPipeline),
    );
}

export function addWatch(program: Command, start: Start): void {
  selecting(program.command('watch'), 'wait for complete files and run everything that is due, until stopped')
    .addOption(seconds('--interval', 'between two looks at landing (default: 10)', 0.1))
    .addOption(seconds('--settle', 'a file must not have changed for (default: SETTLE, 10)', 0))
    .addOption(
      seconds('--retry', 'until an unfinished date is tried again, doubled each time (default: 30)', 0.1),
    )
    .option('--once', 'end after the first run, with its exit code')
    .option('--mock', 'as run --mock')
    .action((options: WatchCommandOptions, command: Command) =>
      start(command, options, async () => (await import('./commands/watch')).watchPipeline),
    );
}

export function addPlan(program: Command, start: Start): void {
  selecting(program.command('plan'), 'print what would run and why')
    .option('--mock', 'as run --mock')
    .option('--force', 'as run --force')
    .action((options: PlanOptions, command: Command) =>
      start(command, options, async () => (await import('./commands/plan')).plan),
    );
}

export function addValidate(program: Command, start: Start): void {
  program
    .command('validate')
    .description('check gold against the rules and write the report, without loading')
    .addOption(date('--date', 'the date').makeOptionMandatory())
    .addOption(list('--table <T...>', 'only these tables'))
    .option('--force', 'also validate what is up to date')
    .addOption(junit())
    .action((options: RunOptions, command: Command) =>
      start(command, options, async () => (await import('./commands/run')).validate),
    );
}

export function addReplay(program: Command, start: Start): void {
  program
    .command('replay')
    .description('try rejects again after a rule, a schema or a name was corrected')
    .addOption(date('--date', 'the date').makeOptionMandatory())
    .addOption(
      new Option('--stage <S>', 'the stage that rejected them')
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
      new Option('--fix <FILE>', 'submit corrected records as further landing files, and run them')
        .argParser(once('--fix', String))
        .conflicts(['table', 'brand', 'where', 'force', 'dryRun']),
    )
    .option('--dry-run', 'print what would be tried again, and which steps are due')
    .option('--force', 'run the stage again although nothing has changed')
    .option('--mock', 'load into the embedded warehouse instead of the one in .env')
    .action((options: ReplayCommandOptions, command: Command) =>
      start(command, options, async () => (await import('./commands/replay')).replayRejects),
    );
}

export function addDrift(program: Command, start: Start): void {
  program
    .command('drift')
    .description('list what of the files is neither as the config nor as the files before, or accept it')
    .addOption(date('--date', 'of this date (default: the last files of each brand and table)'))
    .addOption(
      list(
        '--accept [NAME...]',
        'BRAND/TABLE or BRAND/TABLE/COLUMN: remember it as known, so that it is no reason to warn',
      ),
    )
    .option('--all', 'accept everything that is listed')
    .action((options: DriftOptions, command: Command) =>
      start(command, options, async () => (await import('./commands/drift')).drift),
    );
}

export function addRepair(program: Command, start: Start): void {
  program
    .command('repair')
    .description('make lost or damaged manifests again from the files in raw; nothing is removed')
    .addOption(date('--date', 'only this date (default: all)'))
    .option('--verify', 'also read every original and compare it with its manifest')
    .option('--dry-run', 'print what would be done, file by file')
    .action((options: RepairCommandOptions, command: Command) =>
      start(command, options, async () => (await import('./commands/repair')).repairState),
    );
}

export function addMaintenance(program: Command, start: Start): void {
  program
    .command('maintenance')
    .description('remove or archive what is past its retention, and orphaned temporary files')
    .option('--dry-run', 'print what would be done: files, bytes and reasons by layer')
    .option(
      '--brand <NAME>',
      'archive the files of a brand that is no longer configured, and remove its rows',
    )
    .option('--yes', 'with --brand: do it')
    .option('--mock', 'ask the embedded warehouse what is loaded, instead of the one in .env')
    .action((options: MaintenanceOptions, command: Command) =>
      start(command, options, async () => (await import('./commands/maintenance')).maintenance),
    );
}
