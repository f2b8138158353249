// The extension as VS Code sees it: found, activated by the workspace, every command of its manifest registered.
import assert from 'node:assert/strict';
import * as vscode from 'vscode';

interface Manifest {
  readonly contributes: { readonly commands: readonly { readonly command: string }[] };
}

const found = (): vscode.Extension<unknown> => {
  const extension = vscode.extensions.getExtension('m7group.m7-pipeline');
  assert.ok(extension);
  return extension;
};

describe('the extension', () => {
  it('is activated by a workspace of M7 without being asked', async () => {
    const end = Date.now() + 20_000;
    while (!found().isActive && Date.now() < end) await new Promise((settle) => setTimeout(settle, 50));
    assert.ok(found().isActive);
  });

  it('registers every command of its manifest', async () => {
    await found().activate();
    const registered = new Set(await vscode.commands.getCommands(true));
    const { contributes }: Manifest = found().packageJSON;
    assert.deepEqual(
      contributes.commands.map((one) => one.command).filter((id) => !registered.has(id)),
      [],
    );
  });
});
