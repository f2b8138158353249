// The manual's page of security: each threat has its wall and tests that exist, and what it says of the rest is so.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SETTINGS } from '../../src/engine/workspace/settings';
import { COMMAND_NEEDS, METHOD_NEEDS } from '../../src/shared/needs';
import { MANUAL, ROOT } from '../support/docs';

const page = readFileSync(join(MANUAL, 'security.md'), 'utf8');
const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));

/** A section of the page, without its heading. */
const section = (heading: string): string => page.split(`\n## ${heading}\n`)[1]?.split('\n## ')[0] ?? '';

/** Cells of the rows of a section's table, without its head. */
const rowsOf = (heading: string): readonly (readonly string[])[] =>
  [...section(heading).matchAll(/^\|(.*)\|$/gm)]
    .slice(2)
    .map(([, row = '']) => row.split('|').map((cell) => cell.trim()));

const inCode = (text: string): readonly string[] =>
  [...text.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code);

describe('the threat model of the manual', () => {
  const threats = rowsOf('Threats');

  it('has an asset, an attacker, a wall and tests in every row', () => {
    assert.ok(threats.length >= 20, String(threats.length));
    for (const row of threats) {
      assert.equal(row.length, 4, row.join(' | '));
      assert.ok(
        row.every((cell) => cell !== ''),
        row.join(' | '),
      );
    }
    const walls = threats.map(([, , wall]) => wall);
    assert.deepEqual([...new Set(walls)], walls);
  });

  it('names tests that exist and test something', () => {
    for (const [asset = '', , , tests = ''] of threats) {
      const files = inCode(tests);
      assert.equal(files.join(', '), tests.replaceAll('`', ''), `${asset}: ${tests}`);
      for (const file of files) {
        assert.match(file, /^test\/[\w/]+\.test\.ts$/);
        assert.ok(existsSync(join(ROOT, file)), `${file} does not exist`);
        assert.match(readFileSync(join(ROOT, file), 'utf8'), /\bit(\.skip)?\(/, file);
      }
    }
  });

  it('leaves out no test of attacks', () => {
    const named = new Set(threats.flatMap((row) => inCode(row[3] ?? '')));
    for (const word of [
      'hostileText',
      'hostileReports',
      'restricted',
      'archives',
      'boundHosts',
      'limits',
      'bounds',
      'sandbox',
      'masking',
      'proxy',
    ])
      assert.ok(
        [...named].some((file) => file.endsWith(`/${word}.test.ts`)),
        word,
      );
  });
});

describe('what the manual says of security', () => {
  it('has every question to the engine process, as the table that is enforced has it', () => {
    const verdicts = {
      refused: 'refused',
      'answered without it': 'reduced',
      'answered: uses none of it': 'whole',
    };
    const said = rowsOf('Restricted Mode').flatMap(([verdict = '', , methods = '']) =>
      inCode(methods).map((method) => [method, verdicts[verdict as keyof typeof verdicts]] as const),
    );
    const enforced = Object.entries(METHOD_NEEDS).map(
      ([method, { restricted }]) => [method, restricted] as const,
    );
    assert.deepEqual(Object.fromEntries(said), Object.fromEntries(enforced));
  });

  it('agrees with the manifest: limited in Restricted Mode, and some commands need trust', () => {
    assert.equal(manifest.capabilities.untrustedWorkspaces.supported, 'limited');
    assert.ok(Object.values(COMMAND_NEEDS).some(({ restricted }) => restricted === 'refused'));
  });

  it('names settings, options and scripts that exist', () => {
    const settings = SETTINGS.map(({ name }) => name);
    const commands = readFileSync(join(MANUAL, 'commands.md'), 'utf8');
    for (const code of inCode(page)) {
      if (/^[A-Z]+(_[A-Z]+)+(=|$)/.test(code)) assert.ok(settings.includes(code.split('=')[0] ?? ''), code);
      if (/^--/.test(code)) assert.ok(commands.includes(code), code);
      if (/^m7 [a-z]/.test(code))
        assert.ok(commands.includes(`## ${code.split(' ').slice(0, 2).join(' ')}\n`), code);
      if (/^npm run /.test(code)) assert.ok(code.slice(8) in manifest.scripts, code);
    }
  });

  it('sends reports to no address that the manifest does not have', () => {
    const report = section('Report a vulnerability');
    assert.match(report, /in private/);
    const addresses = report.match(/https?:\/\/[^\s)]+|[\w.]+@[\w.]+/g) ?? [];
    const repository: string = manifest.repository?.url ?? manifest.bugs?.url ?? '';
    for (const address of addresses) assert.ok(repository !== '' && address.startsWith(repository), address);
    // Once there is a repository, this is where its private reports go.
    if (repository !== '') assert.ok(addresses.length > 0, `name ${repository}/security/advisories/new`);
  });
});
