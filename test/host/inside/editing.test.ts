// Rules editing as VS Code offers it: completion, hover, diagnostics with fixes, lenses, and a rule tried.
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { RUN_DATE } from '../../support/host/sample';

/** Waits until something is so; VS Code tells of most things a moment later. */
async function until<T>(what: string, look: () => Promise<T | undefined> | T | undefined): Promise<T> {
  const end = Date.now() + 30_000;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (Date.now() > end) throw new Error(`Waited in vain for ${what}.`);
    await new Promise((settle) => setTimeout(settle, 100));
  }
}

const folder = (): vscode.Uri => {
  const [first] = vscode.workspace.workspaceFolders ?? [];
  assert.ok(first);
  return first.uri;
};

const fileOf = (name: string): vscode.Uri => vscode.Uri.joinPath(folder(), 'config', `${name}.json`);

/** The rules file with the text of its first regex rule changed; never saved. */
async function draft(change: (text: string) => string): Promise<vscode.TextDocument> {
  const document = await vscode.workspace.openTextDocument(fileOf('validation_rules'));
  await vscode.window.showTextDocument(document);
  const before = document.getText();
  const edit = new vscode.WorkspaceEdit();
  const all = new vscode.Range(document.positionAt(0), document.positionAt(before.length));
  edit.replace(document.uri, all, change(before));
  await vscode.workspace.applyEdit(edit);
  return document;
}

const at = (document: vscode.TextDocument, part: string, plus = 0): vscode.Position => {
  const offset = document.getText().indexOf(part);
  assert.ok(offset >= 0, part);
  return document.positionAt(offset + plus);
};

const labelOf = (item: vscode.CompletionItem): string =>
  typeof item.label === 'string' ? item.label : item.label.label;

async function completions(
  document: vscode.TextDocument,
  position: vscode.Position,
): Promise<readonly vscode.CompletionItem[]> {
  const list = await vscode.commands.executeCommand<vscode.CompletionList>(
    'vscode.executeCompletionItemProvider',
    document.uri,
    position,
  );
  return list.items;
}

describe('rules editing', () => {
  let saved = '';
  before(async () => {
    saved = (await vscode.workspace.openTextDocument(fileOf('validation_rules'))).getText();
  });
  afterEach(async () => {
    // A draft that is left over would be the next test's text.
    const document = await draft(() => saved);
    await document.save();
    await until('the saved text without complaints', () =>
      vscode.languages
        .getDiagnostics(document.uri)
        .some((one) => one.severity !== vscode.DiagnosticSeverity.Hint)
        ? undefined
        : true,
    );
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });

  const RULE = '"rules": [';
  const withRule = (rule: string) => (text: string) => text.replace(RULE, `${RULE}\n        ${rule},`);

  it('completes columns of the table, each once, those first that fit', async () => {
    const document = await draft(withRule('{ "rule": "range", "column": "" }'));
    const items = await completions(document, at(document, '"column": ""', '"column": "'.length));
    const labels = items.map(labelOf);
    assert.ok(labels.includes('birth_date') && labels.includes('user_id'), labels.join(' '));
    assert.equal(new Set(labels).size, labels.length, 'nothing is offered twice');
    const order = items.toSorted((a, b) => ((a.sortText ?? '') < (b.sortText ?? '') ? -1 : 1)).map(labelOf);
    assert.ok(order.indexOf('birth_date') < order.indexOf('user_id'));
  });

  it('completes the keys of a kind, needed ones with a value', async () => {
    const document = await draft(withRule('{ "rule": "compare",  }'));
    const items = await completions(document, at(document, '"compare",', '"compare", '.length));
    const operator = items.filter((item) => labelOf(item) === 'operator');
    assert.equal(operator.length, 1);
    assert.ok(operator[0]?.insertText instanceof vscode.SnippetString);
    assert.equal(operator[0].insertText.value, '"operator": "${1}"');
  });

  it('tells an unknown column once, and mends it', async () => {
    const document = await draft(withRule('{ "rule": "not_null", "column": "emial" }'));
    const [found, ...more] = await until('diagnostics', () => {
      const all = vscode.languages.getDiagnostics(document.uri);
      return all.some((one) => one.code === 'unknown-column') ? all : undefined;
    });
    assert.equal(more.length, 0);
    assert.equal(found?.source, 'M7');
    assert.equal(found.code, 'unknown-column');
    assert.equal(document.getText(found.range), '"emial"');
    const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>(
      'vscode.executeCodeActionProvider',
      document.uri,
      found.range,
    );
    assert.deepEqual(
      actions.filter((one) => one.kind?.value === 'quickfix').map((one) => one.title),
      ['Change to "email"', 'Create column "emial" in table_schemas.json'],
    );
    const edit = actions[0]?.edit;
    assert.ok(edit);
    await vscode.workspace.applyEdit(edit);
    await until('no diagnostics', () =>
      vscode.languages.getDiagnostics(document.uri).some((one) => one.code === 'unknown-column')
        ? undefined
        : true,
    );
  });

  it('has no complaint of the sample', async () => {
    for (const name of ['brand_configs', 'table_schemas', 'validation_rules']) {
      const document = await vscode.workspace.openTextDocument(fileOf(name));
      await vscode.window.showTextDocument(document);
      // What is judged first is told first: a hover asks the same engine behind it.
      await vscode.commands.executeCommand(
        'vscode.executeHoverProvider',
        document.uri,
        new vscode.Position(1, 4),
      );
      await new Promise((settle) => setTimeout(settle, 1_500));
      const wrong = vscode.languages
        .getDiagnostics(document.uri)
        .filter((one) => one.severity !== vscode.DiagnosticSeverity.Hint);
      assert.deepEqual(
        wrong.map((one) => one.message),
        [],
      );
    }
  });

  it('shows what a column held', async () => {
    const document = await vscode.workspace.openTextDocument(fileOf('validation_rules'));
    const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
      'vscode.executeHoverProvider',
      document.uri,
      at(document, '"column": "user_id"', '"column": "us'.length),
    );
    const words = hovers
      .flatMap((hover) => hover.contents)
      .map((content) => (content instanceof vscode.MarkdownString ? content.value : ''));
    assert.ok(
      words.some((text) => /\*\*user\\_id\*\* `VARCHAR`/.test(text) && /On 2024-11-14/.test(text)),
      words.join('\n'),
    );
  });

  it('tells the last result above each rule, and tries one on a date', async () => {
    const document = await draft(
      withRule('{ "id": "try_me", "rule": "enum", "column": "status", "values": ["ACTIVE"] }'),
    );
    const lenses = await vscode.commands.executeCommand<vscode.CodeLens[]>(
      'vscode.executeCodeLensProvider',
      document.uri,
      500,
    );
    const titles = lenses.map((lens) => lens.command?.title ?? '');
    assert.ok(titles.includes('never run'), titles.slice(0, 9).join(', '));
    assert.ok(titles.some((title) => title.includes('2024-11-14')));
    assert.equal(titles.filter((title) => title === 'What would change').length, 1 + tablesOf(document));
    const run = lenses.find((lens) => lens.command?.command === 'm7.tryRule')?.command;
    assert.ok(run);
    const trial = await vscode.commands.executeCommand<{
      readonly date: string;
      readonly finding: { readonly id: string; readonly failing: number };
      readonly rows: number;
    }>(run.command, ...(run.arguments ?? []));
    assert.equal(trial.date, RUN_DATE);
    assert.equal(trial.finding.id, 'try_me');
    assert.ok(trial.finding.failing > 0);
    assert.equal(trial.rows, trial.finding.failing);
    const after = await vscode.commands.executeCommand<vscode.CodeLens[]>(
      'vscode.executeCodeLensProvider',
      document.uri,
      20,
    );
    const tried = after.find((lens) => lens.command?.title.includes('tested on 2024-11-14'))?.command;
    assert.ok(tried);
    await vscode.commands.executeCommand(tried.command, ...(tried.arguments ?? []));
    await until('a preview of the failing rows', () =>
      vscode.window.tabGroups.all
        .flatMap((group) => group.tabs)
        .find((tab) => tab.input instanceof vscode.TabInputCustom && tab.input.uri.path.includes('try_me')),
    );
  });

  it('compares the draft with the last validation', async () => {
    await draft(
      withRule(
        '{ "id": "new_rule", "rule": "enum", "column": "status", "values": ["ACTIVE"], "error": "100%" }',
      ),
    );
    const changes =
      await vscode.commands.executeCommand<
        readonly { readonly table: string; readonly newlyRejected: number }[]
      >('m7.whatWouldChange');
    assert.deepEqual(
      changes.map((change) => change.table),
      ['User'],
    );
    assert.ok((changes[0]?.newlyRejected ?? 0) > 0);
    await vscode.commands.executeCommand('workbench.action.closeQuickOpen');
  });
});

function tablesOf(document: vscode.TextDocument): number {
  return document.getText().split('"rules": [').length - 1;
}
