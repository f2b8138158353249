// The manifest against the tables it must agree with: commands, texts, settings, pictures, secrets.
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { readLaunch } from '../../src/debug/launch';
import { SETTINGS, STAGES } from '../../src/engine';
import { COMMAND_NEEDS, METHOD_NEEDS, type Needs } from '../../src/shared/needs';
import {
  DEBUG_COMMANDS,
  FRAME_COMMANDS,
  PART_COMMANDS,
  WAREHOUSE_COMMANDS,
} from '../../src/vscode/commands/ids';
import { SECRET_NAMES } from '../../src/vscode/secretNames';
import { TASK_COMMANDS } from '../../src/vscode/tasks/commandLine';

interface Pattern {
  readonly regexp: string;
  readonly [group: string]: string | number;
}

/** An attribute of a launch: of one type, or of one of several. */
interface Attribute {
  readonly type?: string | readonly string[];
  readonly pattern?: string;
  readonly enum?: readonly string[];
  readonly items?: Attribute;
  readonly anyOf?: readonly Attribute[];
  readonly default?: unknown;
}

/** What these tests look at. */
interface Manifest {
  readonly activationEvents: readonly string[];
  readonly capabilities: {
    readonly untrustedWorkspaces: { readonly supported: unknown; readonly restrictedConfigurations: unknown };
    readonly virtualWorkspaces: { readonly supported: unknown };
  };
  readonly contributes: {
    readonly commands: readonly { readonly command: string; readonly enablement?: string }[];
    readonly menus: Readonly<Record<string, readonly { readonly command?: string }[]>>;
    readonly views: { readonly m7: readonly { readonly id: string }[] };
    readonly configuration: {
      readonly properties: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
    };
    readonly taskDefinitions: readonly {
      readonly properties: Readonly<Record<'stage' | 'command', { readonly enum: readonly string[] }>>;
    }[];
    readonly debuggers: readonly {
      readonly type: string;
      readonly configurationAttributes: {
        readonly launch: { readonly properties: Readonly<Record<string, Attribute>> };
      };
      readonly initialConfigurations: readonly Readonly<Record<string, unknown>>[];
      readonly configurationSnippets: readonly { readonly body: Readonly<Record<string, unknown>> }[];
    }[];
    readonly problemMatchers: readonly { readonly name: string; readonly pattern: readonly Pattern[] }[];
  };
}

const root = resolve(__dirname, '../..');
const manifest: Manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const texts: Readonly<Record<string, string>> = JSON.parse(
  readFileSync(join(root, 'package.nls.json'), 'utf8'),
);
const { contributes } = manifest;

/** Every text of a JSON value. */
function strings(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(strings) : [];
}

function sources(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.name.endsWith('.ts'))
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'));
}

const code = sources(join(root, 'src/vscode')).join('\n');
const needsOf = (id: string): Needs | undefined => (COMMAND_NEEDS as Readonly<Record<string, Needs>>)[id];
const declared: readonly string[] = contributes.commands.map((one) => one.command);

describe('the manifest', () => {
  it('declares every command of the frame, and no other of its own', () => {
    const ours = new Set<string>([
      ...FRAME_COMMANDS,
      ...PART_COMMANDS,
      ...WAREHOUSE_COMMANDS,
      ...DEBUG_COMMANDS,
    ]);
    assert.deepEqual(
      [...ours].filter((id) => !declared.includes(id)),
      [],
    );
    assert.equal(new Set(declared).size, declared.length);
    // What other parts declare is registered by them, under their own names.
    assert.deepEqual(
      declared.filter((id) => !ours.has(id) && !code.includes(`'${id}'`)),
      [],
    );
  });

  it('has an entry for what each command needs, and offers none that needs trust as if it did not', () => {
    const listed: readonly string[] = Object.keys(COMMAND_NEEDS);
    assert.deepEqual(
      declared.filter((id) => !listed.includes(id)),
      [],
    );
    // Registered by the one function that asks the table.
    assert.equal(code.split('vscode.commands.registerCommand(').length - 1, 1);
    assert.deepEqual(
      listed.filter((id) => !code.includes(`'${id}'`)),
      [],
    );
    const hidden = contributes.commands.filter((one) => one.enablement?.includes('isWorkspaceTrusted'));
    assert.deepEqual(
      hidden.map(({ command }) => command).filter((id) => needsOf(id)?.restricted !== 'refused'),
      [],
    );
  });

  it('refuses or leaves out whatever reaches the network, the SQL of the folder, secrets or its files', () => {
    const all = [...Object.entries(METHOD_NEEDS), ...Object.entries(COMMAND_NEEDS)];
    assert.deepEqual(
      all.flatMap(([id, { restricted, uses }]) =>
        (restricted === 'whole') === (uses.length === 0) ? [] : [id],
      ),
      [],
    );
    // Files cannot be changed by half.
    assert.deepEqual(
      all.flatMap(([id, { restricted, uses }]) =>
        restricted !== 'refused' && uses.some((use) => use === 'changes') ? [id] : [],
      ),
      [],
    );
  });

  it('names in menus, welcome texts and walkthroughs only commands that are there', () => {
    const menus: readonly string[] = Object.values(contributes.menus)
      .flat()
      .flatMap((item) => item.command ?? []);
    const linked = Object.values(texts).flatMap((text) =>
      [...text.matchAll(/\(command:([\w.]+)/g)].map(([, id = '']) => id),
    );
    const others = [
      'vscode.openFolder',
      'workbench.view.explorer',
      'workbench.trust.manage',
      'workbench.action.quickOpen',
    ];
    const views: readonly string[] = contributes.views.m7.map((view) => `${view.id}.focus`);
    const known = new Set([...declared, ...others, ...views]);
    assert.deepEqual(
      [...menus, ...linked].filter((id) => !known.has(id)),
      [],
    );
  });

  it('finds every text it refers to, and refers to every text there is', () => {
    const named = strings(manifest).flatMap((text) => /^%(.+)%$/.exec(text)?.[1] ?? []);
    assert.deepEqual(
      named.filter((key) => texts[key] === undefined),
      [],
    );
    assert.deepEqual(
      Object.keys(texts).filter((key) => !named.includes(key)),
      [],
    );
    for (const [key, text] of Object.entries(texts)) assert.notEqual(text.trim(), '', key);
  });

  it('finds every picture', () => {
    const paths = strings(manifest).filter((text) => text.startsWith('media/'));
    assert.ok(paths.length > 5);
    assert.deepEqual(
      paths.filter((path) => !existsSync(join(root, path))),
      [],
    );
  });

  it('activates on a workspace and on what is its own, never on everything', () => {
    const events: readonly string[] = manifest.activationEvents;
    assert.ok(events.includes('workspaceContains:config/table_schemas.json'));
    assert.ok(events.includes('workspaceContains:config/validation_rules.json'));
    assert.deepEqual(
      events.filter(
        (event) => !/^(workspaceContains:config\/\w+\.json|on\w+:m7\.\w+|onDebugResolve:m7)$/.test(event),
      ),
      [],
    );
  });

  it('is limited in Restricted Mode, and restricts what decides where it runs', () => {
    const { untrustedWorkspaces, virtualWorkspaces } = manifest.capabilities;
    assert.equal(untrustedWorkspaces.supported, 'limited');
    assert.deepEqual(untrustedWorkspaces.restrictedConfigurations, ['m7.workspaceFolder']);
    assert.equal(virtualWorkspaces.supported, false);
  });

  it('describes every setting, which the code reads', () => {
    const settings = Object.entries(contributes.configuration.properties);
    assert.ok(settings.length > 0);
    for (const [key, setting] of settings) {
      assert.ok(key.startsWith('m7.'));
      assert.ok(typeof setting['scope'] === 'string', key);
      assert.ok('description' in setting || 'markdownDescription' in setting, key);
      assert.ok(code.includes(`'${key.split('.').at(-1) ?? ''}'`), `${key} is read nowhere`);
    }
  });

  it('offers the stages and commands of the command line in tasks', () => {
    const properties = contributes.taskDefinitions[0]?.properties;
    assert.deepEqual(properties?.stage.enum, STAGES);
    assert.deepEqual(properties.command.enum, TASK_COMMANDS);
  });

  it('keeps secret what the settings call secret', () => {
    assert.deepEqual(
      [...SECRET_NAMES].sort(),
      SETTINGS.filter((setting) => setting.kind === 'secret')
        .map((setting) => setting.name)
        .sort(),
    );
  });
});

describe('launch configurations', () => {
  const [debug] = contributes.debuggers;
  const attributes = debug?.configurationAttributes.launch.properties ?? {};
  const LAUNCH = { workspace: '/w/s', date: '20241115' };

  it('have the attributes that the adapter reads, and no other', () => {
    const read = new Set<string>();
    readLaunch(
      new Proxy(LAUNCH, {
        get: (target, key) => {
          read.add(String(key));
          return Reflect.get(target, key) as unknown;
        },
      }),
    );
    // "Run without debugging" is the editor's own word.
    read.delete('noDebug');
    assert.deepEqual(Object.keys(attributes).sort(), [...read].sort());
  });

  it('hold values that the adapter takes, and refuse what it refuses', () => {
    const samples: Readonly<Record<string, unknown>> = {
      string: 'x',
      number: 20241115,
      boolean: true,
      array: ['x'],
    };
    for (const [name, { type, anyOf, default: given }] of Object.entries(attributes)) {
      const types = [type ?? anyOf?.map((one) => one.type ?? '') ?? []].flat(2);
      for (const [of, value] of Object.entries(samples)) {
        const takes = (): unknown => readLaunch({ ...LAUNCH, [name]: value });
        if (types.includes(of)) assert.doesNotThrow(takes, `${name} as ${of}`);
        else assert.throws(takes, `${name} as ${of}`);
      }
      if (given !== undefined && given !== '')
        assert.doesNotThrow(() => readLaunch({ ...LAUNCH, [name]: given }));
    }
  });

  it('offer the stages there are', () => {
    const [one, several] = attributes['stage']?.anyOf ?? [];
    assert.deepEqual([one?.enum, several?.items?.enum], [STAGES, STAGES]);
  });

  it('are begun and completed with attributes there are', () => {
    const bodies = [
      ...(debug?.initialConfigurations ?? []),
      ...(debug?.configurationSnippets ?? []).map((one) => one.body),
    ];
    assert.equal(bodies.length, 3);
    for (const { type, request, name, ...more } of bodies) {
      assert.deepEqual([type, request, typeof name], [debug?.type, 'launch', 'string']);
      assert.deepEqual(
        Object.keys(more).filter((key) => !(key in attributes)),
        [],
      );
    }
  });
});

describe('the problem matchers', () => {
  const matcherOf = (name: string): readonly Pattern[] =>
    contributes.problemMatchers.find((one) => one.name === name)?.pattern ?? [];

  /** As VS Code reads it: the patterns of a problem hold on lines that follow each other. */
  function problems(name: string, lines: readonly string[]): readonly Record<string, string>[] {
    const patterns = matcherOf(name);
    return lines.flatMap((_, i) => {
      const found: Record<string, string> = {};
      for (const [k, { regexp, ...groups }] of patterns.entries()) {
        const match = new RegExp(regexp).exec(lines[i + k] ?? '');
        if (match === null) return [];
        for (const [key, group] of Object.entries(groups)) found[key] = match[Number(group)] ?? '';
      }
      return [found];
    });
  }

  it('read the problems of a check', () => {
    assert.deepEqual(
      problems('m7', [
        'error  config/validation_rules.json:43',
        '  "rule" of rule 5 of table "User" is "not_nul", which is not known.',
        '  Did you mean "not_null"?',
        '',
        'warning  .env:7',
        '  MAX_WORKERS is more than this machine has.',
        '2 errors, 0 warnings.',
      ]),
      [
        {
          severity: 'error',
          file: 'config/validation_rules.json',
          line: '43',
          message: '"rule" of rule 5 of table "User" is "not_nul", which is not known.',
        },
        {
          severity: 'warning',
          file: '.env',
          line: '7',
          message: 'MAX_WORKERS is more than this machine has.',
        },
      ],
    );
  });

  it('read failed steps of a run, and nothing of what went well', () => {
    assert.deepEqual(
      problems('m7', [
        'Failed',
        '  raw-to-silver 20241115 Télé SAT Playback  SQL_INVALID /w s/config/table_schemas.json:12',
        // A terminal tells a line twice where it is wrapped.
        '  raw-to-silver 20241115 Télé SAT Playback  SQL_INVALID /w s/config/table_schemas.json:12',
        '    The transform of column price is refused: no function.',
        '    Correct it.',
        '  gold-to-snowflake 20241115 EPG  VALIDATION_FAILED',
        '    Too many rows.',
        '06:30:00  done  raw-to-silver 20241115 Skylink EPG  864 → 864 rows  0.1 s',
      ]),
      [
        {
          severity: '',
          file: '/w s/config/table_schemas.json',
          line: '12',
          message: 'The transform of column price is refused: no function.',
        },
      ],
    );
  });

  it('read the error that ended a command', () => {
    assert.deepEqual(
      problems('m7-error', [
        'error Unknown setting "DATA_DIRR" in .env. (SETTINGS_INVALID)',
        '  at /tmp/ws/.env:122',
        '  Did you mean "DATA_DIR"?',
      ]),
      [
        {
          severity: 'error',
          message: 'Unknown setting "DATA_DIRR" in .env.',
          code: 'SETTINGS_INVALID',
          file: '/tmp/ws/.env',
          line: '122',
        },
      ],
    );
  });
});
