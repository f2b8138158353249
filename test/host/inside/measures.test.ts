// Figures of the editor's own process, with limits that a noisy machine keeps; `npm run bench -- editor` has the floors.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { MEASURED_DATE } from '../../support/host/sample';
import { write } from '../../support/host/writeOutcome';

const ID = 'm7group.m7-pipeline';

/** Milliseconds of loading and activating, as VS Code's own page of its start-up tells them. */
async function activation(): Promise<readonly number[]> {
  await vscode.commands.executeCommand('perfview.show');
  const end = Date.now() + 20_000;
  for (;;) {
    const page = vscode.workspace.textDocuments.find((one) => one.uri.scheme === 'perf');
    // | extension | eager | load code | call activate | finish activate | event | by |
    const row = page
      ?.getText()
      .split('\n')
      .find((line) => line.includes(ID) && line.includes('|'));
    if (row !== undefined)
      return row
        .split('|')
        .map((cell) => cell.trim())
        .filter((cell) => /^\d+$/.test(cell))
        .map(Number);
    if (Date.now() > end) throw new Error(`No row of ${ID} in:\n${page?.getText() ?? 'no page'}`);
    await new Promise((settle) => setTimeout(settle, 100));
  }
}

interface Heart {
  /** How many beats there were, the longest milliseconds between two, the most of this process's own CPU time. */
  readonly stop: () => { readonly beats: number; readonly longest: number; readonly work: number };
}

type Used = (previous?: NodeJS.CpuUsage) => NodeJS.CpuUsage;

/** CPU time of this thread where Node can tell it (22.19 on), else of the whole process with its compilers. */
const cpuUsage: Used =
  'threadCpuUsage' in process
    ? (process.threadCpuUsage as Used).bind(process)
    : process.cpuUsage.bind(process);

/** Beats every 5 ms as long as nothing blocks this process. */
function startHeart(): Heart {
  let [beats, longest, work] = [0, 0, 0];
  let last = performance.now();
  let used = cpuUsage();
  const beat = (): void => {
    const now = performance.now();
    const { user, system } = cpuUsage(used);
    beats += 1;
    longest = Math.max(longest, now - last);
    work = Math.max(work, Math.min((user + system) / 1000, now - last));
    last = now;
    used = cpuUsage();
  };
  const timer = setInterval(beat, 5);
  return {
    stop: () => {
      clearInterval(timer);
      beat();
      return { beats, longest, work };
    },
  };
}

describe('the editor stays quick', () => {
  after(() => vscode.commands.executeCommand('workbench.action.closeAllEditors'));

  it('when the extension is activated', async () => {
    await vscode.extensions.getExtension(ID)?.activate();
    const figures = await activation();
    assert.equal(figures.length, 3, String(figures));
    const milliseconds = figures.reduce((sum, one) => sum + one, 0);
    write({ kind: 'measured', what: 'activation', milliseconds });
    assert.ok(milliseconds < 500, `${milliseconds} ms`);
  });

  it('while a date is run', async () => {
    const folder = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath;
    assert.ok(folder !== undefined);
    // What other extensions do when a window opens is none of the run's.
    await new Promise((settle) => setTimeout(settle, 3_000));
    const heart = startHeart();
    await vscode.commands.executeCommand('m7.runDate', MEASURED_DATE);
    const { beats, longest, work } = heart.stop();
    assert.ok(existsSync(join(folder, 'data/gold', MEASURED_DATE)), 'The date has not been run.');
    assert.ok(beats > 100, `only ${beats} heartbeats`);
    write({ kind: 'measured', what: 'longest pause during a run', milliseconds: longest });
    write({ kind: 'measured', what: 'most work of the editor between two heartbeats', milliseconds: work });
    // Where the machine is busy, a pause may be that of a process which waits for its turn: its own work counts.
    assert.ok(work < 250, `${work} ms of work between two heartbeats`);
  });
});
