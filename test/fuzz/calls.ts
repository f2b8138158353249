// One call of each method of the engine process, as the editor makes them. $FOLDER, $TEXT and $PARQUET stand for the
// workspace and for the handles of files that are open.
import type { ServerApi } from '../../src/shared/serverApi';
import { DATE } from '../support/day';

const VIEW = {
  sort: [{ column: 'device_id', descending: true }],
  filters: [{ column: 'device_id', kind: 'contains' as const, text: '1', case: false }],
};
const PLAIN = { sort: [], filters: [] };
const DRAFT = {
  file: 'validation_rules' as const,
  text: '{"tables": {"Playback": {"rules": [{"rule": "range", "column": "seconds", "min": 0, "where": "seconds > 1"}]}}}',
};
const RULE = { draft: DRAFT, table: 'Playback', rule: 'seconds_range', date: DATE };

export const CALLS: { readonly [K in keyof ServerApi]: readonly ServerApi[K]['params'][] } = {
  hello: [{}],
  status: [{}, { date: DATE }, { dates: [DATE, '20241116'] }],
  run: [{ selection: { dates: [DATE], tables: ['Device'], brands: ['Skylink'] } }],
  maintain: [{ dryRun: true }],
  check: [{}],
  init: [{}],
  trace: [{ date: DATE, table: 'Playback', where: 'seconds > 3', limit: 2 }],
  layers: [{}],
  layerDates: [{ layer: 'gold', dates: [DATE] }],
  layerFiles: [
    { layer: 'landing', date: '' },
    { layer: 'rejects', date: DATE },
  ],
  loads: [{}],
  report: [{ date: DATE }],
  trend: [{ until: DATE, dates: 30 }],
  'report.rejects': [{ date: DATE }],
  'report.source': [
    { date: DATE, table: 'Playback', brand: 'Skylink', file: `Skylink_Playback_${DATE}.csv`, row: 3 },
  ],
  'report.render': [{ date: DATE, format: 'markdown' }],
  'drift.accept': [{ date: DATE, brand: 'Skylink', table: 'Playback', column: 'seconds' }],
  'preview.open': [{ path: '$FOLDER/data/landing/Skylink_Device_20241116.csv' }],
  'preview.query': [{ handle: '$TEXT', sql: 'SELECT model, count(*) AS n FROM file GROUP BY ALL' }],
  'preview.page': [
    { handle: '$TEXT', view: VIEW, offset: 0, limit: 20, columns: ['device_id'] },
    { handle: '$PARQUET', view: VIEW, offset: 3, limit: 20 },
  ],
  'preview.count': [{ handle: '$PARQUET', view: VIEW }],
  'preview.find': [{ handle: '$TEXT', view: PLAIN, text: 'S1', case: true, from: 2, backwards: true }],
  'preview.profile': [{ handle: '$PARQUET', view: VIEW, column: 'device_id' }],
  'preview.metadata': [{ handle: '$PARQUET' }, { handle: '$TEXT' }],
  'preview.cell': [{ handle: '$TEXT', view: PLAIN, position: 3, column: 'model' }],
  'preview.export': [
    { handle: '$TEXT', view: VIEW, columns: ['model'], format: 'csv', target: '$FOLDER/out.csv' },
  ],
  'preview.copy': [
    {
      handle: '$PARQUET',
      view: PLAIN,
      offset: 0,
      limit: 5,
      columns: ['device_id'],
      format: 'tsv',
      header: true,
    },
  ],
  'preview.origin': [{ handle: '$PARQUET', view: PLAIN, position: 1 }],
  'preview.close': [{ handle: 'none' }],
  'trace.line': [
    { kind: 'line', path: '$FOLDER/data/landing/Skylink_Device_20241116.csv', line: 3 },
    { kind: 'number', path: 'Skylink_Playback_20241115.csv', row: 2 },
  ],
  'trace.marks': [{ path: '$FOLDER/data/landing/Skylink_Device_20241116.csv' }],
  'editing.files': [{}],
  'editing.complete': [{ draft: DRAFT, offset: 40 }],
  'editing.hover': [{ draft: DRAFT, offset: 60 }],
  'editing.diagnose': [{ draft: DRAFT }],
  'editing.lenses': [{ draft: DRAFT }],
  'editing.locate': [{ table: 'Playback', column: 'seconds' }],
  'editing.nameColumn': [
    {
      draft: { file: 'table_schemas', text: '{"tables": {"A": {"columns": {"b": {}}}}}' },
      table: 'A',
      column: 'b',
      header: 'B B',
    },
  ],
  'editing.dates': [{ table: 'Playback' }],
  'editing.tryRule': [RULE],
  'editing.failingRows': [RULE],
  'editing.whatWouldChange': [{ draft: DRAFT, date: DATE, tables: ['Playback'] }],
  'warehouse.calendar': [{}],
  'warehouse.dates': [{ dates: [DATE] }],
  'warehouse.statements': [{ date: DATE, table: 'Playback' }],
  'warehouse.test': [{}],
  'warehouse.compare': [{ dates: [DATE], tables: ['Device'] }],
  'warehouse.choices': [{}],
  'warehouse.choose': [{ choice: { kind: 'connection', name: 'none' }, dryRun: true }],
  'hosts.changes': [{}],
  'hosts.accept': [{ purpose: 'mail', host: 'mail.example.org' }],
  'settings.origins': [{}],
  'settings.write': [{ name: 'MAX_DAYS_BACK', value: '5' }],
  'alert.test': [{}],
  'case.failures': [{ date: DATE }],
  'case.create': [
    {
      date: DATE,
      table: 'Playback',
      failure: { kind: 'rule', id: 'seconds_range' },
      folder: '$FOLDER/cases',
      name: 'a',
    },
  ],
  'case.test': [{ folders: ['$FOLDER/cases'] }],
  'tests.rules': [{ draft: DRAFT }],
  'tests.run': [{ date: DATE, tables: [{ table: 'Playback', rules: ['seconds_range'] }], draft: DRAFT }],
  'tests.results': [{ mark: 1 }],
  'tests.cases': [{}],
};
