// From a row of gold to the line of the file it came from: date, table, condition, row, line.
import { basename } from 'node:path';
import * as vscode from 'vscode';
import type { DateKey, TracedRow, TraceResult } from '../../engine';
import { ChannelError } from '../../shared/channel';
import { dateOf, tableOf, type Parts } from '../parts';
import { showLine, showPacked } from '../trace/links';
import { day, rows } from '../words';
import { pickDate } from './pickDate';
import { showInformation } from '../shown/notices';
import { withCancel } from '../shown/progress';
import { askText, pickOne } from '../shown/pickers';

/** More are not looked through: a narrower condition is. */
const LIMIT = 200;

export async function traceRow(parts: Parts, argument: unknown): Promise<void> {
  const title = vscode.l10n.t('Trace a Row');
  const date =
    dateOf(argument) ??
    (await pickDate(parts, {
      title,
      only: (one) => one.tables.some((table) => table.layers.gold !== undefined),
      anyDate: false,
    }));
  if (date === undefined) return;
  const table = tableOf(argument) ?? (await pickTable(parts, date, title));
  if (table === undefined) return;
  const traced = await ask(parts, date, table);
  if (traced === undefined) return;
  const row = await pickRow(traced, `${table}, ${day(date)}`);
  if (row !== undefined) await open(row);
}

async function pickTable(parts: Parts, date: DateKey, title: string): Promise<string | undefined> {
  const tables = parts.engine
    .call('status', { date })
    .then(({ dates }) =>
      (dates[0]?.tables ?? []).flatMap((t) =>
        t.layers.gold === undefined ? [] : [{ label: t.table, description: rows(t.layers.gold.rows ?? 0) }],
      ),
    );
  const picked = await pickOne(tables, {
    title: `${title}: ${day(date)}`,
    placeHolder: vscode.l10n.t('Which table?'),
  });
  return picked?.label;
}

/** Asks for a condition until it is one; undefined where the user went away. */
async function ask(parts: Parts, date: DateKey, table: string): Promise<TraceResult | undefined> {
  let where = '';
  let wrong: string | undefined;
  for (;;) {
    const given = await askText({
      title: `${table}, ${day(date)}`,
      prompt: wrong ?? vscode.l10n.t('SQL condition over the columns of gold; empty for any row'),
      placeHolder: "device_id = 'D-1042'",
      value: where,
    });
    if (given === undefined) return undefined;
    where = given;
    try {
      const traced = await trace(parts, { date, table, where, limit: LIMIT });
      if (traced.rows.length > 0) return traced;
      wrong = vscode.l10n.t('No row of gold matches this condition.');
    } catch (error) {
      if (!(error instanceof ChannelError) || error.code !== 'SQL_INVALID') throw error;
      wrong = `${error.plain.message} ${error.plain.remedy}`;
    }
  }
}

function trace(
  parts: Parts,
  params: { date: DateKey; table: string; where: string; limit: number },
): Thenable<TraceResult> {
  return withCancel(vscode.l10n.t('Finding rows and their lines'), (signal) =>
    parts.engine.call('trace', params, { signal }),
  );
}

async function pickRow({ columns, rows: found }: TraceResult, title: string): Promise<TracedRow | undefined> {
  const items = found.map((row) => ({
    label: row.values.slice(0, 4).map(shown).join(', '),
    description: `${row.brand} · ${basename(row.file)}${row.line === null ? '' : `:${row.line}`}`,
    detail: columns
      .slice(4, 12)
      .map((name, i) => `${name} ${shown(row.values[i + 4])}`)
      .join(', '),
    row,
  }));
  const picked = await pickOne(items, {
    title,
    placeHolder:
      found.length === LIMIT
        ? vscode.l10n.t('The first {0} rows: select one to open its line', LIMIT)
        : vscode.l10n.t('Select a row to open its line'),
    matchOnDescription: true,
    matchOnDetail: true,
  });
  return picked?.row;
}

/** A value in one short line. */
function shown(value: unknown): string {
  const text =
    value === null || value === undefined
      ? 'NULL'
      : typeof value === 'string'
        ? value
        : JSON.stringify(value);
  const flat = text.replace(/\s+/g, ' ');
  return flat.length > 60 ? `${flat.slice(0, 59)}…` : flat;
}

async function open(row: TracedRow): Promise<void> {
  const { original, line, text } = row;
  if (original === null || line === null) {
    void showInformation(
      vscode.l10n.t('Record {0} of {1}; the file was removed or changed since.', row.row, row.file),
    );
    return;
  }
  if (/\.(gz|zst|zip)$/i.test(original)) await showPacked(original, line, text);
  else await showLine(vscode.Uri.file(original), line, vscode.ViewColumn.Beside);
}
