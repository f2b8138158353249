// An extension beside the one that is tested: runs commands in its extension host, trusted or not, and writes how each went.
'use strict';
const { appendFileSync, readFileSync } = require('node:fs');
const vscode = require('vscode');

/** A command that waits for somebody is left waiting after so long. */
const PATIENCE_MS = 100;

const pause = () => new Promise((settle) => setTimeout(settle, PATIENCE_MS));

const given = (value) => {
  if (value === null || typeof value !== 'object') return value;
  if (typeof value.$file === 'string') return vscode.Uri.file(value.$file);
  if (Array.isArray(value)) return value.map(given);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, given(inner)]));
};

exports.activate = () => {
  const { environment, commands, outcomes } = JSON.parse(readFileSync(process.env.M7_COMMANDER, 'utf8'));
  // The server of VS Code takes some names out of the environment of its extensions.
  Object.assign(process.env, environment);
  const note = (outcome) => appendFileSync(outcomes, `${JSON.stringify(outcome)}\n`);
  const walk = async () => {
    const waiting = new Set();
    for (const { id, words } of commands) {
      waiting.add(id);
      const run = vscode.commands.executeCommand(id, ...words.map(given)).then(
        () => waiting.delete(id),
        (error) => note({ id, error: String(error) }),
      );
      await Promise.race([run, pause()]);
      await vscode.commands.executeCommand('workbench.action.closeQuickOpen');
      await pause();
      note({ id, waits: waiting.has(id) });
    }
    await vscode.commands.executeCommand('notifications.clearAll');
    await pause();
    note({ waiting: [...waiting] });
  };
  return { walk: vscode.commands.registerCommand('m7Commander.walk', walk) };
};
