// The parts of README.md that are told elsewhere: settings, rule kinds, commands.
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { ruleDocsMarkdown } from '../../src/engine/rules/docs';
import { SETTINGS } from '../../src/engine/workspace/settings';

/** README.md with its marked parts written anew. */
export function generatedReadme(text: string): string {
  return [
    ['rules', ruleDocsMarkdown()],
    ['settings', settingsTable()],
    ['commands', commandHelp()],
  ].reduce((all, [name = '', body = '']) => {
    const part = new RegExp(`(<!-- ${name}: [^\\n]*-->\\n)[^]*?(<!-- /${name} -->)`);
    if (!part.test(all)) throw new Error(`README.md has no part "${name}".`);
    return all.replace(part, (_, open: string, close: string) => `${open}\n${body.trim()}\n\n${close}`);
  }, text);
}

function settingsTable(): string {
  const cell = (value: string): string => value.replaceAll('|', '\\|');
  return [
    '| Setting | Default | Meaning |',
    '| --- | --- | --- |',
    ...SETTINGS.map(
      (s) => `| ${s.name} | ${s.default === '' ? '' : `\`${cell(s.default)}\``} | ${cell(s.description)} |`,
    ),
  ].join('\n');
}

function commandHelp(): string {
  const help = (...words: string[]): string =>
    execFileSync(process.execPath, [join(__dirname, '../../dist/cli.js'), ...words, '--help'], {
      encoding: 'utf8',
      env: { ...process.env, NO_COLOR: '1', COLUMNS: '100' },
    });
  const commands = [...help().matchAll(/^ {2}([a-z]+) /gm)]
    .map(([, name = '']) => name)
    .filter((name) => name !== 'help');
  return commands.map((name) => ['```text', help(name).trim(), '```'].join('\n')).join('\n\n');
}
