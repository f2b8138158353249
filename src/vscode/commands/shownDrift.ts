// What the menu of a file in the Layers view does about its drift: a choice where it has several.
import * as vscode from 'vscode';
import type { Drift } from '../../engine';
import { acceptDrift, takeName } from '../drift';
import type { Parts } from '../parts';
import { pickOne } from '../shown/pickers';

/** Accepts what the user chooses of the drift of a tree node. */
export async function acceptShown(parts: Parts, argument: unknown): Promise<void> {
  const chosen = await choose(driftOf(argument), vscode.l10n.t('Accept Drift'));
  const column = chosen?.column ?? chosen?.header;
  if (chosen === undefined || column === undefined) return;
  const { date, brand, table } = chosen;
  await acceptDrift(parts, { date, brand, table, column });
}

/** Gives a column the name that the files have for it now. */
export async function takeShownName(parts: Parts, argument: unknown): Promise<void> {
  const renamed = driftOf(argument).filter((one) => one.kind === 'renamed');
  const chosen = await choose(renamed, vscode.l10n.t('Use New Column Name'));
  if (chosen?.column === undefined || chosen.header === undefined) return;
  const { date, table, column, header } = chosen;
  await takeName(parts, { date, table, column, header });
}

/** Asks even about a single one: what it says is read before it is agreed to. */
async function choose(drift: readonly Drift[], title: string): Promise<Drift | undefined> {
  if (drift.length === 0) return undefined;
  const items = drift.map((one) => ({
    label:
      one.kind === 'renamed' ? `${one.column ?? ''} → ${one.header ?? ''}` : (one.column ?? one.header ?? ''),
    description: one.brand,
    detail: one.message,
    drift: one,
  }));
  return (await pickOne(items, { title, matchOnDetail: true }))?.drift;
}

/** The drift of a node of the Layers view. */
function driftOf(argument: unknown): readonly Drift[] {
  const drift =
    typeof argument === 'object' && argument !== null && 'drift' in argument ? argument.drift : [];
  return Array.isArray(drift) ? (drift as readonly Drift[]) : [];
}
