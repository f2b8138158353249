// Tasks of type m7 as VS Code runs them: offered, ended with the exit code of the command line, problems matched.
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { LANDED_DATE } from '../../support/host/sample';

const folder = (): vscode.WorkspaceFolder => {
  const [first] = vscode.workspace.workspaceFolders ?? [];
  assert.ok(first);
  return first;
};

async function offered(name: string): Promise<vscode.Task> {
  const task = (await vscode.tasks.fetchTasks({ type: 'm7' })).find((one) => one.name === name);
  assert.ok(task, `No task ${name} is offered.`);
  return task;
}

/** Runs a task to its end. */
async function run(task: vscode.Task): Promise<number | undefined> {
  const ended = new Promise<number | undefined>((settle) => {
    const listener = vscode.tasks.onDidEndTaskProcess(({ execution, exitCode }) => {
      if (execution.task.name !== task.name) return;
      listener.dispose();
      settle(exitCode);
    });
  });
  await vscode.tasks.executeTask(task);
  return ended;
}

async function diagnostics(uri: vscode.Uri, source: string): Promise<readonly vscode.Diagnostic[]> {
  const end = Date.now() + 10_000;
  for (;;) {
    const found = vscode.languages.getDiagnostics(uri).filter((one) => one.source === source);
    if (found.length > 0 || Date.now() > end) return found;
    await new Promise((settle) => setTimeout(settle, 100));
  }
}

describe('tasks of type m7', () => {
  before(async () => {
    await vscode.extensions.getExtension('m7group.m7-pipeline')?.activate();
  });

  it('are offered where no date is needed', async () => {
    const names = (await vscode.tasks.fetchTasks({ type: 'm7' })).map((task) => task.name);
    assert.deepEqual(names.sort(), ['check', 'maintenance', 'maintenance --dry-run', 'run']);
  });

  it('end with the exit code of the command line', async () => {
    assert.equal(await run(await offered('check')), 0);
  });

  it('show the problems of a check with file and line', async () => {
    const rules = join(folder().uri.fsPath, 'config/validation_rules.json');
    const before = readFileSync(rules, 'utf8');
    const broken = before.replace('"rule": "not_null"', '"rule": "not_nul"');
    const line = broken.slice(0, broken.indexOf('"not_nul"')).split('\n').length;
    writeFileSync(rules, broken);
    try {
      assert.equal(await run(await offered('check')), 2);
      const [problem] = await diagnostics(vscode.Uri.file(rules), 'm7');
      assert.ok(problem, 'No problem was matched.');
      assert.equal(problem.range.start.line + 1, line);
      assert.match(problem.message, /"not_nul", which is not known/);
    } finally {
      writeFileSync(rules, before);
    }
  });

  it('show the error that ended a command', async () => {
    const env = join(folder().uri.fsPath, '.env');
    const before = readFileSync(env, 'utf8');
    writeFileSync(env, `${before}\nMAX_WORKER=2\n`);
    try {
      assert.equal(await run(await offered('run')), 2);
      const [problem] = await diagnostics(vscode.Uri.file(env), 'm7');
      assert.ok(problem, 'No problem was matched.');
      assert.match(problem.message, /Unknown setting "MAX_WORKER"/);
    } finally {
      writeFileSync(env, before);
    }
  });

  it('run what tasks.json says, and show the line of a failed step', async () => {
    const root = folder().uri.fsPath;
    mkdirSync(join(root, '.vscode'), { recursive: true });
    writeFileSync(
      join(root, '.vscode/tasks.json'),
      JSON.stringify({
        version: '2.0.0',
        tasks: [
          {
            label: 'Devices',
            type: 'm7',
            command: 'run',
            date: LANDED_DATE,
            table: 'Device',
            problemMatcher: '$m7',
          },
        ],
      }),
    );
    try {
      const tasks = async (): Promise<vscode.Task | undefined> =>
        (await vscode.tasks.fetchTasks()).find((one) => one.name === 'Devices');
      const end = Date.now() + 10_000;
      let task = await tasks();
      while (task === undefined && Date.now() < end) task = await tasks();
      assert.ok(task, 'The task of tasks.json is not known.');
      // Devices refer to users, which have not been run.
      assert.equal(await run(task), 1);
      const rules = vscode.Uri.joinPath(folder().uri, 'config/validation_rules.json');
      const [problem] = await diagnostics(rules, 'm7');
      assert.ok(problem, 'No problem was matched.');
      assert.match(problem.message, /device_user_known/);
    } finally {
      rmSync(join(root, '.vscode'), { recursive: true });
    }
  });
});
