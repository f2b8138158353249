// The commands for test cases of rules.
import { Argument, Option, type Command } from 'commander';
import type { CaseCommandOptions } from './commands/case';
import type { TestCommandOptions } from './commands/test';
import { date, type Start } from './options';
import { once } from './values';

export function addCase(program: Command, start: Start): void {
  program
    .command('case')
    .description('create a small test case from a failure: the fewest landing lines that still show it')
    .addOption(date('--date', 'the date').makeOptionMandatory())
    .addOption(
      new Option('--table <T>', 'the table').argParser(once('--table', String)).makeOptionMandatory(),
    )
    .addOption(
      new Option('--rule <ID>', 'the rule that failed (default: the worst failure of the table)').argParser(
        once('--rule', String),
      ),
    )
    .addOption(
      new Option('--reject <CODE>', 'the code of rejected lines, rows or files').argParser(
        once('--reject', String),
      ),
    )
    .addOption(
      new Option('--column <C>', 'the column whose values do not convert').argParser(
        once('--column', String),
      ),
    )
    .addOption(new Option('--stage <S>', 'the stage that failed').argParser(once('--stage', String)))
    .addOption(
      new Option('--output <DIR>', 'create the folder of the case in DIR (default: test/cases)').argParser(
        once('--output', String),
      ),
    )
    .addOption(new Option('--name <N>', 'name of the folder of the case').argParser(once('--name', String)))
    .option('--keep-values', 'write values of sensitive columns as they are')
    .action((options: CaseCommandOptions, command: Command) =>
      start(command, options, async () => (await import('./commands/case')).makeCase),
    );
}

export function addTest(program: Command, start: Start): void {
  program
    .command('test')
    .description('run test cases and compare with what they expect')
    .addArgument(new Argument('[DIR...]', 'cases or folders of cases (default: test/cases or cases)'))
    .addOption(
      new Option('--junit <FILE>', 'also write the results to FILE as JUnit XML').argParser(
        once('--junit', String),
      ),
    )
    .option('--update', 'accept what was found as the new expectation')
    .action((folders: readonly string[], options: Omit<TestCommandOptions, 'folders'>, command: Command) =>
      start<TestCommandOptions>(
        command,
        { ...options, folders },
        async () => (await import('./commands/test')).test,
      ),
    );
}
