// Lenses in the rules file: the last result above each rule, and what can be done with it.
import { defined } from '../../shared/defined';
import * as vscode from 'vscode';
import { isCancelledCall } from '../../shared/channel';
import type { RuleTrial } from '../../shared/editingApi';
import type { Parts } from '../parts';
import { day } from '../words';
import { rangeIn, RULES_SELECTOR, type Documents } from './documents';
import { lensInWords, resultInWords, type LensWords } from './results';
import type { TrialDate } from './trialDate';
import { inert } from '../../shared/words';
import { withIcon } from '../shown/labels';

/** What a lens hands to its command. */
export interface RuleTarget {
  readonly uri: vscode.Uri;
  readonly table: string;
  readonly rule: string;
}

/** The last trials of rules of drafts, each until its rule is rewritten. */
export interface Trials {
  set(target: RuleTarget, text: string, trial: RuleTrial): void;
  get(target: RuleTarget, text: string): RuleTrial | undefined;
  readonly onDidChange: vscode.Event<void>;
}

export function openTrials(): Trials & { dispose(): void } {
  const kept = new Map<string, { readonly text: string; readonly trial: RuleTrial }>();
  const changed = new vscode.EventEmitter<void>();
  const keyOf = ({ uri, table, rule }: RuleTarget): string => JSON.stringify([uri.toString(), table, rule]);
  return {
    set: (target, text, trial) => {
      kept.set(keyOf(target), { text, trial });
      changed.fire();
    },
    get: (target, text) => {
      const known = kept.get(keyOf(target));
      return known?.text === text ? known.trial : undefined;
    },
    onDidChange: changed.event,
    dispose: () => changed.dispose(),
  };
}

export function registerLenses(
  parts: Parts,
  documents: Documents,
  trials: Trials,
  dates: TrialDate,
): vscode.Disposable {
  const changed = new vscode.EventEmitter<void>();
  const again = (): void => changed.fire();
  const provider: vscode.CodeLensProvider = {
    onDidChangeCodeLenses: changed.event,
    provideCodeLenses: async (document) => {
      try {
        const draft = await documents.draft(document);
        if (draft === undefined || draft.alone === true) return [];
        const { rules, tables } = await parts.engine.call('editing.lenses', { draft });
        const { uri } = document;
        const lens = (range: vscode.Range, words: LensWords, command: string, ...given: unknown[]) =>
          new vscode.CodeLens(range, { title: titleOf(words), command, arguments: given });
        const top = new vscode.Range(0, 0, 0, 0);
        const chosen = dates.chosen;
        return [
          lens(top, { text: vscode.l10n.t('What would change') }, 'm7.whatWouldChange', { uri }),
          lens(
            top,
            {
              text:
                chosen === undefined
                  ? vscode.l10n.t('Test date: newest')
                  : vscode.l10n.t('Test date: {0}', day(chosen)),
            },
            'm7.chooseTrialDate',
          ),
          ...tables.map(({ table, range }) =>
            lens(
              rangeIn(document, range),
              { text: vscode.l10n.t('What would change') },
              'm7.whatWouldChange',
              {
                uri,
                table,
              },
            ),
          ),
          ...rules.flatMap((one) => {
            const range = rangeIn(document, one.range);
            const target: RuleTarget = { uri, table: one.table, rule: one.rule };
            const trial = trials.get(target, document.getText(range));
            const run = lens(
              range,
              { icon: 'play', text: vscode.l10n.t('Run this rule') },
              'm7.tryRule',
              target,
            );
            const last = one.last;
            const date = chosen ?? last?.date;
            const debug = lens(
              range,
              { icon: 'debug-alt', text: vscode.l10n.t('Debug this rule') },
              'm7.debugDate',
              { table: one.table, rule: one.rule, ...defined({ date }) },
            );
            if (trial !== undefined)
              return [
                lens(
                  range,
                  resultInWords(trial.finding, vscode.l10n.t('tested on {0}', day(trial.date))),
                  'm7.showTrial',
                  target,
                ),
                run,
                debug,
              ];
            return [
              last === undefined
                ? lens(range, lensInWords(one), '')
                : lens(range, lensInWords(one), 'm7.showReport', last.date),
              run,
              debug,
            ];
          }),
        ];
      } catch (error) {
        if (!isCancelledCall(error)) parts.log.debug(`Lenses: ${String(error)}`);
        return [];
      }
    },
  };
  return vscode.Disposable.from(
    changed,
    vscode.languages.registerCodeLensProvider(RULES_SELECTOR, provider),
    parts.onDidChangeState(again),
    trials.onDidChange(again),
  );
}

const titleOf = ({ icon, text }: LensWords): string =>
  icon === undefined ? inert(text) : withIcon(icon, text);
