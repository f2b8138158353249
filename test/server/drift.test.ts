// Drift as the editor asks for it: an edit of the config, acceptance, and what the trees show.
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PipelineError } from '../../src/engine';
import { driftMethods } from '../../src/server/driftMethods';
import { editingMethods } from '../../src/server/editingMethods';
import { layersMethods } from '../../src/server/layersMethods';
import { reportMethods } from '../../src/server/reportMethods';
import type { Edit } from '../../src/shared/editingApi';
import { DAY, deliver, runDates, short, writeConfig } from '../engine/stages/drift/driftWorkspace';
import { useFolder } from '../support/folder';

const context = { signal: new AbortController().signal, progress: () => undefined };

describe('drift, as the editor asks for it', function () {
  this.timeout(120_000);
  const folder = useFolder();
  const schemas = (): string => join(folder(), 'config/table_schemas.json');
  beforeEach(async () => {
    await writeConfig(folder(), { columns: { id: { type: 'VARCHAR' }, price: { type: 'DOUBLE' } } });
    await deliver(folder(), { date: DAY }, ['id', 'price_eur'], [['1', '2.5']]);
  });

  const nameColumn = async (column: string, header = 'price_eur'): Promise<readonly Edit[] | null> =>
    editingMethods(folder())['editing.nameColumn'](
      {
        draft: { file: 'table_schemas', text: await readFile(schemas(), 'utf8') },
        ...{ table: 'T', column, header },
      },
      context,
    );
  const apply = async (edits: readonly Edit[] | null): Promise<string> => {
    let text = await readFile(schemas(), 'utf8');
    for (const { range, text: put } of edits ?? [])
      text = text.slice(0, range.start) + put + text.slice(range.end);
    await writeFile(schemas(), text);
    return text;
  };

  it('gives a column its new name in the style of the file, after which nothing differs', async () => {
    await runDates(folder(), DAY);
    const text = await apply(await nameColumn('price'));
    assert.match(text, /"type": "DOUBLE",\n {10}"source": \["price_eur"\]\n/);
    const ran = await runDates(folder(), DAY);
    assert.deepEqual(
      ran.result.reports.map((r) => r.status),
      ['passed'],
    );
    // Once it is there, nothing is left to do; another one stands beside it.
    assert.deepEqual(await nameColumn('price', 'Price EUR'), []);
    assert.match(
      await apply(await nameColumn('price', 'amount "x"')),
      /"source": \["price_eur", "amount \\"x\\""\]/,
    );
    assert.equal(await nameColumn('nothing'), null);
  });

  it('accepts what the report shows, and nothing that it does not', async () => {
    await runDates(folder(), DAY);
    const document = await reportMethods(folder()).report({ date: DAY }, context);
    const [first] = document.reports[0]?.findings ?? [];
    assert.equal(first?.rule, 'drift');
    assert.ok(first.drift !== undefined);
    assert.equal(short(first.drift), 'renamed price → price_eur');
    const accept = driftMethods(folder())['drift.accept'];
    await assert.rejects(
      async () => accept({ date: DAY, brand: 'A', table: 'T', column: 'nothing' }, context),
      (error: unknown) => error instanceof PipelineError && error.code === 'NOT_FOUND',
    );
    const target = { date: DAY, brand: 'A', table: 'T', column: 'price' };
    assert.deepEqual(await accept(target, context), { accepted: 1 });
    assert.deepEqual(await accept(target, context), { accepted: 0 });
  });

  it('shows it in the tree until it is accepted', async () => {
    await runDates(folder(), DAY);
    const layers = layersMethods(folder());
    const sums = async (): Promise<readonly (number | undefined)[]> =>
      (await layers.layerDates({ layer: 'raw', dates: [DAY] }, context)).map((one) => one.drift);
    const files = async (): Promise<readonly (readonly string[] | undefined)[]> =>
      (await layers.layerFiles({ layer: 'raw', date: DAY }, context))
        .filter((file) => file.path.endsWith('.parquet'))
        .map((file) => file.drift?.map(short));
    assert.deepEqual(await sums(), [1]);
    assert.deepEqual(await files(), [['renamed price → price_eur']]);
    await driftMethods(folder())['drift.accept']({ date: DAY, brand: 'A', table: 'T' }, context);
    await runDates(folder(), DAY);
    assert.deepEqual(await sums(), [undefined]);
    assert.deepEqual(await files(), [undefined]);
  });
});
