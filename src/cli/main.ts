// The command `m7`: reads the arguments, runs one command, and tells how it ended by its exit code.
import './threads';
import { CommanderError, type Command } from 'commander';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { tellFailure } from './failure';
import { buildProgram } from './program';
import type { CommonOptions, ExitCode, Run } from './session';
import { openLog, openOutput } from './terminal';
import { UsageError } from './usage';

const out = openOutput(process.stdout, process.env);
const log = openLog(process.stderr, process.env);

/** A single Ctrl-C may arrive twice: from the terminal and from a parent that passes it on. */
const SAME_SIGNAL_MS = 500;

/** The first signal asks the command to stop; a later one finds no listener and ends the program at once. */
function listenForSignals(): AbortSignal {
  const stop = new AbortController();
  const asked = (): void => {
    if (stop.signal.aborted) return;
    log.line('Stopping; once more to stop at once.');
    stop.abort();
    setTimeout(() => {
      process.removeListener('SIGINT', asked);
      process.removeListener('SIGTERM', asked);
    }, SAME_SIGNAL_MS).unref();
  };
  process.on('SIGINT', asked);
  process.on('SIGTERM', asked);
  return stop.signal;
}

async function main(words: readonly string[]): Promise<ExitCode> {
  let code: ExitCode = 0;
  let helpText = '';
  const program = buildProgram(async <O>(command: Command, options: O, load: () => Promise<Run<O>>) => {
    const common: CommonOptions = command.optsWithGlobals();
    const session = {
      directory: resolve(common.workspace ?? '.'),
      json: common.json === true,
      quiet: common.quiet === true,
      verbose: common.verbose === true,
      signal: listenForSignals(),
      out,
      log,
    };
    // Said before the engine looks for its config there; init makes the folder itself.
    if (common.workspace !== undefined && command.name() !== 'init' && !existsSync(session.directory))
      throw new UsageError(
        `There is no folder ${session.directory}.`,
        'Name the folder of a workspace, or make one with m7 init.',
      );
    const run = await load();
    const { onRunaway } = await import('../engine');
    onRunaway((error) => {
      void tellFailure(error, session, out, log).then((failed) => process.exit(failed));
    });
    code = await run(session, options);
  });
  const quietly = {
    writeOut: (text: string) => void (helpText += text),
    writeErr: (text: string) => void (helpText += text),
  };
  for (const command of [program, ...program.commands]) command.configureOutput(quietly).exitOverride();
  try {
    await program.parseAsync(words, { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) {
      if (error.exitCode === 0) {
        await out.write(helpText);
        return 0;
      }
      if (error.code === 'commander.help') {
        log.line(helpText.trimEnd());
        return 2;
      }
    }
    const names = program.commands.map((command) => command.name());
    const cause = error instanceof CommanderError ? usageOf(error, words, names) : error;
    // Where the arguments could not be parsed, the wish for JSON is read from the words themselves.
    const json = words.slice(0, words.includes('--') ? words.indexOf('--') : undefined).includes('--json');
    return tellFailure(cause, { json, verbose: words.includes('--verbose') }, out, log);
  }
}

/** Commander's complaint as what and what next. */
function usageOf(error: CommanderError, words: readonly string[], commands: readonly string[]): UsageError {
  const [first = '', suggestion = ''] = error.message.replace(/^error: /, '').split('\n');
  const what = `${first.charAt(0).toUpperCase()}${first.slice(1)}`.replace(/\.?$/, '.');
  const meant = /Did you mean (?:one of )?(.+?)\?/.exec(suggestion)?.[1];
  const command = words.find((word) => commands.includes(word));
  const help = `See m7 ${command === undefined ? '' : `${command} `}--help.`;
  return new UsageError(what, meant === undefined ? help : `Did you mean ${meant}? ${help}`);
}

async function end(): Promise<void> {
  const code = await main(process.argv.slice(2)).catch((error: unknown) =>
    tellFailure(error, { json: false, verbose: true }, out, log),
  );
  await new Promise<void>((resolve) => process.stderr.write('', () => resolve()));
  // An open socket or timer must not keep the command alive.
  process.exit(code);
}

void end();
