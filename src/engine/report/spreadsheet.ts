// Cells that a spreadsheet would compute: text of others that begins like a formula gets a ' before it.
import { quoteLiteral } from '../base';

/** What spreadsheets skip before a formula; tab and line breaks are signs of one by themselves. */
const BREAKS = '\t\r\n';
const BLANKS = `${BREAKS}\v\f \u00a0\u2003\u200b\u3000\ufeff`;
/** With their full-width forms, which spreadsheets of East Asian languages take for the same. */
const SIGNS = '=+@＝＋－＠-';
/** Both are read by JavaScript and by DuckDB alike. */
const FORMULA = `^(?:[${BREAKS}]|[${BLANKS}]*[${SIGNS}])`;
/** "-5.2", "+49", "-1,000.5e3", "-12 %" and a lone sign compute nothing but themselves. */
const NUMBER = String.raw`[+-](?:(?:\d+(?:[.,]\d+)*|\.\d+)(?:[eE][+-]?\d+)? ?%?)?`;

const FORMULA_START = new RegExp(FORMULA);
const WHOLE_NUMBER = new RegExp(`^(?:${NUMBER})$`);

/** Would a spreadsheet compute this text? */
export function isFormula(text: string): boolean {
  return FORMULA_START.test(text) && !WHOLE_NUMBER.test(text);
}

/** Where a person reads it in a spreadsheet: the text, or with a ' before what would be computed. */
export function spreadsheetText(text: string): string {
  return isFormula(text) ? `'${text}` : text;
}

/** SQL of the same: whether a text would be computed. */
export function isFormulaSql(text: string): string {
  return `coalesce(regexp_matches(${text}, ${quoteLiteral(FORMULA)}) AND NOT regexp_full_match(${text}, ${quoteLiteral(NUMBER)}), false)`;
}
