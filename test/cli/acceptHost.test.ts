// `--accept-host`: a secret of the environment is sent to another host than before only when its owner says so.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { smallDay, writeDay } from '../support/day';
import { m7 } from './command';

describe('m7 check after the host of a secret has changed', () => {
  let folder: string;
  before(() => (folder = mkdtempSync(join(tmpdir(), 'm7-accept-'))));
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('refuses with exit code 2 and both names, until --accept-host names the new one', async () => {
    const day = smallDay();
    const check = (host: string, ...words: readonly string[]): ReturnType<typeof m7> => {
      const settings = `${day.settings ?? ''}SMTP_SERVER=${host}\nSMTP_USER=ops\nADMIN_EMAIL=ops@example.org\n`;
      writeDay(folder, { ...day, settings });
      return m7(['check', '--workspace', folder, ...words], { env: { SMTP_PASSWORD: 'of the environment' } });
    };
    assert.equal((await check('mail.example.org')).code, 0);
    const refused = await check('evil.example.org');
    assert.equal(refused.code, 2);
    assert.match(`${refused.out}${refused.err}`, /mail\.example\.org so far[^]*evil\.example\.org/);
    assert.equal((await check('evil.example.org', '--accept-host', 'evil.example.org')).code, 0);
    assert.equal((await check('evil.example.org')).code, 0);
  });
});
