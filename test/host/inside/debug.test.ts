// Debug sessions as VS Code's API sees them: a breakpoint that comes and goes with its session, and what is refused.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import * as vscode from 'vscode';
import { RUN_DATE } from '../../support/host/sample';

const TABLE = 'User';
const RULE = 'user_email_once';

async function until<T>(what: string, look: () => T | undefined): Promise<T> {
  const end = Date.now() + 30_000;
  for (;;) {
    const found = look();
    if (found !== undefined) return found;
    if (Date.now() > end) throw new Error(`Waited in vain for ${what}.`);
    await new Promise((settle) => setTimeout(settle, 50));
  }
}

function rulesFile(): vscode.Uri {
  const [folder] = vscode.workspace.workspaceFolders ?? [];
  assert.ok(folder);
  return vscode.Uri.joinPath(folder.uri, 'config/validation_rules.json');
}

/** The line, from 0, on which the object of a rule begins. */
function lineOfRule(id: string): number {
  const lines = readFileSync(rulesFile().fsPath, 'utf8').split('\n');
  return lines.findIndex((line) => line.includes(`"id": "${id}"`)) - 1;
}

const sourceBreakpoints = (): readonly vscode.SourceBreakpoint[] =>
  vscode.debug.breakpoints.filter((one) => one instanceof vscode.SourceBreakpoint);

/** Name of the rule or row that the session in front stands at. */
async function standsAt(session: vscode.DebugSession): Promise<string> {
  const { stackFrames } = (await session.customRequest('stackTrace', { threadId: 1 })) as {
    readonly stackFrames: readonly { readonly name: string }[];
  };
  return stackFrames[0]?.name ?? '';
}

describe('debug sessions', () => {
  const stopped: string[] = [];
  const ended: string[] = [];
  let listeners: readonly vscode.Disposable[] = [];

  before(async () => {
    await vscode.extensions.getExtension('m7group.m7-pipeline')?.activate();
    listeners = [
      vscode.debug.registerDebugAdapterTrackerFactory('m7', {
        createDebugAdapterTracker: ({ id }) => ({
          onDidSendMessage: (message: { readonly event?: string }) => {
            if (message.event === 'stopped') stopped.push(id);
          },
        }),
      }),
      vscode.debug.onDidTerminateDebugSession(({ id }) => ended.push(id)),
    ];
  });
  after(() => {
    for (const one of listeners) one.dispose();
  });
  afterEach(async () => {
    const session = vscode.debug.activeDebugSession;
    await vscode.debug.stopDebugging();
    if (session !== undefined) await until('its end', () => (ended.includes(session.id) ? true : undefined));
    vscode.debug.removeBreakpoints(vscode.debug.breakpoints);
    await until('no breakpoint', () => (sourceBreakpoints().length === 0 ? true : undefined));
  });

  const begin = async (argument: unknown): Promise<vscode.DebugSession> => {
    stopped.length = 0;
    await vscode.commands.executeCommand('m7.debugDate', argument);
    return until('a stop', () => {
      const session = vscode.debug.activeDebugSession;
      return session !== undefined && stopped.includes(session.id) ? session : undefined;
    });
  };

  it('of a rule bring its breakpoint, and take it away', async () => {
    const session = await begin({ date: RUN_DATE, table: TABLE, rule: RULE });
    assert.equal(await standsAt(session), `rule ${RULE}`);
    const [own, ...more] = sourceBreakpoints();
    assert.equal(more.length, 0);
    assert.equal(own?.location.uri.toString(), rulesFile().toString());
    await vscode.debug.stopDebugging(session);
    await until('no breakpoint', () => (sourceBreakpoints().length === 0 ? true : undefined));
  });

  it('leave a breakpoint of the user alone', async () => {
    const place = new vscode.Location(rulesFile(), new vscode.Position(lineOfRule(RULE), 0));
    vscode.debug.addBreakpoints([new vscode.SourceBreakpoint(place)]);
    await until('it', () => (sourceBreakpoints().length === 1 ? true : undefined));
    const session = await begin({ date: RUN_DATE, table: TABLE, rule: RULE });
    assert.equal(sourceBreakpoints().length, 1);
    await vscode.debug.stopDebugging(session);
    await until('the end', () => (ended.includes(session.id) ? true : undefined));
    assert.equal(sourceBreakpoints().length, 1);
  });

  it('of a column stop at it in the stage that converts it', async () => {
    const session = await begin({ date: RUN_DATE, table: TABLE, column: 'birth_date' });
    assert.equal(await standsAt(session), 'column birth_date');
  });

  it('write rows for the preview, and open it', async () => {
    const session = await begin({ date: RUN_DATE, table: TABLE, rule: RULE });
    const { scopes } = (await session.customRequest('scopes', { frameId: await topFrame(session) })) as {
      readonly scopes: readonly { readonly name: string; readonly variablesReference: number }[];
    };
    const container = scopes.find((one) => one.name.startsWith('Failing rows'));
    assert.ok(container);
    await vscode.commands.executeCommand('m7.previewVariable', {
      container,
      variable: { name: '[0]', variablesReference: 1 },
    });
    await until('a preview of Parquet', () =>
      vscode.window.tabGroups.all
        .flatMap((group) => group.tabs)
        .find((tab) => tab.input instanceof vscode.TabInputCustom && tab.input.uri.path.endsWith('.parquet')),
    );
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });
});

async function topFrame(session: vscode.DebugSession): Promise<number> {
  const { stackFrames } = (await session.customRequest('stackTrace', { threadId: 1 })) as {
    readonly stackFrames: readonly { readonly id: number }[];
  };
  return stackFrames[0]?.id ?? 0;
}
