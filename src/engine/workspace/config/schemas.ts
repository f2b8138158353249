// The JSON schemas of the three config files: checked here by ajv, shown in the editor as completion and hover.
import { ruleJsonSchema } from '../../rules';
import { ENCODING_NAMES } from '../../csv';
import type { JsonSchema } from './configShape';
import { TYPE_EXAMPLES } from '../../base';

const DRAFT = 'http://json-schema.org/draft-07/schema#';
const SCHEMA_KEY = {
  $schema: { type: 'string', description: 'Where an editor finds the schema of this file.' },
};
const LIMIT: JsonSchema = {
  type: ['integer', 'string'],
  anyOf: [
    { type: 'integer', minimum: 0 },
    { type: 'string', pattern: '^\\d+(\\.\\d+)?\\s*%$' },
  ],
};
const TEXT = { type: 'string', minLength: 1 } as const;

function texts(description: string, more: JsonSchema = {}): JsonSchema {
  return { type: 'array', description, items: { type: 'string' }, ...more };
}

/** Schema of `config/brand_configs.json`. */
export function brandConfigsSchema(): JsonSchema {
  return {
    $schema: DRAFT,
    title: 'Brands',
    description: 'The brands that deliver files: name to code, or to an object with more.',
    type: 'object',
    additionalProperties: false,
    required: ['brands'],
    properties: {
      ...SCHEMA_KEY,
      brands: {
        type: 'object',
        description:
          'One entry per brand, in the order in which their rows are consolidated. The key is the name in file names, folders and the column _brand.',
        minProperties: 1,
        additionalProperties: {
          type: ['string', 'object'],
          description: 'The code of the brand in the warehouse, or an object with "code" and more.',
          minLength: 1,
          additionalProperties: false,
          required: ['code'],
          properties: {
            code: { ...TEXT, description: 'Written to the warehouse as BRAND_CODE. Unique.' },
            name: { ...TEXT, description: 'Name shown in reports. Default: the key.' },
            aliases: texts('Other names of the brand in file names; compared without case.', { items: TEXT }),
            timezone: {
              ...TEXT,
              description:
                'IANA time zone of the brand, such as "Europe/Prague": columns with "timezone": "brand" are read in it. Default: UTC.',
              examples: ['Europe/Amsterdam', 'Europe/Prague', 'Europe/Vienna', 'UTC'],
            },
            format: formatSchema('How all files of the brand are written: what is stated is not guessed.'),
            tables: {
              type: 'object',
              description:
                'By table: what is particular about the brand’s files of that table, such as {"User": {"format": {"delimiter": ";"}}}.',
              minProperties: 1,
              additionalProperties: {
                type: 'object',
                description: 'What is particular about the brand’s files of this table.',
                additionalProperties: false,
                required: ['format'],
                properties: {
                  format: formatSchema(
                    'How the brand’s files of this table are written; counts before the format of the table, and that before the format of the brand, key by key.',
                  ),
                },
              },
            },
          },
        },
      },
    },
  };
}

function formatSchema(description: string): JsonSchema {
  return {
    type: 'object',
    description,
    additionalProperties: false,
    minProperties: 1,
    properties: {
      encoding: {
        ...TEXT,
        description: `The encoding: ${ENCODING_NAMES.join(', ')}.`,
        examples: ['utf-8', 'windows-1250', 'windows-1252', 'iso-8859-2', 'iso-8859-15', 'utf-16le'],
      },
      delimiter: {
        type: 'string',
        description: 'The text between two fields, such as ";"; a tab is "\\t".',
        minLength: 1,
        maxLength: 4,
        examples: [';', ',', '\t', '|'],
      },
      quote: {
        type: 'string',
        description: 'The character around a field that holds a delimiter or a line end; "" means: not used.',
        maxLength: 1,
        examples: ['"', "'", ''],
      },
      escape: {
        type: 'string',
        description:
          'The character before a quote inside a quoted field: the quote itself (doubled), or "\\"; "" means: not used.',
        maxLength: 1,
        examples: ['"', '\\', ''],
      },
      header: {
        type: ['boolean', 'array'],
        description:
          'true: the first line behind the preamble names the columns. false: there is no such line, the fields are the columns of the table in their order. A list names the fields of a file without header.',
        items: { type: 'string', minLength: 1, description: 'The name of a field.' },
        minItems: 1,
        examples: [true, false],
      },
      preamble: {
        type: 'integer',
        description:
          'Lines before the header, or before the first record of a file without header; blank ones count.',
        minimum: 0,
        maximum: 1000,
        examples: [0, 1, 2],
      },
      footer: {
        type: 'integer',
        description: 'Lines behind the last record, such as totals; blank ones do not count.',
        minimum: 0,
        maximum: 1000,
        examples: [0, 1],
      },
      decimal: {
        type: 'string',
        description: 'The decimal mark of number columns that state none themselves: "." or ",".',
        enum: ['.', ','],
      },
      thousands: {
        type: 'string',
        description:
          'The character between groups of digits of number columns that state none themselves, such as "." or a space.',
        minLength: 1,
        maxLength: 1,
      },
    },
  };
}

/** Schema of `config/table_schemas.json`. */
export function tableSchemasSchema(): JsonSchema {
  return {
    $schema: DRAFT,
    title: 'Tables',
    description: 'The tables that files are read into: columns, types, keys.',
    type: 'object',
    additionalProperties: false,
    required: ['tables'],
    properties: {
      ...SCHEMA_KEY,
      tables: {
        type: 'object',
        description: 'One entry per table. The key is its name in file names, folders and the warehouse.',
        minProperties: 1,
        additionalProperties: tableSchema(),
      },
    },
  };
}

function tableSchema(): JsonSchema {
  return {
    type: 'object',
    description: 'A table: at least its columns.',
    additionalProperties: false,
    required: ['columns'],
    properties: {
      description: { type: 'string', description: 'What one row is, for people.' },
      primary_key: texts(
        'Columns whose values together are unique per date, over all brands; add "_brand" for a key within each brand.',
        { items: TEXT, uniqueItems: true },
      ),
      deduplicate: {
        type: ['string', 'object'],
        description:
          'Which row of a repeated primary_key stays: "last" or "first" in order of brands, files and rows, "none" keeps all, "error" rejects all; {"order_by": "updated_at DESC"} keeps the first in that order. Default: "last" if the table has a primary_key.',
        if: { type: 'string' },
        then: { enum: ['last', 'first', 'none', 'error'] },
        additionalProperties: false,
        required: ['order_by'],
        properties: {
          order_by: {
            ...TEXT,
            description:
              'Columns separated by commas, each with ASC or DESC and NULLS FIRST or NULLS LAST, such as "updated_at DESC".',
          },
        },
      },
      null_values: texts('Texts of the file that mean "no value". Default: the empty text.'),
      extra_columns: {
        description:
          'Columns of a file that are not listed here: "keep" them as text (default), "drop" them, or "fail" the table.',
        enum: ['keep', 'drop', 'fail'],
      },
      max_rejected: {
        description:
          'With more rejected rows than this, of one brand on the way to raw or to silver, the table fails and is not loaded: a count, or a percentage of the rows such as "2%". Below it, rejected rows warn; "100%" accepts them all. Default: ERROR_THRESHOLD.',
        ...LIMIT,
        examples: ['2%', '100%', 10],
      },
      format: formatSchema(
        'How the files of the table are written, of all brands: what is stated is not guessed.',
      ),
      drift: {
        description:
          'A file whose columns are not those of the config or of the files before it (missing, unknown, renamed, emptied, fewer values that convert): "report" warns until it is accepted or the config fits (default), "fail" keeps the table from being loaded, "ignore" says nothing.',
        enum: ['report', 'fail', 'ignore'],
      },
      columns: {
        type: 'object',
        description: 'The columns in the order they are stored in. The key is the name of the column.',
        minProperties: 1,
        additionalProperties: columnSchema(),
      },
    },
  };
}

function columnSchema(): JsonSchema {
  return {
    type: 'object',
    description: 'A column: at least its type.',
    additionalProperties: false,
    required: ['type'],
    properties: {
      type: {
        ...TEXT,
        description: `Type of the stored values: ${TYPE_EXAMPLES.join(', ')}.`,
        examples: TYPE_EXAMPLES,
      },
      description: { type: 'string', description: 'What the values mean, for people.' },
      source: texts(
        'Names of this column in file headers, besides its own; compared without case, blanks, hyphens, underscores and invisible characters.',
        { items: TEXT },
      ),
      required: {
        type: 'boolean',
        description: 'A row without a value is rejected. Default: false.',
      },
      formats: texts(
        'How dates and times are written in the file, tried in order, such as "%d/%m/%Y %H:%M".',
        {
          items: TEXT,
          minItems: 1,
          examples: [['%Y-%m-%d %H:%M:%S', '%d/%m/%Y %H:%M']],
        },
      ),
      timezone: {
        ...TEXT,
        description:
          'IANA time zone the text is in, or "brand" for the brand’s own; stored in UTC. Default: UTC.',
        examples: ['brand', 'Europe/Amsterdam', 'UTC'],
      },
      ambiguous: {
        description:
          'A local time that comes twice when the clocks are set back: the "earlier" of both (default), the "later", or "null": it does not convert. Such times, and those that the clocks skip in spring, are counted in the report; skipped ones are set forward, or do not convert with "null".',
        enum: ['earlier', 'later', 'null'],
      },
      decimal: {
        type: 'string',
        description: 'The decimal mark of the text: "." (default) or ",".',
        enum: ['.', ','],
      },
      thousands: {
        type: 'string',
        description: 'The character between groups of digits, such as "." or a space. Default: none.',
        minLength: 1,
        maxLength: 1,
      },
      transform: {
        ...TEXT,
        description:
          'SQL that rewrites the text before it is converted, over the text columns of the row, such as "upper(trim(device_type))".',
      },
      map: {
        type: 'object',
        description: 'Text of the file to the text it means, after transform and before conversion.',
        additionalProperties: { type: 'string', description: 'The text it means, in double quotes.' },
      },
      true_values: texts('Texts that mean true.', { items: TEXT, minItems: 1 }),
      false_values: texts('Texts that mean false.', { items: TEXT, minItems: 1 }),
      default: { type: ['string', 'number', 'boolean'], description: 'The value for empty fields.' },
      on_error: {
        description:
          'A value that does not convert: "reject" rejects the row (default if the column is required), "null" stores NULL and counts the value (default otherwise), "fail" fails the table.',
        enum: ['reject', 'null', 'fail'],
      },
      max_failed: {
        description:
          'With more values of one brand that do not convert than this, the table fails and is not loaded: a count, or a percentage of the values such as "2%". Below it, they warn; "100%" accepts them all. Default: ERROR_THRESHOLD.',
        ...LIMIT,
        examples: ['2%', '100%', 10],
      },
      derived: {
        ...TEXT,
        description:
          'SQL that computes the value from the typed columns of the row, such as "duration_s / 60.0"; such a column is not read from the file.',
      },
      sensitive: {
        type: 'boolean',
        description:
          'Values are hidden in reports, logs, messages, alerts, JUnit files, lineage and comparisons, and replaced in test cases; the layers, rejects and what shows their rows hold them. Default: false.',
      },
    },
  };
}

/** Schema of `config/validation_rules.json`; that of one rule comes from the catalogue of rules. */
export function validationRulesSchema(): JsonSchema {
  return {
    $schema: DRAFT,
    title: 'Validation rules',
    description: 'What must hold for the rows of each table before they go to the warehouse.',
    type: 'object',
    additionalProperties: false,
    required: ['tables'],
    properties: {
      ...SCHEMA_KEY,
      tables: {
        type: 'object',
        description: 'One entry per table that has rules, by the name it has in table_schemas.json.',
        additionalProperties: {
          type: 'object',
          description: 'The rules of a table.',
          additionalProperties: false,
          required: ['rules'],
          properties: {
            description: { type: 'string', description: 'What these rules are about, for people.' },
            rules: {
              type: 'array',
              description: 'The rules, in the order reports show them.',
              items: ruleJsonSchema(),
            },
          },
        },
      },
    },
  };
}

/** The three schemas as they lie beside the config files: name and text. */
export function schemaFiles(): readonly { readonly name: string; readonly text: string }[] {
  return [
    { name: 'brand_configs.schema.json', schema: brandConfigsSchema() },
    { name: 'table_schemas.schema.json', schema: tableSchemasSchema() },
    { name: 'validation_rules.schema.json', schema: validationRulesSchema() },
  ].map(({ name, schema }) => ({ name, text: `${JSON.stringify(schema, null, 2)}\n` }));
}
