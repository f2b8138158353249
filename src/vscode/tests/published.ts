// Results of ordinary runs in the Test Explorer: shown when a run has ended, and once of the newest date.
import * as vscode from 'vscode';
import { isCancelledCall } from '../../shared/channel';
import type { PublishedResults } from '../../shared/testsApi';
import type { Parts } from '../parts';
import { day } from '../words';
import { reportFinding } from './ruleRun';
import type { TestTree } from './tree';
import { print } from './output';

export interface Published {
  /** Looks for results that are new since the last look. */
  look(): Promise<void>;
  /** Another workspace: what was shown is forgotten. */
  forget(): void;
}

export function openPublished(
  { engine, runs, log }: Pick<Parts, 'engine' | 'runs' | 'log'>,
  controller: vscode.TestController,
  tree: TestTree,
): Published {
  let mark: number | undefined;
  let looking: Promise<void> | undefined;
  let again = false;
  let generation = 0;

  const lookOnce = async (): Promise<void> => {
    const born = generation;
    // What a run writes is shown as a whole, when it has ended.
    if (mark !== undefined && runs.current !== undefined) return;
    const found = await engine.call('tests.results', mark === undefined ? {} : { mark });
    if (born !== generation) return;
    // What was there before this window is no news: it is shown, and not kept once more.
    const isNew = mark !== undefined;
    mark = found.mark;
    for (const one of found.dates) publish(one, isNew);
  };
  const publish = ({ date, tables }: PublishedResults['dates'][number], persist: boolean): void => {
    const states = tables.flatMap(({ table, findings }) =>
      findings.flatMap((finding) => {
        const item = tree.ruleOrCheck(table, finding);
        return item === undefined ? [] : [{ table, finding, item }];
      }),
    );
    if (states.length === 0) return;
    const request = new vscode.TestRunRequest(
      states.map(({ item }) => item),
      undefined,
      undefined,
      false,
      true,
    );
    const run = controller.createTestRun(request, vscode.l10n.t('Run of {0}', day(date)), persist);
    let shown = '';
    for (const { table, finding, item } of states) {
      if (table !== shown) print(run, `${table} · ${day(date)}`);
      shown = table;
      reportFinding({ run, tree }, item, { finding, table, date });
    }
    run.end();
  };
  return {
    look: async () => {
      again = true;
      looking ??= (async () => {
        try {
          while (again) {
            again = false;
            await lookOnce();
          }
        } catch (error) {
          if (!isCancelledCall(error)) log.debug(`Results of runs: ${String(error)}`);
        } finally {
          looking = undefined;
        }
      })();
      await looking;
    },
    forget: () => {
      generation += 1;
      mark = undefined;
    },
  };
}
