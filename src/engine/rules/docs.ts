// The catalogue as Markdown: the manual's page of rules, and the hover text of one kind.
import { ruleKinds } from './catalogue';
import { COMMON_KEYS } from './common';
import { levelOf, type ParameterSchema, type RuleKind } from './ruleKind';

const LEVELS = {
  row: 'each row by itself',
  table: 'rows, by looking at the whole table',
  metric: 'the table as a whole; it has no rows to reject',
} as const;

const SHORT_LEVELS = { row: 'each row', table: 'rows', metric: 'the table' } as const;

/** "Checks each row by itself. Takes one `column` of type number." */
function judges(kind: RuleKind): string {
  const { min, max } = kind.columns;
  const arity =
    max === 0
      ? 'no column'
      : max === 1
        ? min === 0
          ? 'at most one `column`'
          : 'one `column`'
        : min === 0
          ? '`column` or `columns`, optional'
          : '`column` or `columns`';
  const types = kind.types === undefined ? '' : ` of type ${kind.types.join(', ')}`;
  return `Checks ${LEVELS[levelOf(kind)]}. Takes ${arity}${types}.`;
}

/** For a hover: summary, details, parameters, example. */
export function kindMarkdown(kind: RuleKind): string {
  const parameters = Object.entries(kind.parameters).map(([key, schema]) =>
    parameterLine(key, schema, kind.required?.includes(key) === true),
  );
  return [
    `**${kind.summary}** ${kind.details}`,
    '',
    judges(kind),
    ...(parameters.length === 0 ? [] : ['', ...parameters]),
    '',
    '```json',
    JSON.stringify(kind.example),
    '```',
  ].join('\n');
}

/** For the manual: the example first, the parameters as a table. */
function kindSection(kind: RuleKind): string {
  return [
    `### ${kind.name}`,
    '',
    `**${kind.summary}**`,
    '',
    '```json',
    JSON.stringify(kind.example),
    '```',
    '',
    kind.details,
    '',
    judges(kind),
    '',
    ...(Object.keys(kind.parameters).length === 0 ? [] : [parameterTable(kind.parameters, kind.required)]),
  ].join('\n');
}

function parameterTable(
  parameters: Readonly<Record<string, ParameterSchema>>,
  required: readonly string[] = [],
): string {
  return [
    '| Key | Meaning |',
    '| --- | --- |',
    ...Object.entries(parameters).map(
      ([key, schema]) =>
        `| \`${key}\`${required.includes(key) ? ' (required)' : ''} | ${meaning(schema).replaceAll('|', '\\|')} |`,
    ),
    '',
  ].join('\n');
}

function parameterLine(key: string, schema: ParameterSchema, required: boolean): string {
  return `- \`${key}\`${required ? ' (required)' : ''}: ${meaning(schema)}`;
}

function meaning(schema: ParameterSchema): string {
  const choices = Array.isArray(schema['enum'])
    ? ` One of ${schema['enum'].map((v) => `\`${String(v)}\``).join(', ')}.`
    : '';
  return `${schema.description}${choices}`;
}

/** For the manual: what holds for every rule, and a section for each kind. */
export function ruleDocsMarkdown(): string {
  return [
    '## Keys of every rule',
    '',
    'A rule is an object in `config/validation_rules.json`; `{"rule": "not_null", "column": "user_id"}` is a whole one. Every rule may have these keys:',
    '',
    parameterTable(COMMON_KEYS),
    '## What applies to all kinds',
    '',
    '- **NULL passes.** A missing value breaks `not_null` and no other rule, as in SQL constraints. Add `not_null` where a value must be there.',
    '- **`where`** restricts which rows are evaluated; rows for which it is false or NULL neither pass nor fail. Percentages are of the evaluated rows.',
    '- **Columns** are those of `table_schemas.json`, and `_brand`, `brand_code`, `_source_file`, `_source_row`.',
    '- **SQL fragments** (`where`, `expression`, `query`) see the tables given to them and nothing else: no files, no settings, no clock, no randomness. The same data always gives the same result.',
    '',
    '## What happens to failing rows',
    '',
    '| `on_fail` | failing rows | the table |',
    '| --- | --- | --- |',
    '| `reject` | are rejected and not loaded, with the ids of all rules they break | fails when the finding fails |',
    '| `report` | are loaded | is never held up |',
    '| `fail` | are loaded if the table is | fails with one failing row above `error`, or any without it |',
    '',
    'A finding is `failed` when its failing rows exceed `error` (without it: ERROR_THRESHOLD percent) and its severity is error; below that it is `warned` when they exceed `warn` (without it: any failing row), else `passed`. Severity warning is at most `warned`, info always `passed`, whatever the counts. `fail` overrides the severity. A metric, a gap and a query without `_row` have no rows to reject: with `reject` they fail the table as with `fail`.',
    '',
    'A table is `failed` when a finding other than a `report` one is failed, or an error rule could not be evaluated, or more than ERROR_THRESHOLD percent of its rows break at least one rule of severity error that has no `error` limit of its own and is not `report`. It is `warned` when a rule of severity error warned or rows were rejected, when a warning limit was exceeded, or when more than WARNING_THRESHOLD percent of its rows break at least one rule of severity warning that has no `warn` limit of its own.',
    '',
    'A rule whose SQL fails on the values it meets gets the status `error` with the reason; one that has nothing to check (no history, nothing to measure, switched off) is `skipped`.',
    '',
    '## Kinds',
    '',
    '| Kind | Checks | Looks at |',
    '| --- | --- | --- |',
    ...ruleKinds.map(
      (kind) => `| [${kind.name}](#${kind.name}) | ${kind.summary} | ${SHORT_LEVELS[levelOf(kind)]} |`,
    ),
    '',
    ...ruleKinds.flatMap((kind) => [kindSection(kind), '']),
  ].join('\n');
}
