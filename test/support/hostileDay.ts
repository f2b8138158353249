// A day of which everything that others write is hostile: headers, names, descriptions, values, names of files.
import { DATE, type Day } from './day';
import { ALL_HOSTILE, HOSTILE, HOSTILE_TEXTS } from './hostileTexts';

/** A column that would run a command, draw an icon and turn text around: the config takes no control characters. */
const HOSTILE_NAME = `${HOSTILE_TEXTS.link} ${HOSTILE_TEXTS.icon} ${HOSTILE_TEXTS.image} <b> \u202eeman`;
/** A header that nobody asked for, which may hold anything. */
const HOSTILE_HEADER = `${HOSTILE_TEXTS.osc8} ${HOSTILE_TEXTS.colour} ${HOSTILE_TEXTS.link} \u202ekcab`;

const quoted = (cell: string): string => `"${cell.replaceAll('"', '""')}"`;

/** What a file system and a landing pattern take of a hostile name. */
const FILE_PART = '[open](command:x) $(bug) \u001b[31m\u202e<b>';

/**
 * Brand Skylink delivers Device (loads), Playback (a rule fails it) and Smartcard (its header is refused). NUL has no
 * place in a value of these: a file with it is no text.
 */
export function hostileDay(): Day {
  const values = HOSTILE.map((text) => text.replaceAll('\u0000', '\\0').replaceAll('\ud800', ''));
  const all = ALL_HOSTILE.replaceAll('\ud800', '').replaceAll('\u0000', '');
  return {
    brands: { Skylink: { code: 'SKL', name: all, aliases: ['Sky_link'] } },
    tables: {
      Device: {
        description: all,
        primary_key: ['device_id'],
        columns: {
          device_id: { type: 'VARCHAR', required: true, description: all },
          [HOSTILE_NAME]: { type: 'VARCHAR', description: all },
          model: { type: 'VARCHAR', description: all },
        },
      },
      Playback: {
        description: all,
        columns: {
          note: { type: 'VARCHAR', description: all },
          [HOSTILE_NAME]: { type: 'INTEGER', description: all, on_error: 'reject', max_failed: '100%' },
        },
        max_rejected: '100%',
      },
      Smartcard: { extra_columns: 'fail', columns: { card_id: { type: 'VARCHAR' } } },
    },
    rules: {
      Device: {
        rules: [
          {
            id: `kinds ${HOSTILE_TEXTS.osc8} ${HOSTILE_TEXTS.image} ${HOSTILE_TEXTS.bidi}`,
            rule: 'enum',
            column: 'model',
            values: values.slice(1),
            description: all,
            on_fail: 'report',
            error: '90%',
            warn: 0,
          },
          { rule: 'not_null', column: HOSTILE_NAME, description: all, severity: 'warning' },
          { id: 'shape', rule: 'schema', columns: ['device_id'], exact: true, severity: 'warning' },
        ],
      },
      Playback: {
        rules: [
          {
            id: `none ${HOSTILE_TEXTS.link}`,
            rule: 'not_regex',
            column: 'note',
            pattern: '.',
            description: all,
            error: 0,
          },
          {
            id: 'broken',
            rule: 'expression',
            expression: 'CAST(note AS INTEGER) > 0',
            severity: 'warning',
          },
        ],
      },
    },
    settings: 'EXPECTED_TABLES=Device,Playback,Smartcard\nMAX_WORKERS=2\n',
    files: {
      [`Skylink_Device_${DATE}.csv`]: [
        `device_id,${quoted(HOSTILE_NAME)},model,${quoted(HOSTILE_HEADER)}`,
        ...values.map((value, i) => `d${i},${quoted(value)},${quoted(value)},${quoted(value)}`),
      ].join('\n'),
      [`Skylink_Playback_${DATE}.csv`]: [
        `note,${quoted(HOSTILE_NAME)}`,
        ...values.map((value, i) => `${quoted(value)},${i % 2 === 0 ? i : quoted(value)}`),
      ].join('\n'),
      [`Skylink_Smartcard_${DATE}.csv`]: `card_id,${quoted(HOSTILE_TEXTS.link)}\nc1,x\n`,
      [`${FILE_PART}.csv`]: 'a,b\n1,2\n',
    },
  };
}
