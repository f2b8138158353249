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
    "- SQL makes no value of more than 1,000,000 characters or entries of its literals, and takes no size from a column unless it is bounded: `repeat('x', least(width, 1000))`. Both are refused before anything runs.",
    '',
    '## What happens to failing rows',
    '',
    '| `on_fail` | failing rows | the table |',
    '| --- | --- | --- |',
    '| `reject` | are rejected and not loaded, with the ids of all rules they break | fails when the finding fails |',
    '| `report` | are loaded | does not fail |',
    '| `fail` | are loaded if the table is | fails if more rows fail than `error` allows (default: 0) |',
    '',
    'The status of a finding:',
    '',
    '- `failed`: its severity is error, and more rows fail than `error` allows (default: ERROR_THRESHOLD percent).',
    '- `warned`: it is not `failed`, its severity is error or warning, and more rows fail than `warn` allows (default: 0).',
    '- `passed`: neither. A rule of severity info always passes.',
    '',
    '`"on_fail": "fail"` overrides the severity. A metric, a gap and a query without `_row` have no rows to reject: with `reject` they fail the table as with `fail`.',
    '',
    'The status of a table:',
    '',
    '- `failed`: more rows or values were [lost on the way to gold](config.md#rows-and-values-lost-on-the-way) than their limit allows, or a finding failed (other than one with `report`), or a rule of severity error could not be evaluated, or more than ERROR_THRESHOLD percent of the rows break at least one rule of severity error. Rules with an `error` limit of their own and rules with `report` do not count for the percentage.',
    '- `warned`: a rule of severity error warned, or rows were rejected, or a warning limit was exceeded, or more than WARNING_THRESHOLD percent of the rows break at least one rule of severity warning. Rules with a `warn` limit of their own do not count for the percentage.',
    '- `passed`: neither.',
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
