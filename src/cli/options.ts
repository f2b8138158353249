// Options that several commands share, and how a command is started.
import { Option, type Command } from 'commander';
import type { Run } from './session';
import { collect, once, parseCount, parseDate, parseSeconds } from './values';

/** Runs a command once its module is loaded: `--help` must not load the engine. */
export type Start = <O>(command: Command, options: O, load: () => Promise<Run<O>>) => Promise<void>;

export const date = (flags: string, text: string): Option =>
  new Option(`${flags} <YYYYMMDD>`, text).argParser(once(flags, parseDate));
export const list = (flags: string, text: string): Option => new Option(flags, text).argParser(collect);
export const count = (flags: string, text: string, least: number): Option =>
  new Option(`${flags} <N>`, text).argParser(once(flags, parseCount(flags, least)));
export const seconds = (flags: string, text: string, least: number): Option =>
  new Option(`${flags} <S>`, `seconds ${text}`).argParser(once(flags, parseSeconds(flags, least)));
export const junit = (): Option =>
  new Option(
    '--junit <FILE>',
    'also write the outcome to FILE as JUnit XML, even if the run fails',
  ).argParser(once('--junit', String));

const STAGE_TEXT = 'only these stages: landing-to-raw, raw-to-silver, silver-to-gold, gold-to-snowflake';

export function dated(command: Command, description: string, otherwise = ''): Command {
  return command
    .description(description)
    .addOption(date('--date', `one date${otherwise}`).conflicts(['from', 'to']))
    .addOption(date('--from', 'the first of several dates'))
    .addOption(date('--to', 'the last of several dates'));
}

export function selecting(command: Command, description: string): Command {
  return dated(command, description, ' (default: all found or unfinished)')
    .addOption(list('--stage <S...>', STAGE_TEXT))
    .addOption(list('--table <T...>', 'only these tables'))
    .addOption(list('--brand <B...>', 'only these brands'));
}
