// The program m7: what holds for all commands, and the commands in the order of its help.
import { Command, Option } from 'commander';
import { version } from '../../package.json';
import { addCase, addTest } from './caseCommands';
import {
  addDrift,
  addInit,
  addMaintenance,
  addPlan,
  addRepair,
  addReplay,
  addRun,
  addValidate,
  addWatch,
} from './dataCommands';
import { ACCEPT_HOST } from './hosts';
import type { Start } from './options';
import { addCheck, addPreview, addReconcile, addReport, addStatus, addTrace } from './questionCommands';
import { once } from './values';

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
    .option('--verbose', 'show every step, and the stacks of errors')
    .addOption(
      new Option('--accept-host <HOST>', 'send secrets to HOST, where .env names another than before')
        .env(ACCEPT_HOST)
        .argParser(once('--accept-host', String)),
    )
    .hook('preAction', (command) => {
      const { acceptHost } = command.opts<{ readonly acceptHost?: string }>();
      if (acceptHost !== undefined) process.env[ACCEPT_HOST] = acceptHost;
    })
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

  addInit(program, start);
  addRun(program, start);
  addWatch(program, start);
  addPlan(program, start);
  addValidate(program, start);
  addReconcile(program, start);
  addReplay(program, start);
  addMaintenance(program, start);
  addRepair(program, start);
  addDrift(program, start);
  addStatus(program, start);
  addReport(program, start);
  addPreview(program, start);
  addTrace(program, start);
  addCase(program, start);
  addTest(program, start);
  addCheck(program, start);
  return program;
}
