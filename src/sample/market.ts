// One brand on one date: sizes, words, text forms and the streams of chance its rows are drawn from.
import type { DateKey } from '../engine';
import { randomOf, type Random } from './random';
import type { Style } from './styles';
import type { TableName } from './tables';
import { centsText, dayOf, grouped, padded, textsOf, type Texts } from './values';
import { LEXICA, type Lexicon } from './words';

/** Rows of each table of one brand and date, planted ones left out. */
export type Sizes = Readonly<Record<TableName, number>>;

/** Sizes for `rows` viewings: the proportions of an operator's day. */
export function sizesOf(rows: number): Sizes {
  const share = (part: number): number => Math.max(1, Math.round(rows * part));
  const titles = Math.max(5, share(0.1));
  return {
    User: share(0.4),
    Smartcard: share(0.4),
    Device: share(0.5),
    EPG: share(0.4),
    VODCatalog: titles,
    // Some titles have no editorial facts yet.
    VODCatalogExtended: Math.floor(titles * 0.75),
    Playback: rows,
  };
}

export interface Market {
  readonly style: Style;
  readonly texts: Texts;
  readonly words: Lexicon;
  readonly sizes: Sizes;
  readonly date: DateKey;
  readonly day: number;
  /** The last day of the sample: what lasts over the days is dated from it. */
  readonly anchor: number;
  /** The same on every date, so that a subscriber keeps name and package. Draw equally often for each row. */
  readonly lasting: Random;
  /** New on every date. */
  readonly daily: Random;
}

/** The streams are the table's own: tables can be written in any order or alone. */
export function marketOf(
  style: Style,
  table: TableName,
  date: DateKey,
  sample: { readonly sizes: Sizes; readonly seed: number; readonly lastDate: DateKey },
): Market {
  const { seed, sizes } = sample;
  return {
    style,
    texts: textsOf(style),
    words: LEXICA[style.language],
    sizes,
    date,
    day: dayOf(date),
    anchor: dayOf(sample.lastDate),
    lasting: randomOf(seed, `${style.brand}/${table}`),
    daily: randomOf(seed, `${style.brand}/${table}/${date}`),
  };
}

/** Values of one row in the order of the config's columns; '' where there is none. */
export type Fields = string[];

// ---- keys: functions of an index, so that other tables can name a row without looking it up -------

const userId = (m: Market, i: number): string => `${m.style.code}-U-${padded(i, 8)}`;
const deviceId = (m: Market, i: number): string => `${m.style.code}-D-${padded(i, 8)}`;
export const eventId = (m: Market, i: number): string => `${m.style.code}-E-${m.date}-${padded(i, 7)}`;
/** Studios' numbers: the same for all brands. */
export const titleId = (i: number): string => `A${padded(i, 7)}`;

/** Subscribers 1, 21, 41, … are active and have an address; others may not. */
export const SUBSCRIBER_CYCLE = 20;

const at = (words: readonly [string, ...string[]], i: number): string => words[i % words.length] ?? words[0];

function firstName(m: Market, i: number): string {
  return at(m.words.first, i * 7 + Math.floor(i / 11));
}
function lastName(m: Market, i: number): string {
  return at(m.words.last, i * 5 + Math.floor(i / 13));
}
function title(m: Market, i: number): string {
  return `${at(m.words.what, i)} ${at(m.words.of, Math.floor(i / m.words.what.length))}`;
}
function sentence(m: Market, i: number): string {
  return at(m.words.sentences, i);
}

/** Unique per subscriber. */
export function email(m: Market, i: number): string {
  return `subscriber.${i}@${m.style.code.toLowerCase()}.example`;
}
/** Twelve characters, unique per device. */
export const serialNumber = (m: Market, i: number): string => `${m.style.code}${padded(i, 9)}`;
/** Fourteen digits, some with leading zeros: five for the brand, nine for the card. */
export const cardNumber = (m: Market, i: number): string =>
  padded(m.style.code.charCodeAt(0) * 100 + m.style.code.charCodeAt(2), 5) + padded(i, 9);
export const boxSerial = (m: Market, i: number): string => `BX${m.style.code}${padded(i, 9)}`;
const VENDORS = ['Nagra', 'Irdeto', 'Viaccess'] as const;
export const vendor = (i: number): string => VENDORS[i % 3] ?? 'Nagra';
/** Cards are paired except every third. */
export const isPaired = (i: number): boolean => i % 3 !== 0;

// ---- rows ----------------------------------------------------------------------------------------

const PACKAGES = ['BASIC', 'BASIC', 'FAMILY', 'FAMILY', 'FAMILY', 'SPORT', 'CINEMA', 'ALL_IN'] as const;
const FEES: Readonly<Record<string, number>> = {
  BASIC: 990,
  FAMILY: 1990,
  SPORT: 2990,
  CINEMA: 2790,
  ALL_IN: 4990,
};
const HOUR = 3600;
const DAY = 86400;

function user(m: Market, i: number): Fields {
  const { lasting, daily, texts, style } = m;
  const tariff = lasting.pick(PACKAGES);
  const created = (m.anchor - 500 - lasting.below(3000)) * DAY + 8 * HOUR + lasting.below(10 * HOUR);
  const born = m.anchor - lasting.below(20000) - 10600;
  const digits = lasting.below(10000000);
  const state = i % SUBSCRIBER_CYCLE === 13 ? 2 : i % SUBSCRIBER_CYCLE === 17 ? 1 : 0;
  const touched = daily.below(10) === 0 || i === 0;
  return [
    userId(m, i),
    i % 10 === 7 ? '' : email(m, i),
    firstName(m, i),
    lastName(m, i),
    i % 4 === 3 ? '' : `+4${padded(digits, 9)}`,
    texts.day(born),
    style.country,
    style.language,
    tariff,
    style.statuses[state],
    texts.cents(FEES[tariff] ?? 1990),
    i % 3 === 0 && style.currency === 'EUR' ? '' : style.currency,
    i % 5 === 4 ? '' : texts.flag(i % 2 === 0),
    texts.time(created),
    state === 2 ? texts.time((m.anchor - 30 - (i % 300)) * DAY + 12 * HOUR) : '',
    touched
      ? texts.time(m.day * DAY + 6 * HOUR + daily.below(16 * HOUR))
      : texts.time((m.anchor - 410 - (i % 80)) * DAY + 12 * HOUR),
  ];
}

function smartcard(m: Market, i: number): Fields {
  const { lasting, daily, texts } = m;
  const issued = m.anchor - 500 - lasting.below(1500);
  const inStock = i % 10 === 9;
  return [
    cardNumber(m, i),
    inStock ? '' : userId(m, i % m.sizes.User),
    lasting.below(4) === 0 ? 'module' : 'CARD',
    vendor(i),
    inStock ? 'STOCK' : 'ACTIVE',
    texts.day(issued),
    texts.day(issued + 3650),
    inStock ? '' : texts.time(m.day * DAY + 5 * HOUR + daily.below(15 * HOUR)),
    i % 6 === 5 ? '' : centsText([0, 1500, 2500, 4000][i % 4] ?? 0, ','),
    texts.flag(isPaired(i)),
    boxSerial(m, i),
  ];
}

const DEVICE_TYPES = ['STB', 'STB', 'stb', 'SetTop', 'Mobile', 'TABLET', 'SMART_TV', ' web'] as const;
const MODELS: readonly [readonly [string, string], ...(readonly [string, string])[]] = [
  ['Arris', 'VIP5305'],
  ['Kaon', 'KSTB6080'],
  ['Technicolor', 'DCX-960'],
  ['Samsung', 'QE55, 2022'],
  ['Vestel', 'VS-1100 "Pro"'],
];
const STORAGE = ['250', '320', '320', '500', '500', '640', ''] as const;
const HEX = '0123456789abcdef';

function device(m: Market, i: number): Fields {
  const { lasting, daily, texts } = m;
  const [maker, model] = lasting.pick(MODELS);
  let mac = '02';
  for (let byte = 0; byte < 5; byte++)
    mac += `-${HEX[lasting.below(16)] ?? '0'}${HEX[(i >> (byte * 4)) & 15] ?? '0'}`;
  const registered = (m.anchor - 500 - lasting.below(2000)) * DAY + 9 * HOUR + lasting.below(10 * HOUR);
  const seen = m.day * DAY + 5 * HOUR + daily.below(18 * HOUR);
  return [
    deviceId(m, i),
    userId(m, i % m.sizes.User),
    serialNumber(m, i),
    lasting.pick(DEVICE_TYPES),
    maker,
    model,
    `${3 + lasting.below(3)}.${lasting.below(12)}.${lasting.below(40)}`,
    mac,
    lasting.pick(STORAGE),
    texts.time(registered),
    i % 12 === 11 ? '' : texts.time(seen),
    texts.flag(i % 8 !== 5),
  ];
}

const GENRES = ['MOVIE', 'NEWS', 'Kids', 'SPORT', ' SERIES', 'DOCUMENTARY', ''] as const;
const AGES = ['0', '6', '12', '16', '18', 'ALL', ''] as const;
const PER_CHANNEL = 24;
/** Half-open slots of 50 minutes from 05:00, moved by up to ten minutes: starts rise, ends meet the next start. */
const slotStart = (channel: number, slot: number): number =>
  5 * HOUR +
  slot * 3000 +
  (slot === 0 || slot === PER_CHANNEL ? 0 : ((channel * 7 + slot * 13) % 5) * 300 - 600);

function epg(m: Market, i: number): Fields {
  const { daily, texts } = m;
  const channel = Math.floor(i / PER_CHANNEL);
  const slot = i % PER_CHANNEL;
  const series = daily.below(3) === 0;
  const about = daily.below(1000);
  return [
    eventId(m, i),
    `${m.style.code}-C-${padded(channel + 1, 5)}`,
    `${m.style.brand} ${channel + 1}`,
    String(slot + 1),
    title(m, about),
    // Every fortieth text has a line break inside: records are not lines.
    about % 40 === 0
      ? `${sentence(m, about)}${m.style.newline}${sentence(m, about + 1)}`
      : about % 9 === 0
        ? ''
        : `${sentence(m, about)} ${title(m, about + 3)}.`,
    daily.pick(GENRES),
    texts.time(m.day * DAY + slotStart(channel, slot)),
    texts.time(m.day * DAY + slotStart(channel, slot + 1)),
    series ? String(1 + daily.below(9)) : '',
    series ? String(1 + daily.below(24)) : '',
    daily.pick(AGES),
    i % 4 === 0 ? '' : texts.flag(i % 4 === 1),
  ];
}

const TITLE_TYPES = ['Movie', 'FILM', 'Series', 'EPISODE', 'Documentary', 'KIDS', 'SPORT'] as const;

/** Hundredths; sport may be dear. */
function titlePrice(i: number): number {
  return i % TITLE_TYPES.length === 6 ? 1990 + (i % 5) * 400 : ([0, 299, 399, 499, 599][i % 5] ?? 0);
}

function vodTitle(m: Market, i: number): Fields {
  const { lasting, daily, texts, style } = m;
  const from = m.anchor - 450 - lasting.below(300);
  return [
    titleId(i),
    title(m, i),
    i % 3 === 0 ? '' : `The ${style.code} Story ${i}`,
    TITLE_TYPES[i % TITLE_TYPES.length] ?? 'Movie',
    GENRES[i % 6] ?? '',
    String(1950 + lasting.below(75)),
    i % 11 === 10 ? '' : String(22 + lasting.below(140)),
    style.language.toUpperCase(),
    texts.cents(titlePrice(i)),
    i % 4 === 0 && style.currency === 'EUR' ? '' : style.currency,
    texts.number((20 + daily.below(80)) / 10),
    texts.flag(i % 3 !== 0),
    texts.day(from),
    i % 6 === 5 ? '' : texts.day(from + 800 + lasting.below(700)),
  ];
}

const DRM = ['Widevine', 'PLAYREADY', 'FAIRPLAY', 'NONE'] as const;

function vodFacts(m: Market, i: number): Fields {
  const { lasting, daily, texts } = m;
  const from = m.anchor - 450 - lasting.below(900);
  const hex = (n: number): string =>
    lasting
      .below(2 ** n)
      .toString(16)
      .padStart(n / 4, '0');
  return [
    titleId(i),
    `${hex(32)}-${hex(16)}-4${hex(12)}-a${hex(12)}-${hex(24)}${hex(24)}`,
    i % 7 === 6 ? '' : `tt${padded(1000000 + lasting.below(9000000), 7)}`,
    `${firstName(m, i)} ${lastName(m, i)}`,
    `${firstName(m, i + 1)} ${lastName(m, i + 2)}, ${firstName(m, i + 3)} ${lastName(m, i + 4)}`,
    `${sentence(m, i)} ${sentence(m, i + 1)}`,
    `https://img.example/${m.style.code.toLowerCase()}/${titleId(i)}.jpg?w=320&h=480`,
    `${1990 + lasting.below(35)}-${padded(1 + lasting.below(12), 2)}`,
    lasting.pick(DRM),
    grouped(100000 + lasting.below(250000000)),
    texts.day(from),
    texts.day(from + 365 * (4 + lasting.below(3))),
    texts.time(m.day * DAY + 5 * HOUR + daily.below(4 * HOUR)),
  ];
}

/** What a viewing is about: text of content_type, event_id, vod_id, price. */
export function content(m: Market, kind: 0 | 1 | 2, i: number): readonly [string, string, string, string] {
  const words = m.style.contents[kind];
  if (kind === 2) {
    const picked = i % m.sizes.VODCatalog;
    return [words, '', titleId(picked), m.texts.cents(titlePrice(picked))];
  }
  return [words, eventId(m, i % m.sizes.EPG), '', kind === 0 ? '' : m.texts.cents(0)];
}

function playback(m: Market, i: number): Fields {
  const { daily, texts, style } = m;
  const box = daily.below(m.sizes.Device);
  const draw = daily.below(10);
  const [type, event, vod, price] = content(m, draw < 6 ? 0 : draw < 8 ? 1 : 2, daily.below(1 << 30));
  const start = m.day * DAY + 5 * HOUR + daily.below(66600);
  const duration = 120 + daily.below(5000);
  return [
    `${style.code}-P-${m.date}-${padded(i, 8)}`,
    userId(m, box % m.sizes.User),
    deviceId(m, box),
    type,
    event,
    vod,
    texts.time(start),
    texts.time(start + duration),
    String(duration),
    i % 50 === 49 ? '' : String(1500 + daily.below(6500)),
    texts.number(daily.below(500) / 10000),
    price,
    i % 9 === 8 ? style.country.toLowerCase() : style.country,
    `${4 + (i % 3)}.${i % 10}.${i % 7}`,
  ];
}

/** Makes the fields of row `i` of a table, valid in every way; rows are asked for in ascending order. */
export const ROWS: Readonly<Record<TableName, (m: Market, i: number) => Fields>> = {
  User: user,
  Smartcard: smartcard,
  Device: device,
  EPG: epg,
  VODCatalog: vodTitle,
  VODCatalogExtended: vodFacts,
  Playback: playback,
};
