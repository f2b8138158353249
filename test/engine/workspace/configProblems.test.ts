// What is wrong with a config: each mistake is told with file, line, words and a way out, and all of them at once.
import assert from 'node:assert/strict';
import type { ConfigProblem } from '../../../src/engine/base';
import { writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { checkConfig, CONFIG_FILES, loadConfig, type ConfigFile } from '../../../src/engine/workspace/config';
import { openDatabase, type Connection, type Database } from '../../../src/engine/base/duckdb';
import { PipelineError } from '../../../src/engine/model/errors';
import type { Settings } from '../../../src/engine/model';
import { loadSettings } from '../../../src/engine/workspace/settings';
import { SMALL_CONFIG, smallWorkspace, type SmallWorkspace } from '../../support/smallConfig';

const BRANDS = 'brand_configs.json';
const TABLES = 'table_schemas.json';
const RULES = 'validation_rules.json';

/** A replacement in one file, the text of the line it is to be told at, and what is to be said. */
type Case = readonly [
  what: string,
  file: ConfigFile,
  from: string | RegExp,
  to: string,
  at: string,
  message: string,
  remedy: string,
];

const PLAYBACK = 'of table "Playback"';
const CASES: readonly Case[] = [
  // formats
  [
    'an unknown encoding',
    BRANDS,
    '"SKL"',
    '{ "code": "SKL", "format": { "encoding": "windos-1252" } }',
    '"windos-1252"',
    'Brand "Skylink" has the unknown encoding "windos-1252".',
    'Did you mean "windows-1252"?',
  ],
  [
    'a delimiter that is the quote',
    BRANDS,
    '"SKL"',
    '{ "code": "SKL", "format": { "delimiter": "\'", "quote": "\'" } }',
    '"quote"',
    'Brand "Skylink" has "\'" both as quote and in its delimiter.',
    'State different characters; "" means: not used.',
  ],
  [
    'a quote that is no single byte',
    BRANDS,
    '"SKL"',
    '{ "code": "SKL", "format": { "quote": "»" } }',
    '"»"',
    'Brand "Skylink" has the quote "»", which is not a character of ASCII.',
    'Write a character such as " or \', or "" where no quotes are used.',
  ],
  [
    'a format of an unknown table',
    BRANDS,
    '"SKL"',
    '{ "code": "SKL", "tables": { "Usr": { "format": { "delimiter": ";" } } } }',
    '"Usr"',
    'Brand "Skylink" has a format for the unknown table "Usr".',
    'Did you mean "User"?',
  ],
  [
    'a header name twice',
    BRANDS,
    '"SKL"',
    '{ "code": "SKL", "tables": { "User": { "format": { "header": ["user_id", "User ID"] } } } }',
    '"User ID"',
    'Table "User" of brand "Skylink" has the header names "user_id" and "User ID", which mean the same column.',
    'Name each field of the file once.',
  ],
  [
    'a header of unknown names',
    BRANDS,
    '"SKL"',
    '{ "code": "SKL", "tables": { "User": { "format": { "header": ["a", "b"] } } } }',
    '["a", "b"]',
    'The format of "Skylink" and "User" names no column of the table in "header".',
    'Name the fields of the file in their order; the columns are: user_id.',
  ],
  [
    'a preamble below zero',
    BRANDS,
    '"SKL"',
    '{ "code": "SKL", "format": { "preamble": -1 } }',
    '-1',
    '"preamble" in "format" of brand "Skylink" is -1; it must be >= 0.',
    'Lines before the header, or before the first record of a file without header; blank ones count.',
  ],
  [
    'an unknown key of a format',
    BRANDS,
    '"SKL"',
    '{ "code": "SKL", "format": { "delimeter": ";" } }',
    '"delimeter"',
    'Unknown key "delimeter".',
    'Did you mean "delimiter"?',
  ],
  [
    'a format without a year',
    TABLES,
    '"%d/%m/%Y %H:%M"',
    '"%d/%m %H:%M"',
    '"%d/%m %H:%M"',
    `Column "started_at" ${PLAYBACK} has the format "%d/%m %H:%M" without a year.`,
    'Add %Y: without it every date is in 1900.',
  ],
  [
    'hours of a clock face without their half of the day',
    TABLES,
    '"%d/%m/%Y %H:%M"',
    '"%d/%m/%Y %I:%M"',
    '"%d/%m/%Y %I:%M"',
    `Column "started_at" ${PLAYBACK} has the format "%d/%m/%Y %I:%M" with %I and without %p.`,
    'Use %H for hours of 24, or add %p for AM and PM.',
  ],
  // JSON
  [
    'a comment',
    BRANDS,
    '{\n',
    '{ // brands\n',
    '// brands',
    'config/brand_configs.json has a comment.',
    'Remove it: JSON has no comments; most objects take a "description".',
  ],
  [
    'a trailing comma',
    TABLES,
    '"extra_columns": "drop",',
    '"x": [1,],',
    '[1,]',
    'There is a comma before the closing "]".',
    'Remove the comma.',
  ],
  [
    'a missing comma',
    TABLES,
    '"extra_columns": "drop",',
    '"extra_columns": "drop"',
    '"columns": {\n        "playback',
    'Syntax error: found "columns" where a comma or a closing bracket is expected.',
    'Write a comma between two entries.',
  ],
  [
    'a key twice',
    TABLES,
    '"extra_columns": "drop",',
    '"primary_key": ["user_id"],',
    '"primary_key": ["user_id"]',
    'The key "primary_key" occurs twice in one object, in lines 10 and 13.',
    'Keep one of the two.',
  ],
  [
    'a text left open',
    BRANDS,
    '"SKL"',
    '"SKL',
    '"SKL',
    'A text is not closed on its line.',
    'Close it with a double quote; write a line break as \\n.',
  ],
  [
    'single quotes',
    BRANDS,
    '"SKL"',
    "'SKL'",
    "'SKL'",
    "Syntax error: found 'SKL' where JSON does not allow it.",
    'Put texts into double quotes and fix what remains.',
  ],
  [
    'a lone backslash',
    RULES,
    '[a-z0-9]+',
    '\\d+',
    '\\d+',
    'A text has a backslash that begins no JSON escape.',
    'Write a backslash itself as \\\\.',
  ],
  [
    'an endless number',
    RULES,
    '86400,',
    '1e999,',
    '1e999',
    'This number is too large.',
    'Write a number of at most 300 digits.',
  ],
  [
    'half a character',
    BRANDS,
    '"SKL"',
    '"\\ud83d"',
    '\\ud83d',
    'The text "\\ud83d" has a NUL character or half a surrogate pair.',
    'Remove the \\u escape, or write the character itself.',
  ],
  // shape
  [
    'an unknown key',
    TABLES,
    '"columns": {\n        "playback_id"',
    '"colums": {\n        "playback_id"',
    '"colums"',
    'Unknown key "colums".',
    'Did you mean "columns"?',
  ],
  [
    'a list for an object',
    BRANDS,
    '{\n  "brands"',
    '{"brands": [], "brand"',
    '"brands": []',
    '"brands" must be an object in { }, not a list.',
    'One entry per brand',
  ],
  [
    'a number for a code',
    BRANDS,
    '"SKL"',
    '7',
    '7',
    'Brand "Skylink" must be text in double quotes or an object in { }, not the number 7.',
    'The code of the brand',
  ],
  [
    'no code',
    BRANDS,
    '"code": "CDN",',
    '',
    '"CanalDigitaal"',
    'Brand "CanalDigitaal" lacks "code".',
    'Add "code": Written to the warehouse',
  ],
  [
    'no brands',
    BRANDS,
    /"brands": \{[^]*\}\n\}/,
    '"brands": {}}',
    '"brands"',
    '"brands" is empty.',
    'One entry per brand',
  ],
  [
    'no type',
    TABLES,
    '{ "type": "TEXT" }',
    '{}',
    '"user_id": {}',
    `Column "user_id" ${PLAYBACK} lacks "type".`,
    'Add "type": Type of the stored values',
  ],
  [
    'an unknown choice',
    TABLES,
    '"drop"',
    '"dorp"',
    '"dorp"',
    `"extra_columns" ${PLAYBACK} is "dorp", which is not known.`,
    'Did you mean "drop"?',
  ],
  [
    'an unknown word for duplicates',
    TABLES,
    /\{ "order_by[^}]*\}/,
    '"newest"',
    '"newest"',
    `"deduplicate" ${PLAYBACK} is "newest", which is not known.`,
    'Use one of: last, first, none, error.',
  ],
  [
    'a text for a truth',
    TABLES,
    '"required": true }',
    '"required": "yes" }',
    '"required": "yes"',
    `"required" of column "playback_id" ${PLAYBACK} must be true or false, not the text "yes".`,
    'A row without a value is rejected',
  ],
  [
    'an unknown rule kind',
    RULES,
    '"range"',
    '"rang"',
    '"rang"',
    `"rule" of rule 3 ${PLAYBACK} is "rang", which is not known.`,
    'Did you mean "range"?',
  ],
  [
    'an unknown key of a rule',
    RULES,
    '"max": 86400',
    '"maxx": 86400',
    '"maxx"',
    'Unknown key "maxx".',
    'Did you mean "max"?',
  ],
  [
    'a limit without form',
    RULES,
    '"1.5%"',
    '"some"',
    '"some"',
    `"error" of rule 3 ${PLAYBACK} is "some", which does not have the right form.`,
    'With more failing rows',
  ],
  [
    'no rule',
    RULES,
    '"rule": "row_count", ',
    '',
    '"some_rows"',
    `Rule 5 ${PLAYBACK} lacks "rule".`,
    'Add "rule": The kind of rule.',
  ],
  [
    'a parameter missing',
    RULES,
    ', "pattern": "[a-z0-9]+"',
    '',
    '"shape"',
    `Rule 7 ${PLAYBACK} lacks "pattern".`,
    'Add "pattern"',
  ],
  [
    'no column',
    RULES,
    '"column": "user_id" },',
    '"tags": [] },',
    '"tags": []',
    `Rule 1 ${PLAYBACK} lacks "column"`,
    'Add "column"',
  ],
  // brands
  [
    'a name claimed twice',
    BRANDS,
    '"CDS"',
    '"SKYLINK"',
    '"SKYLINK"',
    'The name "SKYLINK" of brand "CanalDigitaal" belongs to brand "Skylink" already.',
    'Give each brand names and aliases of its own; they are compared without case.',
  ],
  [
    'a code twice',
    BRANDS,
    '"CDN"',
    '"skl"',
    '"skl"',
    'The code "skl" belongs to brand "Skylink" already.',
    'Give each brand a code of its own.',
  ],
  [
    'a brand that climbs',
    BRANDS,
    '"Skylink"',
    '"../Skylink"',
    '"../Skylink"',
    'The brand name "../Skylink" has a slash.',
    'Names are used for folders: leave slashes out.',
  ],
  [
    'a brand of dots',
    BRANDS,
    '"Skylink"',
    '".."',
    '".."',
    'The brand name ".." begins or ends with a dot.',
    'Leave the dot out: such files are hidden or lost.',
  ],
  [
    'a brand with a line break',
    BRANDS,
    '"Skylink"',
    '"Sky\\nlink"',
    '"Sky',
    'The brand name "Sky\\nlink" has a control character.',
    'Give it another name.',
  ],
  [
    'a long brand',
    BRANDS,
    '"Skylink"',
    `"${'x'.repeat(101)}"`,
    'xxx',
    `The brand name "${'x'.repeat(60)}…" is too long.`,
    'Use at most 100 characters (180 bytes of UTF-8).',
  ],
  [
    'a device',
    BRANDS,
    '"Skylink"',
    '"Con"',
    '"Con"',
    'The brand name "Con" is a device name on Windows.',
    'Give it another name.',
  ],
  [
    'an unknown zone',
    BRANDS,
    'Europe/Amsterdam',
    'Europe/Amsterdm',
    'Amsterdm',
    'Brand "CanalDigitaal" has the unknown time zone "Europe/Amsterdm".',
    'Did you mean "Europe/Amsterdam"?',
  ],
  [
    'an offset for a zone',
    BRANDS,
    'Europe/Amsterdam',
    '+01:00',
    '+01:00',
    'Brand "CanalDigitaal" has the unknown time zone "+01:00".',
    'Use a name of the IANA time zone database, such as "Europe/Amsterdam".',
  ],
  // tables
  [
    'two tables of one name',
    TABLES,
    '"User"',
    '"playback"',
    '"Playback": {',
    'The tables "playback" and "Playback" have the same name.',
    'Give each table a name of its own; names that differ only in case count as the same.',
  ],
  [
    'a table like a second file',
    TABLES,
    '"User"',
    '"User.2"',
    '"User.2"',
    'The table name "User.2" ends like the number of a further file of a table.',
    'Leave the dot and the number out.',
  ],
  [
    'a table like a report',
    TABLES,
    '"User"',
    '"Summary"',
    '"Summary"',
    'The table name "Summary" is the name of the summary beside the reports.',
    'Give the table another name.',
  ],
  [
    'a column of ours',
    TABLES,
    '"device":',
    '"Brand_Code":',
    '"Brand_Code"',
    'The column name "Brand_Code" is used by the pipeline itself.',
    'Rename the column; "source" can name the header of the file.',
  ],
  [
    'two columns of one name',
    TABLES,
    '"device":',
    '"USER_ID":',
    '"USER_ID"',
    `The columns "user_id" and "USER_ID" ${PLAYBACK} have the same name.`,
    'Give each column a name of its own; names that differ only in case count as the same.',
  ],
  [
    'a header claimed twice',
    TABLES,
    '"id"]',
    '"User ID"]',
    '"User ID"',
    'The header "User ID" means both column "user_id" and column "playback_id".',
    'Let one column claim it; headers are compared without case, blanks, hyphens, underscores and invisible characters.',
  ],
  [
    'an unknown type',
    TABLES,
    '"numeric(10, 2)"',
    '"NUMBER"',
    '"NUMBER"',
    `The type "NUMBER" of column "price" ${PLAYBACK} cannot be stored.`,
    'DuckDB calls it DECIMAL: write it such as DECIMAL(10,2).',
  ],
  [
    'a type too wide',
    TABLES,
    '"numeric(10, 2)"',
    '"DECIMAL(39,2)"',
    '"DECIMAL(39,2)"',
    `The type "DECIMAL(39,2)" of column "price" ${PLAYBACK} has a width outside 1 to 38, or more decimals than digits.`,
    'Write DECIMAL(width,scale) with scale up to width, such as DECIMAL(10,2).',
  ],
  [
    'a type Parquet loses',
    TABLES,
    '"INT"',
    '"HUGEINT"',
    '"HUGEINT"',
    `The type "HUGEINT" of column "duration_s" ${PLAYBACK} cannot be stored.`,
    'Parquet keeps it as DOUBLE, which loses digits. Use DECIMAL(38,0).',
  ],
  [
    'a nested type',
    TABLES,
    '"INT"',
    '"INT[]"',
    '"INT[]"',
    `The type "INT[]" of column "duration_s" ${PLAYBACK} cannot be stored.`,
    'Columns of files are flat. Use VARCHAR or JSON.',
  ],
  [
    'SQL for a type',
    TABLES,
    '"INT"',
    '"INT); DROP TABLE x; --"',
    'DROP',
    `The type "INT); DROP TABLE x; --" of column "duration_s" ${PLAYBACK} is not known.`,
    'Use a type such as',
  ],
  [
    'formats of a text',
    TABLES,
    '"type": "TEXT"',
    '"type": "TEXT", "formats": ["%Y"]',
    '"formats": ["%Y"]',
    `Column "user_id" ${PLAYBACK} has "formats", but its type VARCHAR is no date or time.`,
    'Remove it, or use DATE, TIME or TIMESTAMP.',
  ],
  [
    'a zone of a date',
    TABLES,
    '"TIMESTAMP"',
    '"DATE"',
    '"timezone": "brand"',
    `Column "started_at" ${PLAYBACK} has "timezone", but its type DATE is no TIMESTAMP.`,
    'Remove it, or use TIMESTAMP.',
  ],
  [
    'a decimal mark of a text',
    TABLES,
    '"type": "TEXT"',
    '"type": "TEXT", "decimal": ","',
    '"TEXT"',
    `Column "user_id" ${PLAYBACK} has "decimal", but its type VARCHAR is no number.`,
    'Remove it, or use a number type.',
  ],
  [
    'true values of a text',
    TABLES,
    '"type": "TEXT"',
    '"type": "TEXT", "true_values": ["Y"]',
    '"TEXT"',
    `Column "user_id" ${PLAYBACK} has "true_values", but its type VARCHAR is not BOOLEAN.`,
    'Remove it, or use BOOLEAN.',
  ],
  [
    'one mark for two',
    TABLES,
    '"thousands": "."',
    '"thousands": ","',
    '"thousands": ","',
    `Column "price" ${PLAYBACK} has the same mark "," for decimals and for thousands.`,
    'Set "decimal" and "thousands" to different marks.',
  ],
  [
    'a word both true and false',
    TABLES,
    '"false_values": ["N"]',
    '"false_values": ["Y"]',
    '"false_values": ["Y"]',
    `Column "is_live" ${PLAYBACK} has "Y" for both true and false.`,
    'Keep one of the two.',
  ],
  [
    'an unknown part of a format',
    TABLES,
    '%d/%m/%Y %H:%M',
    '%d/%m/%Y %H:%i',
    '%H:%i',
    `Column "started_at" ${PLAYBACK} has a format with the unknown part "%i".`,
    'Use %Y %m %d %H %M %S %f and the like; a percent sign itself is %%.',
  ],
  [
    'a format of another language',
    TABLES,
    '%d/%m/%Y %H:%M',
    'DD/MM/YYYY',
    'DD/MM',
    `Column "started_at" ${PLAYBACK} has a format without %.`,
    'Write it such as "%d/%m/%Y" for 31/01/2024.',
  ],
  [
    'a default of another type',
    TABLES,
    '"default": 0',
    '"default": "none"',
    '"none"',
    `Column "price" ${PLAYBACK} has the default "none", which is no DECIMAL(10,2).`,
    'Write a value of type DECIMAL(10,2).',
  ],
  [
    'a source for a derived column',
    TABLES,
    '"derived": "duration_s / 60.0"',
    '"derived": "duration_s / 60.0", "source": ["w"]',
    '"derived"',
    `Column "watch_min" ${PLAYBACK} has "source", but it is derived and not read from a file.`,
    'Remove one of the two keys.',
  ],
  [
    'an unknown key column',
    TABLES,
    '"primary_key": ["playback_id"',
    '"primary_key": ["playback"',
    '"primary_key"',
    `The primary_key ${PLAYBACK} names the unknown column "playback".`,
    'Did you mean "playback_id"?',
  ],
  [
    'duplicates without a key',
    TABLES,
    '"primary_key": ["playback_id", "_brand"],',
    '',
    '"deduplicate"',
    'Table "Playback" has "deduplicate" but no "primary_key".',
    'Add "primary_key": the columns that identify a row.',
  ],
  [
    'an order of an unknown column',
    TABLES,
    'started_at DESC',
    'updated_at DESC',
    '"order_by"',
    'Table "Playback": order_by names the unknown column "updated_at".',
    'Did you mean "started_at"?',
  ],
  [
    'an order that is no list',
    TABLES,
    'started_at DESC',
    'started_at DESC; DROP TABLE x',
    '"order_by"',
    'Table "Playback": order_by cannot be read at "started_at DESC; DROP TABLE x".',
    'Write columns with commas',
  ],
  // rules
  [
    'rules of an unknown table',
    RULES,
    '"Playback"',
    '"Playbak"',
    '"Playbak"',
    'Rules are given for the unknown table "Playbak".',
    'Did you mean "Playback"?',
  ],
  [
    'an id twice',
    RULES,
    '"some_rows"',
    '"sane"',
    '"sane", "rule": "exp',
    `The rule id "sane" occurs twice in table "Playback", in lines 22 and 23.`,
    'Give each rule of a table an id of its own.',
  ],
  [
    'a rule of an unknown column',
    RULES,
    '"column": "duration_s"',
    '"column": "duration"',
    '"duration"',
    'Rule "duration_plausible": Table Playback has no column "duration".',
    'Did you mean "duration_s"?',
  ],
  [
    'a reference to nowhere',
    RULES,
    'User.user_id',
    'User.id',
    'User.id',
    'Rule "known_user": "to" is "User.id", not a table and column of the config.',
    '',
  ],
  [
    'a percentage past 100',
    RULES,
    '1.5%',
    '150%',
    '150%',
    'Rule "duration_plausible": "error" is more than 100%.',
    'Write a percentage from 0% to 100%.',
  ],
];

const SQL_CASES: readonly Case[] = [
  [
    'a transform of an unknown column',
    TABLES,
    'trim(device)',
    'trim(devise)',
    'devise',
    '"transform" of column "device" of table "Playback": ',
    '',
  ],
  [
    'a transform that reads files',
    TABLES,
    'trim(device)',
    "(SELECT content FROM read_text('/etc/passwd'))",
    'passwd',
    '"transform" of column "device" of table "Playback": ',
    '',
  ],
  [
    'a derived column of another derived one',
    TABLES,
    '"derived": "duration_s / 60.0"',
    '"derived": "watch_min + 1"',
    '"derived"',
    '"derived" of column "watch_min" of table "Playback": ',
    '',
  ],
  [
    'a derived value of the wrong type',
    TABLES,
    'duration_s / 60.0',
    'duration_s + started_at',
    '"derived"',
    '"derived" of column "watch_min" of table "Playback": ',
    '',
  ],
  [
    'a where that is no condition',
    RULES,
    'is_live = false',
    'duration_s',
    '"where": "dur',
    'Rule "duration_plausible", "where": ',
    '',
  ],
  [
    'an expression with a semicolon',
    RULES,
    'watch_min >= 0',
    'true; DROP TABLE x',
    'DROP',
    'Rule "sane", "expression": ',
    '',
  ],
  ['a query of an unknown table', RULES, 'FROM rows', 'FROM Rowss', 'Rowss', 'Rule "own", "query": ', ''],
  [
    'a pattern left open',
    RULES,
    '[a-z0-9]+',
    '[a-z0-9',
    '[a-z0-9',
    'Rule "shape", "pattern": ',
    'Correct the regular expression; its syntax is that of RE2.',
  ],
];

describe('problems of a config', () => {
  let workspace: SmallWorkspace;
  let settings: Settings;
  let database: Database;
  let connection: Connection;
  before(async () => {
    workspace = await smallWorkspace();
    settings = await loadSettings({ workspace: workspace.folder, environment: { SETTLE: '0' } });
    database = await openDatabase({ folders: [] });
    connection = await database.connect();
  });
  beforeEach(() => workspace.write());
  after(async () => {
    connection.close();
    database.close();
    await workspace.remove();
  });

  async function refused(): Promise<PipelineError> {
    try {
      await loadConfig(settings);
    } catch (error) {
      assert.ok(error instanceof PipelineError, String(error));
      return error;
    }
    return assert.fail('The config was taken.');
  }

  async function problemsOf([, file, from, to]: Case): Promise<{
    text: string;
    problems: readonly ConfigProblem[];
  }> {
    const text = SMALL_CONFIG[file].replace(from, () => to);
    assert.notEqual(text, SMALL_CONFIG[file], `${String(from)} is not in the file`);
    await workspace.write({ [file]: text });
    const { config, problems } = await checkConfig(settings, { connection });
    assert.equal(config, undefined);
    return { text, problems };
  }

  for (const one of CASES)
    it(`tells ${one[0]}`, async () => {
      const { text, problems } = await problemsOf(one);
      const [, file, , , at, message, remedy] = one;
      const found = problems.find((p) => p.message.startsWith(message));
      assert.ok(found, JSON.stringify(problems, null, 1));
      assert.ok(found.remedy.startsWith(remedy) && found.remedy !== '', found.remedy);
      assert.equal(found.file, join(workspace.folder, `config/${file}`));
      assert.ok(text.includes(at), at);
      assert.equal(found.line, text.slice(0, text.indexOf(at)).split('\n').length);
      const line = text.split('\n')[found.line - 1]!;
      assert.ok(found.column >= 1 && found.column - 1 + found.length <= line.length);
      // Without a database the same is found, and thrown.
      const error = await refused();
      assert.equal(error.code, 'CONFIG_INVALID');
      assert.ok(error.where?.line !== undefined);
    });

  for (const one of SQL_CASES)
    it(`tells ${one[0]}, with a database`, async () => {
      const { text, problems } = await problemsOf(one);
      const [, file, , , at, message, remedy] = one;
      assert.equal(problems.length, 1, JSON.stringify(problems, null, 1));
      const found = problems[0]!;
      assert.ok(found.message.startsWith(message) && found.message.length > message.length, found.message);
      assert.ok(found.remedy.startsWith(remedy) && found.remedy !== '', found.remedy);
      assert.equal(found.code, 'SQL_INVALID');
      assert.deepEqual(
        [found.file, found.line],
        [join(workspace.folder, 'config', file), text.slice(0, text.indexOf(at)).split('\n').length],
      );
      await loadConfig(settings);
    });

  it('tells all mistakes of all files at once, by file and line', async () => {
    await workspace.write({
      [BRANDS]: SMALL_CONFIG[BRANDS].replace('"SKL"', '""').replace('Europe/Amsterdam', 'Mars'),
      [TABLES]: SMALL_CONFIG[TABLES].replace('"INT"', '"INTT"').replace('%M:%S', '%M:%k'),
      [RULES]: SMALL_CONFIG[RULES].replace('"error": "1.5%"', '"errors": 1').replace('"some_rows"', '"sane"'),
    });
    const { problems } = await checkConfig(settings, { connection });
    assert.deepEqual(
      problems.map((p) => `${relative(workspace.folder, p.file)}:${p.line}: ${p.message}`),
      [
        'config/brand_configs.json:3: Brand "Skylink" is empty.',
        'config/brand_configs.json:8: Brand "CanalDigitaal" has the unknown time zone "Mars".',
        'config/table_schemas.json:19: Column "started_at" of table "Playback" has a format with the unknown part "%k".',
        'config/table_schemas.json:26: The type "INTT" of column "duration_s" of table "Playback" is not known.',
        'config/validation_rules.json:14: Unknown key "errors".',
        'config/validation_rules.json:23: The rule id "sane" occurs twice in table "Playback", in lines 22 and 23.',
      ],
    );
  });

  it('tells one mistake once, not all that follows from it', async () => {
    const messages = async (file: ConfigFile, from: string, to: string): Promise<readonly string[]> => {
      const { problems } = await checkConfig(settings, {
        connection,
        contents: { [file]: SMALL_CONFIG[file].replace(from, to) },
      });
      return problems.map((p) => p.message);
    };
    assert.deepEqual(
      await messages(TABLES, '"columns": {\n        "playback_id"', '"colums": {\n        "playback_id"'),
      ['Table "Playback" lacks "columns".', 'Unknown key "colums".'],
    );
    assert.equal((await messages(TABLES, '{', '[')).length, 1);
    assert.deepEqual(await messages(TABLES, '"TIMESTAMP"', '"TIMESTAP"'), [
      'The type "TIMESTAP" of column "started_at" of table "Playback" is not known.',
    ]);
    assert.deepEqual(await messages(RULES, '"references"', '"refers"'), [
      '"rule" of rule 4 of table "Playback" is "refers", which is not known.',
    ]);
  });

  it('names the file that is missing, empty, no file, too large, or no UTF-8', async () => {
    for (const name of CONFIG_FILES) {
      await workspace.write();
      const elsewhere = await loadSettings({
        workspace: workspace.folder,
        environment: { CONFIG_DIR: 'nowhere' },
      });
      await assert.rejects(loadConfig(elsewhere), { code: 'CONFIG_MISSING' });
      await workspace.write({ [name]: '' });
      assert.deepEqual((await refused()).where, { file: join(workspace.folder, 'config', name), line: 1 });
      await workspace.write({ [name]: Buffer.from('{\n"a": "\xe9"}', 'latin1') });
      assert.deepEqual((await refused()).where, { file: join(workspace.folder, 'config', name), line: 2 });
      await workspace.write({ [name]: ' '.repeat(10_000_001) });
      assert.match((await refused()).message, /10000001 bytes/);
    }
    const asFile = await loadSettings({ workspace: workspace.folder, environment: { CONFIG_DIR: '.env' } });
    await assert.rejects(loadConfig(asFile), { code: 'CONFIG_MISSING' });
  });

  it('survives nesting of any depth, values of any kind, and a million problems', async () => {
    for (const text of [
      '['.repeat(1_000_000),
      '{"brands":'.repeat(100_000),
      `{"brands": ${'['.repeat(10_000)}${']'.repeat(10_000)}}`,
      'null',
      '[]',
      '"text"',
      '1e400',
      '{}',
      'nul',
    ])
      for (const name of CONFIG_FILES) {
        await workspace.write({ [name]: text });
        const error = await refused();
        assert.equal(error.code, 'CONFIG_INVALID');
        assert.equal(error.where?.line, 1, `${name} ${text.slice(0, 20)}`);
      }
    const many = Array.from({ length: 100_000 }, (_, i) => `"k${i}": 1`).join();
    await workspace.write({ [RULES]: `{"tables": {"Playback": {"rules": [], ${many}}}}` });
    const { problems } = await checkConfig(settings);
    assert.equal(problems.length, 1_000);
    assert.ok(problems.every((p) => p.line === 1));
  });

  it('holds EXPECTED_TABLES against the tables: an error where written, a warning by default', async () => {
    const environment = (text?: string) =>
      loadSettings({
        workspace: workspace.folder,
        environment: text === undefined ? {} : { EXPECTED_TABLES: text },
      });
    await assert.rejects(loadConfig(await environment('User,Nope')), /has tables without a schema: Nope/);
    await writeFile(join(workspace.folder, '.env'), '\nEXPECTED_TABLES=User,Playbak\n');
    const { problems } = await checkConfig(await environment());
    assert.deepEqual(
      problems.map((p) => [p.file, p.line, p.severity, p.remedy]),
      [[join(workspace.folder, '.env'), 2, 'error', 'Did you mean "Playback"?']],
    );
    await writeFile(join(workspace.folder, '.env'), '');
    const byDefault = await checkConfig(await environment());
    assert.deepEqual(
      byDefault.problems.map((p) => [p.severity, p.line]),
      [['warning', 2]],
    );
    assert.ok(byDefault.config);
  });

  it('warns of names Snowflake does not take, only where Snowflake is meant', async () => {
    await workspace.write({
      [TABLES]: SMALL_CONFIG[TABLES].replace('"device":', '"my device":').replace('trim(device)', "'x'"),
    });
    const meant = await loadSettings({
      workspace: workspace.folder,
      environment: { MOCK_SNOWFLAKE: 'false', EXPECTED_TABLES: 'User' },
    });
    const { config, problems } = await checkConfig(meant, { connection });
    assert.ok(config);
    assert.deepEqual(
      problems.map((p) => [p.severity, p.message]),
      [['warning', 'Snowflake takes no identifier "my device".']],
    );
  });

  it('warns of a column that Snowflake reserves, also before Snowflake is meant', async () => {
    await workspace.write({
      [TABLES]: SMALL_CONFIG[TABLES].replace('"device":', '"Current_Date":').replace('trim(device)', "'x'"),
    });
    for (const mock of ['true', 'false']) {
      const given = await loadSettings({
        workspace: workspace.folder,
        environment: { MOCK_SNOWFLAKE: mock, EXPECTED_TABLES: 'User' },
      });
      const { config, problems } = await checkConfig(given, { connection });
      assert.ok(config);
      assert.deepEqual(
        problems.map((p) => [p.severity, p.message]),
        [['warning', 'Snowflake reserves "Current_Date": it cannot be the name of a column there.']],
        mock,
      );
    }
  });

  it('stops when told to', async () => {
    const abort = new AbortController();
    abort.abort();
    await assert.rejects(checkConfig(settings, { connection, signal: abort.signal }), { code: 'CANCELLED' });
  });
});
