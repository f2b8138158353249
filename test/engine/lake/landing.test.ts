import assert from 'node:assert/strict';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { extensionOf, markDuplicateFiles, matcher, readLanding } from '../../../src/engine/lake/landing';
import { useFolder } from '../../support/folder';
import { brand, column, config, settingsIn, table } from '../../support/model';

const tables = [
  table('Device', [column('id', 'VARCHAR')]),
  table('VODCatalog', []),
  table('VODCatalogExtended', []),
];
const brands = [
  brand('Skylink'),
  brand('CanalDigitaal', { aliases: ['CDS', 'Canal_Digitaal'] }),
  brand('TéléSAT'),
];

describe('landing file names', () => {
  const read = (path: string, pattern = '{brand}_{table}_{date}') =>
    matcher(settingsIn('/w', { landingPattern: pattern }), config(brands, tables))(path);

  it('reads brand, alias, table and both spellings of a date, without case', () => {
    assert.deepEqual(read('Skylink_Device_20241115.csv'), {
      kind: 'match',
      brand: 'Skylink',
      table: 'Device',
      date: '20241115',
    });
    assert.deepEqual(read('deep/down/cds_device_2024-11-15.CSV.GZ'), {
      kind: 'match',
      brand: 'CanalDigitaal',
      table: 'Device',
      date: '20241115',
    });
    assert.deepEqual(read('canal_digitaal_VODCATALOGEXTENDED_20241115.tsv.zst'), {
      kind: 'match',
      brand: 'CanalDigitaal',
      table: 'VODCatalogExtended',
      date: '20241115',
    });
  });

  it('takes a name in decomposed Unicode for the same name', () => {
    assert.deepEqual(read('TéléSAT_Device_20241115.csv'.normalize('NFD')), {
      kind: 'match',
      brand: 'TéléSAT',
      table: 'Device',
      date: '20241115',
    });
  });

  it('matches a pattern with folders and wildcards against the end of the path', () => {
    const pattern = '{brand}/{date}/{table}*';
    assert.deepEqual(read('ftp/skylink/20241115/Device_full_v2.txt', pattern), {
      kind: 'match',
      brand: 'Skylink',
      table: 'Device',
      date: '20241115',
    });
    assert.equal(read('Skylink_Device_20241115.csv', pattern).kind, 'none');
  });

  for (const [path, reason] of [
    ['Skylink_Device_20241115.xlsx', /extension/],
    ['Skylink_Device_20241115.csv.part', /extension/],
    ['Nobody_Device_20241115.csv', /brand "Nobody"/],
    ['Skylink_Nothing_20241115.csv', /table "Nothing"/],
    ['Skylink_Device_20241399.csv', /20241399 is not a date/],
    ['Skylink-Device-20241115.csv', /LANDING_PATTERN/],
    ['readme.txt', /LANDING_PATTERN/],
    ['Who_What_20241115.csv', /neither/],
  ] as const)
    it(`says why it leaves ${path} alone`, () => {
      const result = read(path);
      assert.equal(result.kind, 'none');
      assert.match(result.reason, reason);
    });

  it('does not guess a name that can be read in two ways', () => {
    const two = config(
      [brand('Sky'), brand('Sky_Device')],
      [table('Device', []), table('Device_Device', [])],
    );
    const result = matcher(settingsIn('/w'), two)('Sky_Device_Device_20241115.csv');
    assert.equal(result.kind, 'none');
    assert.match(result.reason, /2 ways/);
  });

  it('takes signs of regular expressions in names and pattern for themselves', () => {
    const odd = config([brand('a.b+(c)')], [table('T[1]', [])]);
    const match = matcher(settingsIn('/w', { landingPattern: '{brand}.{table}${date}' }), odd);
    assert.equal(match('a.b+(c).T[1]$20241115.csv').kind, 'match');
    assert.equal(match('aXb+(c).T[1]$20241115.csv').kind, 'none');
  });

  it('end with an extension in lower case', () => assert.equal(extensionOf('A/b.CSV.GZ'), 'csv.gz'));
});

describe('the landing folder', () => {
  const folder = useFolder();
  const world = config(brands, tables);

  it('is read at any depth, in a fixed order, and without hidden files', async () => {
    const settings = settingsIn(folder());
    await mkdir(join(settings.landingDir, 'sub'), { recursive: true });
    for (const name of [
      'sub/CDS_Device_20241115.csv',
      'Skylink_VODCatalog_20241115.csv',
      'Skylink_Device_20241115.csv',
      'Skylink_Device_20241114.csv',
      '.hidden.csv',
      'notes.txt',
    ])
      await writeFile(join(settings.landingDir, name), 'id\n1\n');
    await symlink('/nowhere', join(settings.landingDir, 'Skylink_Device_20241116.csv'));
    const landing = await readLanding(settings, world);
    assert.deepEqual(
      landing.files.map((f) => f.path),
      [
        'Skylink_Device_20241114.csv',
        'Skylink_Device_20241115.csv',
        'Skylink_VODCatalog_20241115.csv',
        'sub/CDS_Device_20241115.csv',
      ],
    );
    assert.deepEqual(
      landing.strays.map((s) => s.path),
      // A link is told and left alone, wherever it leads.
      ['Skylink_Device_20241116.csv', 'notes.txt'],
    );
  });

  it('tells the date of a file whose brand or table is unknown: other dates have nothing to do with it', async () => {
    const settings = settingsIn(folder());
    await mkdir(settings.landingDir, { recursive: true });
    for (const name of [
      'Nobody_Device_20241115.csv',
      'Skylink_Nothing_2024-11-16.csv',
      'Who_What_20241399.csv',
    ])
      await writeFile(join(settings.landingDir, name), 'id\n1\n');
    assert.deepEqual(
      (await readLanding(settings, world)).strays.map((s) => [s.path, s.date]),
      [
        ['Nobody_Device_20241115.csv', '20241115'],
        ['Skylink_Nothing_2024-11-16.csv', '20241116'],
        ['Who_What_20241399.csv', undefined],
      ],
    );
  });

  it('has no files where there is no folder', async () => {
    assert.deepEqual(await readLanding(settingsIn(folder()), world), { files: [], strays: [] });
  });

  it('finds the same content twice in a slot, and tells it of two brands, but not of two files without records', async () => {
    const settings = settingsIn(folder());
    await mkdir(settings.landingDir, { recursive: true });
    const content = {
      'Skylink_Device_20241115.csv': 'id\n1\n',
      'again/Skylink_Device_20241115.csv': 'id\n1\n',
      'CDS_Device_20241115.csv': 'id\n1\n',
      'Skylink_VODCatalog_20241115.csv': 'id\n',
      'CDS_VODCatalog_20241115.csv': 'id\n',
      'Skylink_Device_20241116.csv': 'id\n1\n',
    };
    await mkdir(join(settings.landingDir, 'again'));
    for (const [name, text] of Object.entries(content))
      await writeFile(join(settings.landingDir, name), text);
    const { files } = await readLanding(settings, world);
    const marked = await markDuplicateFiles(settings, files, []);
    assert.deepEqual(
      marked.filter((f) => f.duplicateOf !== undefined).map((f) => [f.path, f.duplicateOf]),
      [['again/Skylink_Device_20241115.csv', 'Skylink_Device_20241115.csv']],
    );
    assert.deepEqual(
      marked.filter((f) => f.sameAs !== undefined).map((f) => [f.path, f.sameAs]),
      [['CDS_Device_20241115.csv', 'Skylink_Device_20241115.csv']],
    );
  });
});
