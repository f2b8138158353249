// Restricted Mode at its wall: every method asked of a folder that somebody sent, and nothing asked, run or lent by it.
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { ChannelError } from '../../src/shared/channel';
import type { Draft } from '../../src/shared/editingApi';
import { METHOD_NEEDS } from '../../src/shared/needs';
import type { Handle, View } from '../../src/shared/previewApi';
import type { ServerApi } from '../../src/shared/serverApi';
import { startEngine, type EngineProcess } from '../../src/vscode/engine/process';
import { SECRET_NAMES } from '../../src/vscode/secretNames';
import { DATE } from '../support/day';
import {
  listen,
  SECRET_MARK,
  SQL_MARK,
  writeHostileFolder,
  writeHostileSettings,
  type Listener,
} from '../support/hostileFolder';

const SCRIPT = resolve(__dirname, '../../dist/server.js');
const WITNESS = resolve(__dirname, '../support/witness.cjs');
const METHODS = Object.keys(METHOD_NEEDS) as (keyof ServerApi)[];

/** What is no answer, for a reason that is not the trust. */
const OTHERWISE: Partial<Readonly<Record<keyof ServerApi, string>>> = {
  // The folder is a workspace already.
  init: 'USAGE',
};

type Params = { readonly [K in keyof ServerApi]: ServerApi[K]['params'] };

interface Witnessed {
  readonly kind: 'network' | 'sql' | 'secrets';
  readonly what: string;
}

describe('the engine process in Restricted Mode', function () {
  this.timeout(60_000);
  let root: string;
  let folder: string;
  let listener: Listener;
  const engines: EngineProcess[] = [];
  const notes = (): string => join(root, 'notes.ndjson');
  const witnessed = (): readonly Witnessed[] =>
    existsSync(notes())
      ? readFileSync(notes(), 'utf8')
          .trim()
          .split('\n')
          .map((line): Witnessed => JSON.parse(line))
      : [];
  /** Everything that left the process: answers, errors, its log. */
  let said: string[] = [];

  const start = (trusted: boolean): EngineProcess['channel'] => {
    rmSync(notes(), { force: true });
    // To one that is trusted they would be logins of their own.
    const secrets = Object.fromEntries(
      trusted ? [] : SECRET_NAMES.map((name) => [name, `${SECRET_MARK}environment`]),
    );
    const proxy = trusted ? undefined : `http://${SECRET_MARK}proxy@127.0.0.1:${listener.port}`;
    const engine = withEnvironment(
      {
        ...secrets,
        HTTPS_PROXY: proxy,
        HOME: root,
        SNOWFLAKE_HOME: undefined,
        NODE_OPTIONS: `--require=${WITNESS}`,
        M7_WITNESS: notes(),
        M7_WITNESS_SQL: SQL_MARK,
        M7_WITNESS_FILES: 'connections\\.toml|config\\.toml|id_rsa',
      },
      () =>
        startEngine({
          script: SCRIPT,
          directory: folder,
          trusted,
          environment: { SETTLE: '0', ...(trusted ? {} : { SNOWFLAKE_TOKEN: `${SECRET_MARK}storage` }) },
          log: (line) => void said.push(line),
        }),
    );
    engines.push(engine);
    return engine.channel;
  };

  before(async () => {
    root = realpathSync(mkdtempSync(join(tmpdir(), 'm7-restricted-')));
    folder = join(root, 'sent');
    listener = await listen();
    await writeHostileFolder(folder, root);
  });
  afterEach(async () => {
    for (const engine of engines.splice(0)) {
      engine.stop();
      await engine.gone;
    }
    said = [];
  });
  after(async () => {
    await listener.close();
    rmSync(root, { recursive: true, force: true });
  });

  const params = (handle: Handle): Params => {
    const draft: Draft = {
      file: 'table_schemas',
      text: readFileSync(join(folder, 'config/table_schemas.json'), 'utf8'),
    };
    const rules: Draft = {
      file: 'validation_rules',
      text: readFileSync(join(folder, 'config/validation_rules.json'), 'utf8'),
    };
    const view: View = { filters: [], sort: [] };
    const rule = { draft: rules, table: 'Playback', rule: 'expressed', date: DATE };
    const record = { date: DATE, table: 'Playback', file: `Skylink_Playback_${DATE}.csv`, row: 5 };
    const original = join(folder, `data/raw/${DATE}/Skylink/Playback.csv`);
    return {
      hello: {},
      status: {},
      run: { selection: { dates: [DATE] } },
      maintain: { dryRun: true },
      check: {},
      init: {},
      trace: { date: DATE, table: 'Playback', where: 'seconds > 5', limit: 5 },
      layers: {},
      layerDates: { layer: 'raw', dates: [DATE] },
      layerFiles: { layer: 'gold', date: DATE },
      loads: {},
      report: { date: DATE },
      trend: { until: DATE, dates: 5 },
      'report.rejects': { date: DATE },
      'report.source': record,
      'report.render': { date: DATE, format: 'html' },
      'drift.accept': { date: DATE, brand: 'Skylink', table: 'Playback' },
      'preview.open': { path: join(folder, `data/gold/${DATE}/Playback.parquet`) },
      'preview.query': { handle, sql: 'SELECT count(*) FROM file' },
      'preview.page': { handle, view, offset: 0, limit: 10 },
      'preview.count': { handle, view },
      'preview.find': { handle, view, text: 'p1', case: false, from: 0, backwards: false },
      'preview.profile': { handle, view, column: 'seconds' },
      'preview.metadata': { handle },
      'preview.cell': { handle, view, position: 0, column: 'seconds' },
      'preview.export': { handle, view, format: 'parquet', target: join(root, 'out.parquet') },
      'preview.copy': {
        ...{ handle, view, offset: 0, limit: 5, columns: ['seconds'], header: true },
        format: 'json',
      },
      'preview.origin': { handle, view, position: 0 },
      'preview.close': { handle },
      'trace.line': { kind: 'record', name: record },
      'trace.marks': { path: original },
      'editing.files': {},
      'editing.complete': { draft, offset: draft.text.indexOf(SQL_MARK) - 2 },
      'editing.hover': { draft, offset: draft.text.indexOf('"minutes"') + 2 },
      'editing.diagnose': { draft: rules },
      'editing.lenses': { draft: rules },
      'editing.locate': { table: 'Playback', rule: 'expressed' },
      'editing.nameColumn': { draft, table: 'Playback', column: 'seconds', header: 'Seconds 2' },
      'editing.dates': {},
      'editing.tryRule': rule,
      'editing.failingRows': rule,
      'editing.whatWouldChange': { draft: rules, date: DATE },
      'warehouse.calendar': {},
      'warehouse.dates': { dates: [DATE] },
      'warehouse.statements': { date: DATE, table: 'Playback' },
      'warehouse.test': {},
      'warehouse.compare': { dates: [DATE] },
      'warehouse.choices': {},
      'warehouse.choose': { choice: { kind: 'connection', name: 'mine' }, dryRun: true },
      'hosts.changes': {},
      'hosts.accept': { purpose: 'mail', host: 'evil.example.org' },
      'settings.origins': {},
      'settings.write': { name: 'MAX_WORKERS', value: '3' },
      'alert.test': {},
      'case.failures': { date: DATE },
      'case.create': { date: DATE, table: 'Playback', failure: { kind: 'rule', id: 'expressed' } },
      'case.test': { folders: [folder] },
      'tests.rules': { draft: rules },
      'tests.run': { date: DATE, tables: [{ table: 'Playback', rules: ['expressed'] }] },
      'tests.results': {},
      'tests.cases': {},
    };
  };

  for (const warehouse of ['embedded', 'snowflake'] as const)
    describe(`of a folder that loads into ${warehouse}`, () => {
      before(() => writeHostileSettings(folder, root, { port: listener.port, warehouse }));

      it('asks nobody, runs no SQL of it and holds no secret, whatever is asked; what may be asked is answered', async () => {
        const channel = start(false);
        const asked = listener.connections();
        const { handle } = await channel.call('preview.open', {
          path: join(folder, `data/gold/${DATE}/Playback.parquet`),
        });
        const given = params(handle);
        const outcomes: Record<string, string> = {};
        for (const method of METHODS) {
          const settled = await channel.call(method, given[method] as never).then(
            (answer) => ({ code: 'answered', text: JSON.stringify(answer) }),
            (error: unknown) => {
              assert.ok(error instanceof ChannelError);
              return { code: error.code, text: JSON.stringify(error.plain) };
            },
          );
          outcomes[method] = settled.code;
          said.push(settled.text);
        }
        assert.deepEqual(
          outcomes,
          Object.fromEntries(
            METHODS.map((method) => [
              method,
              METHOD_NEEDS[method].restricted === 'refused'
                ? 'RESTRICTED'
                : (OTHERWISE[method] ?? 'answered'),
            ]),
          ),
        );
        assert.deepEqual(witnessed(), []);
        assert.equal(listener.connections(), asked);
        assert.deepEqual(
          said.filter((text) => text.includes(SECRET_MARK)),
          [],
        );
      });

      it('would do all of it once the folder is trusted: the witness sees it', async () => {
        const channel = start(true);
        await channel.call('check', {});
        const traced = channel.call('trace.line', params('')['trace.line']);
        // A view of the file that came along speaks.
        if (warehouse === 'embedded') await assert.rejects(traced, { message: new RegExp(SQL_MARK) });
        else await traced;
        const kinds = new Set(witnessed().map(({ kind }) => kind));
        assert.deepEqual(
          [...kinds].sort(),
          warehouse === 'snowflake' ? ['network', 'secrets', 'sql'] : ['secrets', 'sql'],
        );
        if (warehouse === 'snowflake') assert.ok(listener.connections() > 0);
      });
    });

  it('is started without a secret in its environment', async function () {
    if (process.platform !== 'linux') this.skip();
    const { pid } = await start(false).call('hello', {});
    const environment = readFileSync(`/proc/${pid}/environ`, 'utf8');
    assert.match(environment, /M7_WITNESS=/);
    assert.equal(environment.includes(SECRET_MARK), false);
  });
});

/** Calls with another environment of this process: what is forked inherits it. */
function withEnvironment<T>(more: Readonly<Record<string, string | undefined>>, work: () => T): T {
  const before = process.env;
  process.env = { ...before, ...more };
  try {
    return work();
  } finally {
    process.env = before;
  }
}
