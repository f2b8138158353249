// Hover: what a key means, and what is known of the table, column, brand or rule that a name stands for.
import { memberMap, stringOf } from '../../workspace';
import { isoDate, type Brand, type Column, type Finding, type Table } from '../../model';
import {
  formatFigure,
  formatPercent,
  isHiddenColumn,
  markdownCode as code,
  markdownText,
  maskingOf,
} from '../../report';
import { kindMarkdown, ruleColumns, ruleKind } from '../../rules';
import { FUNCTIONS, sqlScope } from './completeSql';
import type { Hover } from './model';
import { cursorContextAt, stringMap, type CursorContext } from './cursor';
import { choicesOf, shapeAt, wordsOf } from './shapes';
import { topicOf } from './hoverTopic';
import { rowsInWords, tableNamed, type Scene } from './suggestion';

/** Dates a rule's history shows. */
const SHOWN_DATES = 7;

/** Markdown for what stands at an offset; undefined where nothing can be said. */
export async function hover(scene: Scene, offset: number): Promise<Hover | undefined> {
  const loose = scene.sketch.texts[scene.file];
  const touched = cursorContextAt(loose, offset);
  const place = touched?.token === undefined ? cursorContextAt(loose, offset + 1) : touched;
  if (place?.token === undefined) return undefined;
  const scope = place.role === 'value' ? sqlScope(scene, place) : undefined;
  if (scope !== undefined && place.token.kind === 'string') {
    const inside = await hoverSql(scene, place, scope, offset);
    if (inside !== undefined) return inside;
  }
  const parts = await (place.role === 'key' ? ofKey(scene, place) : ofValue(scene, place));
  const markdown = parts.filter((part) => part !== undefined && part !== '').join('\n\n');
  return markdown === '' ? undefined : { range: place.range, markdown, topic: topicOf(scene, place) };
}

type Parts = readonly (string | undefined)[];

async function ofKey(scene: Scene, place: CursorContext): Promise<Parts> {
  const key = String(place.token?.value);
  const path = place.parentPath;
  const { config } = scene;
  if (path.length === 1 && path[0] === 'tables') return ofTable(scene, tableNamed(config, key));
  if (path.length === 1 && path[0] === 'brands')
    return [brandWords(config.brands.find((b) => b.name === key))];
  if (scene.file === 'table_schemas' && path.length === 3 && path[2] === 'columns')
    return ofColumn(scene, tableNamed(config, path[1]), key);
  const shape = shapeAt(scene.file, scene.sketch.texts[scene.file].root, [...path, key]);
  if (shape === undefined) return [];
  const listed = choicesOf(shape.schema)
    .filter(({ words }) => words === undefined)
    .map(({ value }) => code(String(value)));
  return [
    wordsOf(shape.schema),
    listed.length === 0 || key === 'rule' ? undefined : `One of ${listed.join(', ')}.`,
    shape.schema['default'] === undefined
      ? undefined
      : `Default: ${code(JSON.stringify(shape.schema['default']))}.`,
  ];
}

async function ofValue(scene: Scene, place: CursorContext): Promise<Parts> {
  const value: unknown = place.token?.value;
  const path = [...place.parentPath, place.segment ?? ''];
  const { config } = scene;
  const table = tableNamed(config, path[1]);
  const shape = shapeAt(scene.file, scene.sketch.texts[scene.file].root, path);
  const words = wordsOf(shape?.schema);
  if (typeof value === 'string') {
    if (scene.file === 'validation_rules' && path[2] === 'rules') {
      const key = String(path[4]);
      const owner = path.length === 5 ? place.parent : place.parent.parent?.parent;
      const kind = ruleKind(stringOf(memberMap(owner).get('rule')?.value) ?? '');
      if (key === 'rule' && kind !== undefined) return [kindMarkdown(kind), await history(scene, place)];
      if (key === 'id') return [await history(scene, place), words];
      if (['column', 'columns', ...(kind?.columnParameters ?? [])].includes(key))
        return ofColumn(scene, table, value);
      if (key === 'to') {
        const target = config.tables.find((t) => value === t.name || value.startsWith(`${t.name}.`));
        if (target !== undefined)
          return value === target.name
            ? ofTable(scene, target)
            : ofColumn(scene, target, value.slice(target.name.length + 1));
      }
    }
    if (scene.file === 'table_schemas' && path[2] === 'primary_key') return ofColumn(scene, table, value);
    const choice = choicesOf(shape?.schema ?? {}).find((one) => one.value === value);
    if (choice?.words !== undefined) return [choice.words];
  }
  return [words];
}

async function ofTable({ knowledge, config }: Scene, table: Table | undefined): Promise<Parts> {
  if (table === undefined) return [];
  const [latest] = await knowledge.reports(table.name);
  const rules = config.rules.filter((rule) => rule.table === table.name).length;
  return [
    `**${markdownText(table.name)}** — ${table.columns.length} columns, ${rules === 1 ? '1 rule' : `${rules} rules`}`,
    markdownText(table.description),
    table.primaryKey.length === 0 ? undefined : `Key: ${table.primaryKey.map(code).join(', ')}`,
    latest === undefined ? undefined : `${rowsInWords(latest.gold)} on ${isoDate(latest.date)}.`,
  ];
}

function brandWords(brand: Brand | undefined): string | undefined {
  if (brand === undefined) return undefined;
  const aliases = brand.aliases.length === 0 ? '' : `, also ${brand.aliases.map(code).join(', ')}`;
  return `**${markdownText(brand.displayName)}** — BRAND_CODE ${code(brand.code)}, ${markdownText(brand.timezone)}${aliases}`;
}

/** A column with what its last gold held: nulls, least and greatest value. */
async function ofColumn(scene: Scene, table: Table | undefined, name: string): Promise<Parts> {
  if (table === undefined) return [];
  const own = table.columns.find((column) => column.name === name);
  const type = own?.type ?? ruleColumns(table).find((column) => column.name === name)?.type;
  if (type === undefined) return [];
  const [latest] = await scene.knowledge.reports(table.name);
  const profile = latest?.profile.find((p) => p.column.toLowerCase() === name.toLowerCase());
  const profiled =
    latest === undefined || profile === undefined
      ? undefined
      : `On ${isoDate(latest.date)}: ${nullsInWords(profile.nulls, latest.gold)}${
          profile.min === null || profile.max === null || isHiddenColumn(table, name)
            ? ''
            : `, ${code(profile.min)} to ${code(profile.max)}`
        }.`;
  return [
    `**${markdownText(name)}** ${code(type)} — ${markdownText(table.name)}`,
    own === undefined ? 'Added by the pipeline to every row.' : markdownText(own.description),
    own === undefined ? undefined : traits(own),
    profiled,
  ];
}

function traits(column: Column): string | undefined {
  const all = [
    ...(column.required ? ['required'] : []),
    ...(column.sensitive ? ['sensitive: values are masked'] : []),
    ...(column.derived === undefined ? [] : [`derived: ${code(column.derived)}`]),
    ...(column.source.length === 0 ? [] : [`from ${column.source.map(code).join(', ')}`]),
  ];
  return all.length === 0 ? undefined : all.join(' · ');
}

function nullsInWords(nulls: number, rows: number): string {
  if (nulls === 0) return `no NULLs in ${rowsInWords(rows)}`;
  const percent = rows === 0 ? 0 : (100 * nulls) / rows;
  return `${nulls.toLocaleString('en-US')} of ${rowsInWords(rows)} NULL (${formatPercent(percent)})`;
}

/** What the rule around a place gave on the last dates. */
async function history({ sketch, knowledge }: Scene, place: CursorContext): Promise<string | undefined> {
  const placed = sketch.placed.find(({ node }) => node === place.parent);
  if (placed === undefined) return undefined;
  const reports = await knowledge.reports(placed.rule.table);
  const lines = reports.flatMap(({ date, findings }) => {
    const found = findings.find((one) => one.id === placed.rule.id);
    if (found === undefined) return [];
    const finding = maskingOf(sketch.config).finding(placed.rule.table, found);
    return [`| ${isoDate(date)} | ${finding.status} | ${outcome(finding)} |`];
  });
  if (lines.length === 0) return `Rule ${code(placed.rule.id)} has not run yet.`;
  return [`| ${code(placed.rule.id)} | | |`, '| --- | --- | --- |', ...lines.slice(0, SHOWN_DATES)].join(
    '\n',
  );
}

function outcome(finding: Finding): string {
  if (finding.observed !== undefined && finding.observed !== null)
    return `${code(formatFigure(finding.observed))}${finding.limit === undefined ? '' : `, limit ${markdownText(finding.limit)}`}`;
  if (finding.status === 'error' || finding.status === 'skipped') return markdownText(finding.message ?? '');
  return `${finding.failing.toLocaleString('en-US')} of ${rowsInWords(finding.evaluated)} (${formatPercent(finding.failing_pct)})`;
}

/** The word of a fragment under the cursor: a column or a function. */
async function hoverSql(
  scene: Scene,
  place: CursorContext,
  scope: NonNullable<ReturnType<typeof sqlScope>>,
  offset: number,
): Promise<Hover | undefined> {
  const { token } = place;
  if (token === undefined || offset <= token.offset || offset >= token.end) return undefined;
  const sql = String(token.value);
  const map = stringMap(scene.sketch.texts[scene.file].text, token.offset);
  const at = map.decoded(offset);
  const before = /(?<![\p{L}\p{N}_])[\p{L}\p{N}_]*$/u.exec(sql.slice(0, at))?.[0] ?? '';
  const after = /^[\p{L}\p{N}_]*/u.exec(sql.slice(at))?.[0] ?? '';
  const word = before + after;
  if (word === '') return undefined;
  const range = { start: map.raw(at - before.length), end: map.raw(at + after.length) };
  const said = (parts: Parts): Hover | undefined => {
    const markdown = parts.filter((part) => part !== undefined && part !== '').join('\n\n');
    return markdown === '' ? undefined : { range, markdown };
  };
  const column = scope.columns.find((c) => c.name.toLowerCase() === word.toLowerCase());
  if (column !== undefined) return said(await ofColumn(scene, scope.table, column.name));
  const table = scope.tables.find((t) => t.name.toLowerCase() === word.toLowerCase());
  if (table !== undefined) return said(await ofTable(scene, table));
  const known = FUNCTIONS.find(([call]) => call.startsWith(`${word.toLowerCase()}(`));
  return known === undefined ? undefined : said([`\`${known[0]}\``, known[1]]);
}
