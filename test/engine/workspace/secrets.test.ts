// No secret appears in any file, log, event, error, argument, mail or webhook: planted ones are looked for everywhere.
import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PipelineError } from '../../../src/engine/model/errors';
import { redactionOf } from '../../../src/engine/base';
import { learnSecrets, redactError, redaction } from '../../../src/engine/workspace/redaction';
import { buildCommand, ended, startM7, type Ended } from '../../cli/command';
import { DATE, smallDay, writeDay, type Day } from '../../support/day';
import { useFolder } from '../../support/folder';
import { startMailServer, TEST_AUTHORITY, type MailServer } from '../../support/mailServer';
import { settingsIn } from '../../support/model';
import { openSecretSearch, watchArguments, type PlantedSecret } from '../../support/secretSearch';

const JWT = [
  Buffer.from('{"alg":"HS256","typ":"JWT"}').toString('base64url'),
  Buffer.from('{"sub":"1234567890","scope":"session:role:LOADER","iat":1516239022}').toString('base64url'),
  'SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c',
].join('.');
const PASSPHRASE = 'correct "horse" \'battery\'\nsecond line of it & <more>';
const { privateKey: PEM } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  privateKeyEncoding: { type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: PASSPHRASE },
  publicKeyEncoding: { type: 'spki', format: 'pem' },
});

/** One that the spellings of a header, a file and a page differ for. */
const CATALOGUE_KEY = 'lk-"9x<&%Ym2\\q7\'Tz+/Wd4';

describe('secrets', function () {
  this.timeout(120_000);
  const folder = useFolder();

  describe('in runs of the command line', () => {
    const SECRETS: readonly PlantedSecret[] = [
      { name: 'short password', value: 'Zq9%' },
      { name: 'password', value: 'p"a\'s\\s w\nö{rd} second line' },
      { name: 'passphrase', value: PASSPHRASE },
      { name: 'token', value: JWT },
      { name: 'private key', value: PEM },
      { name: 'webhook key', value: 'hooks-T0AB12CD/B99-XyZ8hF3kLmN0pQ' },
      { name: 'catalogue key', value: CATALOGUE_KEY },
    ];
    let mail: MailServer;
    let hook: Server;
    let hookUrl = '';
    const posted: string[] = [];
    let catalogue: Server;
    let catalogueUrl = '';
    const told: { readonly key: string; readonly event: string }[] = [];
    let keys: string;
    before(buildCommand);
    before(async () => {
      keys = mkdtempSync(join(tmpdir(), 'm7-keys-'));
      writeFileSync(join(keys, 'rsa_key.p8'), PEM);
      // Servers that answer with what they were given: the worst there are.
      mail = await startMailServer({
        security: 'starttls',
        login: { user: 'm7@example.org', password: 'Zq9%' },
        echoLogin: true,
      });
      hook = createServer((request, response) => {
        let text = '';
        request.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
        request.on('end', () => {
          posted.push(text);
          response.writeHead(500, { 'retry-after': '0' }).end(`no such hook ${request.url ?? ''}`);
        });
      });
      await new Promise<void>((resolve) => hook.listen(0, '127.0.0.1', resolve));
      hookUrl = `http://127.0.0.1:${(hook.address() as AddressInfo).port}/services/hooks-T0AB12CD/B99-XyZ8hF3kLmN0pQ`;
      // Takes every other event, so that all are posted, and repeats the key to those it refuses.
      catalogue = createServer((request, response) => {
        const key = request.headers.authorization ?? '';
        let event = '';
        request.setEncoding('utf8').on('data', (chunk: string) => (event += chunk));
        request.on('end', () => {
          told.push({ key, event });
          if (told.length % 2 === 1) response.writeHead(201).end();
          else response.writeHead(401, `no ${key}`).end(`no ${key}`);
        });
      });
      await new Promise<void>((resolve) => catalogue.listen(0, '127.0.0.1', resolve));
      catalogueUrl = `http://127.0.0.1:${(catalogue.address() as AddressInfo).port}`;
    });
    after(async () => {
      rmSync(keys, { recursive: true });
      await mail.close();
      for (const server of [hook, catalogue]) {
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
      }
    });

    /** As .env has values with marks of all kinds. */
    const inQuotes = (value: string): string => `"${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
    const settings = (more: string): string =>
      [
        'EXPECTED_TABLES=Device,Playback',
        'MAX_WORKERS=2',
        `SNOWFLAKE_PASSWORD=${inQuotes(String(SECRETS[1]?.value))}`,
        `SNOWFLAKE_TOKEN=${JWT}`,
        `SNOWFLAKE_PRIVATE_KEY_PATH=${join(keys, 'rsa_key.p8')}`,
        'ENABLE_EMAIL_ALERTS=true',
        'SMTP_SERVER=127.0.0.1',
        `SMTP_PORT=${mail.port}`,
        'SMTP_USER=m7@example.org',
        'ADMIN_EMAIL=ops@example.org',
        `SMTP_CA_FILE=${TEST_AUTHORITY}`,
        `ALERT_WEBHOOK_URL=${hookUrl}`,
        'OPENLINEAGE=http',
        `OPENLINEAGE_URL=${catalogueUrl}`,
        `OPENLINEAGE_API_KEY=${inQuotes(CATALOGUE_KEY)}`,
        more,
      ].join('\n');

    /** Runs the words one after the other in a workspace, and looks everywhere. */
    async function search(
      day: Day,
      commands: readonly (readonly string[])[],
      exit: readonly number[],
    ): Promise<Ended[]> {
      const where = folder();
      writeDay(where, day);
      const looking = openSecretSearch(SECRETS);
      const ends: Ended[] = [];
      const mails = mail.mails.length;
      posted.length = 0;
      told.length = 0;
      for (const [i, words] of commands.entries()) {
        const child = startM7(words, { cwd: where, env: { SNOWFLAKE_PRIVATE_KEY_PASSPHRASE: PASSPHRASE } });
        const watched = watchArguments(child.pid);
        child.stdin.end();
        const end = await ended(child);
        const lines = watched.stop();
        assert.ok(process.platform !== 'linux' || lines.some((line) => line.includes('cli.js')));
        for (const line of lines) looking.look('arguments', line);
        looking.look(`stdout of ${words.join(' ')}`, end.out);
        looking.look(`stderr of ${words.join(' ')}`, end.err);
        assert.equal(end.code, exit[i], `${words.join(' ')}: ${end.err}`);
        ends.push(end);
      }
      for (const { raw, text, html } of mail.mails.slice(mails))
        for (const content of [raw, text, html]) looking.look('a mail', content);
      for (const content of posted) looking.look('a webhook', content);
      for (const { event } of told) looking.look('a lineage event', event);
      // Where the secrets were put they are: .env, and what the test wrote into config.
      looking.lookIn(where, ['.env', 'config']);
      assert.ok(looking.bytes() > 1_000, 'there was something to look at');
      assert.deepEqual(looking.seen, []);
      return ends;
    }

    const strict = {
      Playback: { rules: [{ rule: 'range', id: 'tight', column: 'seconds', min: 100, error: '1%' }] },
    };

    it('appear nowhere when mail works and the webhook does not', async () => {
      const [run] = await search(
        { ...smallDay(), rules: strict, settings: settings('SMTP_PASSWORD=Zq9%') },
        [
          ['run', '--date', DATE, '--json', '--verbose'],
          ['run', '--date', DATE, '--force', '--verbose'],
          ['validate', '--date', DATE, '--force'],
          ['check', '--mail'],
          ['status', '--json'],
        ],
        [1, 1, 1, 2, 0],
      );
      assert.match(run?.err ?? '', /alert sent to ops@example\.org/);
      assert.ok(posted.length > 0 && mail.mails.length > 0, 'alerts were sent');
      assert.ok(told.length > 4, 'lineage was told');
      assert.deepEqual([...new Set(told.map(({ key }) => key))], [`Bearer ${CATALOGUE_KEY}`]);
      const trouble = readFileSync(join(folder(), 'data/logs/openlineage.ndjson'), 'utf8');
      assert.match(trouble, /answered 401 no Bearer \*\*\*/);
    });

    it('appear nowhere when the password is wrong and the server repeats it', async () => {
      // The right one is a secret of the server; the one that is set is looked for.
      const wrong = SECRETS[1]?.value ?? '';
      const quoted = wrong.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
      const day = smallDay();
      const files = Object.fromEntries(
        Object.entries(day.files).filter(([name]) => !name.startsWith('Digi')),
      );
      const [run, check] = await search(
        { ...day, files, settings: settings(`SMTP_PASSWORD="${quoted}"`) },
        [
          ['run', '--date', DATE, '--verbose'],
          ['check', '--mail', '--verbose'],
          ['check', '--mail', '--json'],
          ['run', '--date', DATE, '--quiet'],
        ],
        [0, 2, 2, 0],
      );
      assert.match(run?.err ?? '', /refused the login/);
      assert.match(check?.out ?? '', /refused the login/);
    });

    it('appear nowhere when a rule is broken that holds one', async () => {
      const planted = SECRETS[1]?.value.replaceAll("'", "''") ?? '';
      await search(
        {
          ...smallDay(),
          rules: {
            Playback: {
              rules: [
                {
                  rule: 'expression',
                  id: 'broken',
                  expression: `nothing_here = '${planted}' OR '${JWT}' = 'Zq9%'`,
                },
                { rule: 'expression', id: 'casts', expression: `CAST('${JWT}' AS INTEGER) > 0` },
              ],
            },
          },
          settings: settings('SMTP_PASSWORD=Zq9%'),
        },
        [
          ['run', '--date', DATE, '--json', '--verbose'],
          ['run', '--date', DATE, '--verbose'],
          ['check', '--verbose'],
        ],
        [2, 2, 2],
      );
    });

    it('appear nowhere when a rule fails while it runs and its error quotes one', async () => {
      await search(
        {
          ...smallDay(),
          rules: {
            Playback: {
              rules: [
                {
                  rule: 'expression',
                  id: 'casts',
                  expression: `CAST(concat('${JWT}', playback_id) AS INTEGER) > 0`,
                },
              ],
            },
          },
          settings: settings('SMTP_PASSWORD=Zq9%'),
        },
        [
          ['run', '--date', DATE, '--json', '--verbose'],
          ['report', '--date', DATE],
          ['report', '--date', DATE, '--format', 'html'],
          ['report', '--date', DATE, '--format', 'junit'],
          ['status', '--date', DATE],
        ],
        // The report of a date that failed says so by its exit code.
        [1, 1, 1, 1, 0],
      );
    });

    it('appear nowhere when settings are wrong and hold one in the wrong place', async () => {
      const wrong = ['MAX_WORKERS', 'LANDING_PATTERN', 'NO_SUCH', 'ALERT_ON'].map((name) => `${name}=${JWT}`);
      await search(
        {
          ...smallDay(),
          settings: settings(
            ['SMTP_PASSWORD=Zq9%', 'SMTP_SECURITY=Zq9%', 'MAX_DAYS_BACK=Zq9%', ...wrong].join('\n'),
          ),
        },
        [
          ['run', '--date', DATE, '--json', '--verbose'],
          ['check', '--verbose'],
        ],
        [2, 2],
      );
    });
  });

  describe('in texts', () => {
    const secrets = (...values: string[]): PlantedSecret[] =>
      values.map((value, i) => ({ name: `secret ${i}`, value }));
    const hidden = (values: readonly string[], text: string): boolean => {
      const looking = openSecretSearch(secrets(...values));
      looking.look('redacted', JSON.stringify(redactionOf(values)({ text, [text]: [text] })));
      return looking.seen.length === 0;
    };
    const VALUES = [
      'Zq9%',
      'p"a\'s\\s w\nö{rd} second line',
      PASSPHRASE,
      JWT,
      PEM,
      'https://hooks.example/services/T0AB12CD34/B99-XyZ8hF3kLmN0pQ',
    ];

    it('are seen by the search in every spelling, which is what makes it worth something', () => {
      for (const value of VALUES)
        for (const text of spellings(value)) {
          const looking = openSecretSearch(secrets(value));
          looking.look('here', `before ${text} after`);
          assert.ok(looking.seen.length > 0, text);
        }
    });

    it('are taken out in every spelling', () => {
      for (const value of VALUES)
        for (const text of spellings(value)) assert.ok(hidden(VALUES, `before ${text} after`), text);
    });

    it('are taken out where only a part of a key or token is there', () => {
      const lines = PEM.trim().split('\n');
      for (const text of [
        lines.slice(0, 5).join('\n'),
        lines.slice(3).join('\n'),
        lines.slice(3, 6).join('\n'),
        PEM.replaceAll('\n', '\\n'),
        PEM.replaceAll('\n', '\r\n'),
      ])
        assert.ok(hidden([PEM], text), text);
      for (const text of [
        JWT.split('.').slice(1).join('.'),
        JWT.split('.')[2] ?? '',
        JWT.split('.').slice(0, 2).join('.'),
      ])
        assert.ok(hidden([JWT], `token=${text}`), text);
    });

    it('are told by their look where they are not known', () => {
      const redact = redactionOf([]);
      assert.equal(redact(`key: ${PEM} end`), 'key: ***\n end');
      assert.equal(redact(`Bearer ${JWT} end`), 'Bearer *** end');
      assert.ok(!redact(PEM.slice(200)).includes(PEM.split('\n')[6] ?? ''), 'cut at its beginning');
      assert.equal(redact(`x.${JWT.split('.').slice(1).join('.')}`), 'x.***');
      for (const innocent of ['skylink_20241115.csv', 'eyJ', 'v1.2.3', '20241115T063000Z-1a2b3c', 'a.b.c'])
        assert.equal(redact(innocent), innocent);
    });

    it('of one to three characters are taken out as values, and leave words alone', () => {
      const redact = redactionOf(['ab', 'x']);
      assert.equal(redact('password=ab user=abc'), 'password=*** user=abc');
      assert.equal(redact('{"password":"ab","x":"fab"}'), '{"password":"***","***":"fab"}');
      assert.equal(redact('tables of brands fell back, x marks'), 'tables of brands fell back, x marks');
      assert.equal(redact('ab'), '***');
    });

    it('do not take away the names of events', () => {
      const redact = redactionOf(['status', 'done', 'date']);
      assert.deepEqual(Object.keys(redact({ status: 1, date: 2, done: 3, 'my status': 4 })), [
        'status',
        'date',
        'done',
        'my ***',
      ]);
    });

    it('that are learnt later, such as those of connections.toml, are taken out from then on', () => {
      const settings = settingsIn('/w', {
        snowflake: { schema: 'A', monitoringSchema: 'B', password: 'first-one' },
      });
      const redact = redaction(settings);
      assert.equal(redact('first-one second-one'), '*** second-one');
      learnSecrets(settings, ['second-one', undefined, '']);
      assert.equal(redact('first-one second-one'), '*** ***');
      assert.equal(redaction(settings)('second-one'), '***');
    });

    it('in the file of the private key are known line by line', () => {
      const path = join(folder(), 'key.p8');
      writeFileSync(path, PEM);
      const redact = redaction(
        settingsIn('/w', { snowflake: { schema: 'A', monitoringSchema: 'B', privateKeyPath: path } }),
      );
      assert.equal(redact(`line ${PEM.split('\n')[4] ?? ''}!`), 'line ***!');
    });

    it('stay out of errors, which keep their kind and place', () => {
      const redact = redactionOf(['hunter22']);
      const error = new PipelineError('WAREHOUSE', 'login hunter22', 'not hunter22', {
        where: { file: 'a', line: 2 },
      });
      const told = redactError(redact, error);
      assert.ok(told instanceof PipelineError);
      assert.deepEqual(
        [told.code, told.message, told.remedy, told.where],
        ['WAREHOUSE', 'login ***', 'not ***', { file: 'a', line: 2 }],
      );
      assert.ok(!(told.stack ?? '').includes('hunter22'));
      const bug = redactError(redact, new TypeError('x hunter22'));
      assert.ok(bug instanceof Error && bug.message === 'x ***' && !(bug.stack ?? '').includes('hunter22'));
      const innocent = new Error('nothing');
      assert.equal(redactError(redact, innocent), innocent);
    });

    it('are looked for in time that grows with the text, whatever stands there', () => {
      const redact = redactionOf(VALUES);
      const long = [
        'A'.repeat(600_000),
        'eyJ'.repeat(200_000),
        'eyJ-'.repeat(150_000),
        '-----BEGIN PRIVATE KEY-----'.repeat(20_000),
        `${'A'.repeat(400_000)}-----END PRIVATE KEY-----`,
      ];
      for (const text of long) assert.ok(redact(text).length <= text.length);
    });
  });
});

/** As they may stand in logs, queries, mails and requests. */
function spellings(value: string): readonly string[] {
  const json = JSON.stringify(value).slice(1, -1);
  return [
    value,
    json,
    JSON.stringify(json).slice(1, -1),
    encodeURIComponent(value),
    new URLSearchParams({ x: value }).toString().slice(2),
    value.replaceAll("'", "''"),
    value.replace(/[\r\n]+/g, ' '),
    ...(value.length < 6
      ? []
      : ['', 'u', '\0m7\0'].map((before) => Buffer.from(`${before}${value}tail`).toString('base64'))),
  ];
}
