// Files as statistics offices, portals and banks publish them, of which nothing is known: what a preview makes of them.
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readCsv } from '../../../src/engine/csv/readCsv';
import { useFolder } from '../../support/folder';

interface SurveyFile {
  readonly text: string;
  readonly columns: readonly string[];
  /** The first row. */
  readonly row: readonly string[];
}

/** The body is given once; each file has it below another top. */
const two = ['Praha,1357326', 'Brno,400566', 'Ostrava,283504', 'Plzen,181240', 'Liberec,107389'].join('\n');
const twoRow = ['Praha', '1357326'];
const years = [
  'Praha;10,5;11,2;12,9',
  'Brno;8,1;8,4;9,0',
  'Ostrava;7,7;7,9;8,3',
  'Plzen;9,2;9,9;10,1',
  'Liberec;6,4;6,5;6,9',
].join('\n');
const yearsRow = ['Praha', '10,5', '11,2', '12,9'];
const bank = [
  '02.01.2024;-120,50;EUR;Lidl',
  '03.01.2024;-9,99;EUR;Netflix',
  '05.01.2024;2500,00;EUR;Salary',
  '08.01.2024;-45,10;EUR;Shell',
].join('\n');
const bankRow = ['02.01.2024', '-120,50', 'EUR', 'Lidl'];
const stops = [
  '"1001", "Main Street", 48.2, 16.3',
  '"1002", "Station", 48.3, 16.4',
  '"1003", "Harbour", 48.1, 16.2',
].join('\n');
const file = (top: string, body: string, columns: readonly string[], row: readonly string[]): SurveyFile => ({
  text: `${top}\n${body}\n`,
  columns,
  row,
});

const city = ['City', 'Inhabitants'];
const FILES: Readonly<Record<string, SurveyFile>> = {
  // Titles above a table of two columns.
  'no title': file('City,Inhabitants', two, city, twoRow),
  'one title': file('Inhabitants of cities\nCity,Inhabitants', two, city, twoRow),
  'one title and a blank line': file('Inhabitants of cities\n\nCity,Inhabitants', two, city, twoRow),
  'a title with a comma': file('Inhabitants of cities, 2023\nCity,Inhabitants', two, city, twoRow),
  'a title with a comma and a blank line': file(
    'Inhabitants, by city\n\nCity,Inhabitants',
    two,
    city,
    twoRow,
  ),
  'a title with the delimiters of a table': file(
    'Inhabitants of cities,\nCity,Inhabitants',
    two,
    city,
    twoRow,
  ),
  'a title and a date': file(
    'Inhabitants of cities\nExported,2024-01-31\nCity,Inhabitants',
    two,
    city,
    twoRow,
  ),
  'a title and a date, and a blank line': file(
    'Inhabitants of cities\nExported: 2024-01-31\n\nCity,Inhabitants',
    two,
    city,
    twoRow,
  ),
  'four titles': file(
    'Statistics Office\nInhabitants of cities\nAs of 1 January 2024\nSource: census\nCity,Inhabitants',
    two,
    city,
    twoRow,
  ),
  'a quoted title': file(
    '"Inhabitants of cities, as of 1 January 2024"\nCity,Inhabitants',
    two,
    city,
    twoRow,
  ),
  'a quoted title with delimiters': file(
    '"Inhabitants of cities, 2024",\n,\nCity,Inhabitants',
    two,
    city,
    twoRow,
  ),
  'a comment': file('# Inhabitants, by city\nCity,Inhabitants', two, city, twoRow),
  'key and value, and a blank line': file(
    'Dataset,Cities\nYear,2024\nUnit,persons\n\nCity,Inhabitants',
    two,
    city,
    twoRow,
  ),
  footnotes: { text: `City,Inhabitants\n${two}\n\nSource: census 2021\n`, columns: city, row: twoRow },
  'a title and footnotes': {
    text: `Inhabitants of cities\n\nCity,Inhabitants\n${two}\n\nNote: provisional\nSource: census 2021\n`,
    columns: city,
    row: twoRow,
  },
  'a semicolon title': file('Obyvatele;mesta\n\nCity;Inhabitants', two.replaceAll(',', ';'), city, twoRow),
  'a tab table under a title': file(
    'Inhabitants, by city\nCity\tInhabitants',
    two.replaceAll(',', '\t'),
    city,
    twoRow,
  ),
  'indicators of two columns': file(
    'Data Source,World Development Indicators\n\nLast Updated,2024-01-31\n\nCity,Inhabitants',
    two,
    city,
    twoRow,
  ),
  // Several columns with decimal commas.
  years: file('Mesto;2021;2022;2023', years, ['Mesto', '2021', '2022', '2023'], yearsRow),
  'a title above years': file(
    'Mira nezamestnanosti (%)\nMesto;2021;2022;2023',
    years,
    ['Mesto', '2021', '2022', '2023'],
    yearsRow,
  ),
  'titles with delimiters above years': file(
    'Mira nezamestnanosti;;;\nv procentech;;;\n;;;\nMesto;2021;2022;2023',
    years,
    ['Mesto', '2021', '2022', '2023'],
    yearsRow,
  ),
  'a quoted header of years': file(
    '"Mesto";"2021";"2022";"2023"',
    years,
    ['Mesto', '2021', '2022', '2023'],
    yearsRow,
  ),
  // Headers of several lines.
  'units under the names': file(
    'City;Rate A;Rate B;Rate C\n-;%;%;%',
    years,
    ['City -', 'Rate A %', 'Rate B %', 'Rate C %'],
    yearsRow,
  ),
  'groups above the names': file(
    ';Rate;Rate;Rate\nCity;men;women;all',
    years,
    ['City', 'Rate men', 'Rate women', 'Rate all'],
    yearsRow,
  ),
  'merged groups above the names': file(
    'City;Rate;;\n;men;women;all',
    years,
    ['City', 'Rate men', 'women', 'all'],
    yearsRow,
  ),
  'three lines of names': file(
    ';Rate;;\n;men;women;all\nCity;%;%;%',
    years,
    ['City', 'Rate men %', 'women %', 'all %'],
    yearsRow,
  ),
  'codes under the names': file(
    'City;Rate A;Rate B;Rate C\nGEO;RA;RB;RC',
    years,
    ['City GEO', 'Rate A RA', 'Rate B RB', 'Rate C RC'],
    yearsRow,
  ),
  'a title above two lines of names': file(
    'Unemployment\n\n;Rate;;\nCity;men;women;all',
    years,
    ['City', 'Rate men', 'women', 'all'],
    yearsRow,
  ),
  'years over genders': file(
    ';2022;2022;2023\nCity;men;women;men',
    years,
    ['City', '2022 men', '2022 women', '2023 men'],
    yearsRow,
  ),
  'four lines of names': file(
    ';Rate;Rate;Rate\n;men;women;all\n;2023;2023;2023\nCity;%;%;%',
    years,
    ['City', 'Rate men 2023 %', 'Rate women 2023 %', 'Rate all 2023 %'],
    yearsRow,
  ),
  // Exports of banks.
  'a bank': file('Date;Amount;Currency;Text', bank, ['Date', 'Amount', 'Currency', 'Text'], bankRow),
  'a bank with the account above': file(
    'Account;DE89370400440532013000;;\nDate;Amount;Currency;Text',
    bank,
    ['Date', 'Amount', 'Currency', 'Text'],
    bankRow,
  ),
  'a bank with the account and the period above': file(
    'Account holder: Jan Novak\nIBAN: DE89 3704 0044 0532 0130 00\nPeriod: 01.01.2024 - 31.01.2024\n\nDate;Amount;Currency;Text',
    bank,
    ['Date', 'Amount', 'Currency', 'Text'],
    bankRow,
  ),
  'a bank with balances above': file(
    '"Account";"DE89370400440532013000"\n"Balance";"2.324,41 EUR"\n\n"Date";"Amount";"Currency";"Text"',
    bank,
    ['Date', 'Amount', 'Currency', 'Text'],
    bankRow,
  ),
  'a bank with a total below': {
    text: `Date;Amount;Currency;Text\n${bank}\nTotal;2324,41;EUR;\n`,
    columns: ['Date', 'Amount', 'Currency', 'Text'],
    row: bankRow,
  },
  // Blanks behind delimiters.
  'a comma and a blank': file(
    'id, name, lat, lon',
    '1001, Main Street, 48.2, 16.3\n1002, Station, 48.3, 16.4\n1003, Harbour, 48.1, 16.2',
    ['id', 'name', 'lat', 'lon'],
    ['1001', 'Main Street', '48.2', '16.3'],
  ),
  'a comma and a blank behind quotes': file(
    '"id", "name", "lat", "lon"',
    stops,
    ['id', 'name', 'lat', 'lon'],
    ['1001', 'Main Street', '48.2', '16.3'],
  ),
  'blanks in the header alone': file(
    '"id", "name", "lat", "lon"',
    stops.replaceAll(', ', ','),
    ['id', 'name', 'lat', 'lon'],
    ['1001', 'Main Street', '48.2', '16.3'],
  ),
  'blanks in some fields': file(
    'id,name,street,city,n',
    '1, Anna, Main St, Wien,5\n2, Jan, High St, Praha,7\n3, Eva, Low St, Brno,9',
    ['id', 'name', 'street', 'city', 'n'],
    ['1', ' Anna', ' Main St', ' Wien', '5'],
  ),
  'texts with commas between semicolons': file(
    'id;name;address',
    '1;Anna;Main Street, Wien\n2;Jan;High Street, Praha\n3;Eva;Low Street, Brno',
    ['id', 'name', 'address'],
    ['1', 'Anna', 'Main Street, Wien'],
  ),
  'texts with commas between tabs': file(
    'name\taddress',
    'Anna\tMain Street, Wien\nJan\tHigh Street, Praha\nEva\tLow Street, Brno',
    ['name', 'address'],
    ['Anna', 'Main Street, Wien'],
  ),
  'quoted lists between commas': file(
    'id,tags,n',
    '1,"a, b, c",5\n2,"d, e",7\n3,"f, g, h, i",9',
    ['id', 'tags', 'n'],
    ['1', 'a, b, c', '5'],
  ),
  // Texts of many lines.
  'texts of six lines': file(
    'id;title;text',
    [1, 2, 3].map((n) => `${n};Show ${n};"${'a line of text\n'.repeat(5)}the last"`).join('\n'),
    ['id', 'title', 'text'],
    ['1', 'Show 1', `${'a line of text\n'.repeat(5)}the last`],
  ),
  'texts of many lines with commas': file(
    'id;title;text',
    [1, 2, 3].map((n) => `${n};Show ${n};"${'a line, and more, of text\n'.repeat(12)}the last"`).join('\n'),
    ['id', 'title', 'text'],
    ['1', 'Show 1', `${'a line, and more, of text\n'.repeat(12)}the last`],
  ),
};

describe('a file of which nothing is known', () => {
  const folder = useFolder();
  it('is one of forty kinds', () =>
    assert.ok(Object.keys(FILES).length >= 40, `${Object.keys(FILES).length}`));
  for (const [name, { text, columns, row }] of Object.entries(FILES))
    it(`is read with ${name}`, async () => {
      const path = join(folder(), 'survey.csv');
      await writeFile(path, text);
      const page = await readCsv({ file: path, temporary: folder(), limit: 1 });
      assert.deepEqual({ columns: page.columns, row: page.rows[0] }, { columns, row });
    });
});
