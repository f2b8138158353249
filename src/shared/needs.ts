// What each method of the engine process and each command of the editor needs: the one table behind Restricted Mode.
import type { ServerApi } from './serverApi';

/**
 * What only a trusted folder may make happen. network: a host that the folder names is asked. sql: SQL of its config,
 * or of a database file of it, is run or bound. secrets: the user's are handed out. changes: its files, or those that
 * its settings lead to.
 */
export type Use = 'network' | 'sql' | 'secrets' | 'changes';

export interface Needs {
  /**
   * What becomes of it in Restricted Mode. whole: all of it, for it uses none of the four; reduced: it does without
   * them, and says what it left out; refused: not at all.
   */
  readonly restricted: 'whole' | 'reduced' | 'refused';
  readonly uses: readonly Use[];
}

const whole: Needs = { restricted: 'whole', uses: [] };
const reduced = (...uses: readonly [Use, ...Use[]]): Needs => ({ restricted: 'reduced', uses });
const refused = (...uses: readonly [Use, ...Use[]]): Needs => ({ restricted: 'refused', uses });

/** Enforced by the engine process itself, which is told at its start whether its folder is trusted. */
export const METHOD_NEEDS: Readonly<Record<keyof ServerApi, Needs>> = {
  hello: whole,
  // What the embedded warehouse confirms is asked of a database file, whose views are SQL of the folder.
  status: reduced('sql'),
  run: refused('network', 'sql', 'secrets', 'changes'),
  maintain: refused('network', 'sql', 'secrets', 'changes'),
  check: reduced('network', 'sql', 'secrets'),
  // Into a folder that the user has chosen; what lies there stays as it is.
  init: whole,
  // The condition is the user's own.
  trace: whole,

  layers: whole,
  layerDates: whole,
  layerFiles: whole,
  loads: reduced('sql'),

  report: whole,
  trend: whole,
  'report.rejects': whole,
  'report.source': whole,
  'report.render': whole,

  'drift.accept': refused('changes'),

  'preview.open': whole,
  // The user's own, over the file that is open.
  'preview.query': whole,
  'preview.page': whole,
  'preview.count': whole,
  'preview.find': whole,
  'preview.profile': whole,
  'preview.metadata': whole,
  'preview.cell': whole,
  // Into a file that the user has chosen.
  'preview.export': whole,
  'preview.copy': whole,
  'preview.origin': whole,
  'preview.close': whole,

  // Without the config's transforms and rules; loads as last known.
  'trace.line': reduced('sql'),
  'trace.marks': whole,

  'editing.files': whole,
  // By syntax and by what lies there alone.
  'editing.complete': reduced('sql'),
  'editing.hover': reduced('sql'),
  'editing.diagnose': reduced('sql'),
  'editing.lenses': whole,
  'editing.locate': whole,
  'editing.nameColumn': whole,
  'editing.dates': whole,
  'editing.tryRule': refused('sql'),
  'editing.failingRows': refused('sql'),
  'editing.whatWouldChange': refused('sql'),

  'warehouse.calendar': reduced('sql', 'secrets'),
  'warehouse.dates': reduced('sql'),
  'warehouse.statements': reduced('secrets'),
  'warehouse.test': refused('network', 'sql', 'secrets'),
  'warehouse.compare': refused('network', 'sql', 'secrets'),
  'warehouse.choices': refused('secrets'),
  'warehouse.choose': refused('secrets', 'changes'),
  'settings.origins': whole,
  'settings.write': refused('changes'),
  'alert.test': refused('network', 'secrets', 'changes'),

  'case.failures': whole,
  'case.create': refused('sql', 'changes'),
  'case.test': refused('sql'),

  'tests.rules': whole,
  'tests.run': refused('sql'),
  'tests.results': whole,
  'tests.cases': whole,
};
