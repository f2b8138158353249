// What may be written at the cursor of the Debug Console: columns, tables, functions, commands.
import type { DebugProtocol } from '@vscode/debugprotocol';
import { consoleFunctions, defined } from '../engine';
import { COMMANDS } from './console';
import type { StopState } from './stopState';

/** What may follow the text up to the cursor: columns, tables, functions, commands. */
export async function complete(
  stop: StopState,
  text: string,
  signal: AbortSignal,
): Promise<readonly DebugProtocol.CompletionItem[]> {
  const word = /(?::|(?<![\p{L}\p{N}_.]))[\p{L}\p{N}_.]*$/u.exec(text)?.[0] ?? '';
  const start = text.length - word.length;
  const fits = (label: string): boolean => label.toLowerCase().startsWith(word.toLowerCase());
  const item = (
    label: string,
    type: DebugProtocol.CompletionItemType,
    detail?: string,
  ): DebugProtocol.CompletionItem => ({
    label,
    type,
    start,
    length: word.length,
    ...defined({ detail }),
  });
  if (word.startsWith(':')) return COMMANDS.filter(fits).map((label) => item(label, 'keyword'));
  const { columns, tables } = await stop.questions.names(signal);
  return [
    ...columns.filter(({ name }) => fits(name)).map(({ name, type }) => item(name, 'field', type)),
    ...tables.filter(fits).map((name) => item(name, 'class')),
    ...(word === ''
      ? []
      : consoleFunctions()
          .filter(fits)
          .map((name) => item(name, 'function'))),
  ];
}
