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
  'hosts.changes': refused('secrets'),
  'hosts.accept': refused('secrets'),
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

/** Enforced where commands are registered. All of them, those of links and lenses too; the manifest is held against it. */
export const COMMAND_NEEDS = {
  'm7.runDate': refused('sql', 'network', 'secrets', 'changes'),
  'm7.runStage': refused('sql', 'network', 'secrets', 'changes'),
  'm7.validateDate': refused('sql', 'network', 'secrets', 'changes'),
  'm7.cancelRun': whole,
  'm7.maintenance': refused('sql', 'network', 'secrets', 'changes'),
  'm7.createWorkspace': whole,
  'm7.checkWorkspace': reduced('sql', 'network', 'secrets'),
  'm7.showLog': whole,
  'm7.setSecret': refused('secrets'),
  'm7.traceRow': whole,
  'm7.acceptDrift': refused('sql', 'network', 'secrets', 'changes'),
  'm7.takeColumnName': refused('sql', 'network', 'secrets', 'changes'),
  'm7.refresh': whole,
  'm7.copyPath': whole,
  'm7.revealFile': whole,
  'm7.showRun': whole,

  'm7.showReport': whole,
  'm7.createTestCase': refused('sql', 'changes'),
  'm7.openPreview': whole,
  'm7.openManual': whole,
  'm7.traceLine': reduced('sql'),
  'm7.trace.open': whole,
  'm7.internal.openPlace': whole,
  'm7.preview.search': whole,
  'm7.preview.goToRow': whole,
  'm7.preview.toggleSql': whole,
  'm7.preview.togglePanel': whole,
  'm7.preview.reload': whole,
  'm7.preview.goToSource': whole,

  'm7.tryRule': refused('sql'),
  'm7.showTrial': refused('sql'),
  'm7.chooseTrialDate': whole,
  'm7.whatWouldChange': refused('sql'),
  'm7.showTestRows': refused('sql'),

  'm7.testConnection': refused('sql', 'network', 'secrets'),
  'm7.testAlert': refused('network', 'secrets', 'changes'),
  'm7.chooseWarehouse': refused('secrets', 'changes'),
  'm7.compareWarehouse': refused('sql', 'network', 'secrets'),
  'm7.showLoadSql': reduced('secrets'),
  'm7.copyStatements': whole,

  'm7.debugDate': refused('sql'),
  'm7.previewVariable': whole,
} as const satisfies Readonly<Record<`m7.${string}`, Needs>>;

/** Every command of the extension. */
export type Command = keyof typeof COMMAND_NEEDS;
