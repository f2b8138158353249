// Restricted Mode in a real window: every command run on a folder that somebody sent, which gets nothing of it.
import assert from 'node:assert/strict';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { COMMAND_NEEDS, type Command } from '../../../src/shared/needs';
import { DATE } from '../../support/day';
import {
  listen,
  SECRET_MARK,
  SQL_MARK,
  writeHostileFolder,
  writeHostileSettings,
  type Listener,
} from '../../support/hostileFolder';
import { useWindow } from '../../support/host/window';
import { eventually } from '../../support/host/workbench';

const IDS = Object.keys(COMMAND_NEEDS) as Command[];
const isRefused = (id: Command): boolean => COMMAND_NEEDS[id].restricted === 'refused';

/** What a person would have clicked; nothing of it is asked of one that is refused. */
const clicked = (folder: string): Readonly<Partial<Record<Command, readonly unknown[]>>> => {
  const gold = { $file: join(folder, `data/gold/${DATE}/Playback.parquet`) };
  const line = { date: DATE, table: 'Playback', file: `Skylink_Playback_${DATE}.csv`, row: 5 };
  const rules = { $file: join(folder, 'config/validation_rules.json') };
  return {
    'm7.runDate': [DATE],
    'm7.createWorkspace': [{ here: true, sample: false }],
    'm7.copyPath': [gold],
    'm7.openPreview': [gold],
    'm7.internal.openPlace': [rules, 3],
    'm7.traceLine': [line],
    'm7.trace.open': [{ kind: 'record', name: line }],
    'm7.traceRow': [{ date: DATE, table: 'Playback' }],
    'm7.showReport': [DATE],
    'm7.showLoadSql': [{ date: DATE, table: 'Playback' }],
    'm7.copyStatements': [{ copies: ['SELECT 1'] }],
    'm7.debugDate': [DATE],
    'm7.tryRule': [{ uri: rules, table: 'Playback', rule: 'expressed' }],
    'm7.showTestRows': [{ table: 'Playback', rule: 'expressed', date: DATE }],
  };
};

/** What the commander has noted: of each command, whether it waits; in the end those that wait without any message. */
interface Outcome {
  readonly id?: Command;
  readonly waits?: boolean;
  readonly error?: string;
  readonly waiting?: readonly Command[];
}

describe('all commands in Restricted Mode', function () {
  this.timeout(120_000);
  let around: string;
  let listener: Listener;
  const notes = (name: string): string => join(around, name);
  const lines = (name: string): readonly string[] =>
    existsSync(notes(name)) ? readFileSync(notes(name), 'utf8').trim().split('\n') : [];

  const outcomes = (): readonly Outcome[] =>
    lines('outcomes.ndjson').map((line): Outcome => JSON.parse(line));

  const window = useWindow(async () => {
    around = mkdtempSync(join(tmpdir(), 'm7-sent-'));
    const folder = join(around, 'sent');
    mkdirSync(folder);
    listener = await listen();
    await writeHostileFolder(folder, around);
    writeHostileSettings(folder, around, { port: listener.port, warehouse: 'snowflake' });
    writeCommander();
    return {
      trust: false,
      workspace: () => Promise.resolve(folder),
      companion: join(around, 'test.commander-0.0.1'),
      env: {
        M7_COMMANDER: notes('commands.json'),
        HOME: around,
        SNOWFLAKE_PASSWORD: `${SECRET_MARK}environment`,
      },
      provokes: [
        /already exists|already registered|The check found|writeText|revealFileInOS|Restricted Mode/,
      ],
    };
  });
  after(() => listener.close());

  function writeCommander(): void {
    const folder = join(around, 'test.commander-0.0.1');
    mkdirSync(folder);
    const manifest = {
      ...{ name: 'commander', publisher: 'test', version: '0.0.1', engines: { vscode: '^1.101.0' } },
      ...{ main: './commander.cjs', activationEvents: ['*'] },
      capabilities: { untrustedWorkspaces: { supported: true } },
      contributes: { commands: [{ command: 'm7Commander.walk', title: 'Walk', category: 'Commander' }] },
    };
    writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest));
    copyFileSync(resolve(__dirname, '../../support/host/commander.cjs'), join(folder, 'commander.cjs'));
    const words = clicked(join(around, 'sent'));
    const plan = {
      outcomes: notes('outcomes.ndjson'),
      environment: {
        NODE_OPTIONS: `--require=${resolve(__dirname, '../../support/witness.cjs')}`,
        M7_WITNESS: notes('witness.ndjson'),
        M7_WITNESS_SQL: SQL_MARK,
        M7_WITNESS_FILES: 'connections\\.toml|config\\.toml|id_rsa',
      },
      commands: IDS.map((id) => ({ id, words: words[id] ?? [] })),
    };
    writeFileSync(notes('commands.json'), JSON.stringify(plan));
  }

  it('ask nobody, run no SQL of the folder and hold no secret; those that need trust say so', async () => {
    const { workbench } = window();
    await workbench.page
      .getByText(/No, I don't trust/)
      .click({ timeout: 5_000 })
      .catch(() => undefined);
    await workbench.container('M7 Pipeline');
    await workbench.item('Runs', '2024-11-15').waitFor();
    // What it was asked when it opened counts too.
    await workbench.command('Commander: Walk');
    const last = await eventually('all commands to be run', () =>
      Promise.resolve(outcomes().find(({ waiting }) => waiting !== undefined)),
    );
    assert.deepEqual(
      outcomes().filter(({ error }) => error !== undefined),
      [],
    );
    // One that is refused waits for an answer to its message, and ends with the message.
    assert.deepEqual(
      outcomes().flatMap(({ id, waits }) =>
        id !== undefined && isRefused(id) && waits !== true ? [id] : [],
      ),
      [],
    );
    assert.deepEqual(last.waiting?.filter(isRefused), []);
    assert.deepEqual(lines('witness.ndjson'), []);
    assert.equal(listener.connections(), 0);
  });

  it('do all of it once the folder is trusted: the process that was not is replaced', async () => {
    const { workbench } = window();
    await workbench.command('Workspaces: Manage Workspace Trust');
    await workbench.page.locator('.workspace-trust-editor').getByText('Trust', { exact: true }).click();
    await workbench.command('M7: Check the Workspace');
    await workbench.page.keyboard.press('Escape');
    await workbench.notification(/The check found/);
    const witnessed = lines('witness.ndjson').map((line): { kind: string } => JSON.parse(line));
    const kinds = new Set(witnessed.map(({ kind }) => kind));
    assert.deepEqual([...kinds].sort(), ['network', 'secrets', 'sql']);
    assert.ok(listener.connections() > 0);
  });
});
