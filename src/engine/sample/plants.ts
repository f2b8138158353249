// What is wrong in the sample, on purpose: each plant adds rows of its own and says what they must come to.
import {
  boxSerial,
  cardNumber,
  content,
  email,
  eventId,
  isPaired,
  serialNumber,
  SUBSCRIBER_CYCLE,
  titleId,
  vendor,
  type Fields,
  type Market,
} from './market';
import type { TableName } from './tables';
import { padded } from './values';

/** What becomes of the rows of a plant. */
export type Effect =
  /** Another number of fields than the header: kept out on the way to raw. */
  | { readonly kind: 'ragged'; readonly fields: 'too few' | 'too many' }
  /** Kept out on the way to silver. */
  | { readonly kind: 'rejected'; readonly column: string; readonly why: 'missing' | 'unconvertible' }
  /** One value becomes NULL, the row stays. */
  | { readonly kind: 'null'; readonly column: string }
  /** The row before it once more: one of the two is removed on the way to gold. */
  | { readonly kind: 'duplicate' }
  /** Without a key: kept out on the way to gold. */
  | { readonly kind: 'key missing'; readonly column: string }
  /** `breaks`: for each rule, how many of the plant's rows break it. */
  | {
      readonly kind: 'rules';
      readonly breaks: Readonly<Record<string, readonly number[]>>;
      readonly partner?: readonly string[];
    };

/** Changes fields by column name; `n` counts the plant's own occurrences, `k` its rows within one. */
export type Change = (set: (column: string, value: string) => void, m: Market, n: number, k: number) => void;

export interface Plant {
  readonly name: string;
  readonly effect: Effect;
  /** Rows of one occurrence; 1 without it. */
  readonly rows?: number;
  readonly change: Change;
}

/** Row 0 (the only one of most plants) breaks these rules. */
const breaks = (...rules: readonly string[]): Effect => ({
  kind: 'rules',
  breaks: Object.fromEntries(rules.map((rule) => [rule, [0]])),
});
/** The planted row and the sound row whose value it repeats break these rules. */
const breaksWithPartner = (...rules: readonly string[]): Effect => ({
  kind: 'rules',
  breaks: Object.fromEntries(rules.map((rule) => [rule, [0]])),
  partner: rules,
});

const nothing: Change = () => undefined;
const puts =
  (...values: readonly (readonly [string, string])[]): Change =>
  (set) =>
    values.forEach(([column, value]) => set(column, value));

const RAGGED: readonly Plant[] = [
  { name: 'too few fields', effect: { kind: 'ragged', fields: 'too few' }, change: nothing },
  { name: 'too many fields', effect: { kind: 'ragged', fields: 'too many' }, change: nothing },
  { name: 'delivered twice', effect: { kind: 'duplicate' }, change: nothing },
];
const missing = (column: string): Plant => ({
  name: `${column} is missing`,
  effect: { kind: 'rejected', column, why: 'missing' },
  change: puts([column, '']),
});
const unconvertible = (column: string, value: string): Plant => ({
  name: `${column} cannot be read`,
  effect: { kind: 'rejected', column, why: 'unconvertible' },
  change: puts([column, value]),
});
const becomesNull = (
  column: string,
  value: string,
  ...also: readonly (readonly [string, string])[]
): Plant => ({
  name: `${column} becomes NULL`,
  effect: { kind: 'null', column },
  change: puts([column, value], ...also),
});
const HOUR = 3600;
const noon = (m: Market): number => m.day * 86400 + 12 * HOUR;

const active = (m: Market): readonly (readonly [string, string])[] => [
  ['status', m.style.statuses[0]],
  ['cancelled_at', ''],
];

const USER: readonly Plant[] = [
  ...RAGGED,
  unconvertible('created_at', '0000-00-00 00:00:00'),
  unconvertible('monthly_fee', 'free'),
  missing('package'),
  becomesNull('birth_date', '00.00.0000'),
  {
    name: 'id of another system',
    effect: breaks('user_id_form'),
    change: (set, m, n) => set('user_id', `${m.style.code}-X-${padded(n, 8)}`),
  },
  {
    name: 'address without @',
    effect: breaks('user_email_form'),
    change: (set, m, n) => set('email', `nobody.${n}.${m.style.code.toLowerCase()}.example`),
  },
  {
    name: 'address of another subscriber',
    effect: breaksWithPartner('user_email_once'),
    change: (set, m, n) => {
      for (const [column, value] of active(m)) set(column, value);
      set('email', email(m, n * SUBSCRIBER_CYCLE + 1).toUpperCase());
    },
  },
  {
    name: 'unknown status',
    effect: breaks('user_status_known'),
    change: puts(['status', 'PENDING'], ['cancelled_at', '']),
  },
  {
    name: 'cancelled without a date',
    effect: breaks('user_cancelled_has_date'),
    change: (set, m) => {
      set('status', m.style.statuses[2]);
      set('cancelled_at', '');
    },
  },
  {
    name: 'cancelled before created',
    effect: breaks('user_cancelled_after_created'),
    change: (set, m) => {
      set('status', m.style.statuses[2]);
      set('created_at', m.texts.time((m.anchor - 500) * 86400 + 12 * HOUR));
      set('cancelled_at', m.texts.time((m.anchor - 501) * 86400 + 12 * HOUR));
    },
  },
  {
    name: 'fee out of bounds',
    effect: breaks('user_fee_plausible'),
    change: (set, m) => set('monthly_fee', m.texts.cents(99900)),
  },
  {
    name: 'name too long for a letter',
    effect: breaks('user_name_length'),
    change: puts([
      'last_name',
      'van der Oudenhoven-Sint-Maartensdijk tot Wassenaar en de Lage Landen bij de Zee',
    ]),
  },
  {
    name: 'under age',
    effect: breaks('user_of_age'),
    change: (set, m) => set('birth_date', m.texts.day(m.anchor - 5000)),
  },
  {
    name: 'two faults in one row',
    effect: breaks('user_status_known', 'user_fee_plausible', 'user_email_form'),
    change: (set, m) => {
      set('status', 'TEST');
      set('cancelled_at', '');
      set('monthly_fee', m.texts.cents(123456));
      set('email', 'test');
    },
  },
];

const SMARTCARD: readonly Plant[] = [
  ...RAGGED,
  unconvertible('issued_on', '31.02.2024'),
  missing('status'),
  becomesNull('expires_on', 'never'),
  {
    name: 'no card number',
    effect: { kind: 'key missing', column: 'card_number' },
    change: puts(['card_number', '']),
  },
  {
    name: 'card number cut short',
    effect: breaks('card_number_form'),
    change: (set, m, n) => set('card_number', cardNumber(m, n).slice(2)),
  },
  {
    name: 'unknown subscriber',
    effect: breaks('card_user_known'),
    change: (set, m) => set('user_id', `${m.style.code}-U-99999999`),
  },
  { name: 'cloned card', effect: breaks('card_not_blocked'), change: puts(['status', 'Cloned']) },
  {
    name: 'expires before it is issued',
    effect: breaks('card_dates_in_order'),
    change: (set, m) => {
      set('issued_on', m.texts.day(m.anchor - 500));
      set('expires_on', m.texts.day(m.anchor - 900));
    },
  },
  {
    name: 'box of another card',
    effect: breaksWithPartner('card_box_once'),
    change: (set, m, n) => {
      const other = n * 3 + 1;
      set('vendor', vendor(other));
      set('box_serial', boxSerial(m, other));
      set('is_paired', m.texts.flag(isPaired(other)));
    },
  },
  {
    name: 'deposit out of bounds',
    effect: breaks('card_deposit_plausible'),
    change: puts(['deposit_eur', '400,00']),
  },
];

const DEVICE: readonly Plant[] = [
  ...RAGGED,
  unconvertible('is_active', '?'),
  missing('device_type'),
  becomesNull('storage_gb', 'unlimited'),
  { name: 'no serial number', effect: breaks('not_null_serial_number'), change: puts(['serial_number', '']) },
  {
    name: 'serial number of another device',
    effect: breaksWithPartner('device_serial_once'),
    change: (set, m, n) => set('serial_number', serialNumber(m, n * 2).toLowerCase()),
  },
  {
    name: 'unknown subscriber',
    effect: breaks('device_user_known'),
    change: (set, m) => set('user_id', `${m.style.code}-U-99999999`),
  },
  { name: 'unknown type', effect: breaks('device_type_known'), change: puts(['device_type', 'Fridge']) },
  {
    name: 'broken MAC address',
    effect: breaks('device_mac_form'),
    change: puts(['mac_address', '02-1g-00-00-00']),
  },
  {
    name: 'serial number scanned twice',
    effect: breaks('device_serial_length'),
    change: (set, m, n) =>
      set('serial_number', `${m.style.code}9${padded(n, 8)}${m.style.code}9${padded(n, 8)}`),
  },
  {
    name: 'test firmware',
    effect: breaks('device_firmware_not_beta'),
    change: puts(['firmware', '5.1.0-beta2']),
  },
  {
    name: 'clock at 1970',
    effect: breaks('device_seen_after_registered'),
    change: (set, m) => set('last_seen_at', m.texts.time(7 * HOUR)),
  },
  {
    name: 'storage in megabytes',
    effect: breaks('device_storage_usual'),
    change: puts(['storage_gb', '512000']),
  },
];

/** Planted events have channels of their own, so that the sequences of the others stay whole. */
function ownChannel(
  plant: string,
  change: (set: Parameters<Change>[0], m: Market, k: number) => void,
): Change {
  return (set, m, n, k) => {
    set('channel_id', `${m.style.code}-C-${plant}${padded(n, 5)}`);
    set('sequence_no', String(k + 1));
    change(set, m, k);
  };
}
const hourFrom = (set: Parameters<Change>[0], m: Market, start: number): void => {
  set('starts_at', m.texts.time(start));
  set('ends_at', m.texts.time(start + HOUR));
};
const EPG: readonly Plant[] = [
  ...RAGGED,
  unconvertible('starts_at', 'after the news'),
  missing('title'),
  {
    ...becomesNull('season', 'II'),
    change: ownChannel('N', (set) => {
      set('season', 'II');
      set('episode', '');
    }),
  },
  {
    name: 'two events at once',
    rows: 2,
    effect: { kind: 'rules', breaks: { epg_slot_once: [0, 1] } },
    change: ownChannel('S', (set, m) => hourFrom(set, m, noon(m))),
  },
  {
    name: 'ends before it starts',
    effect: breaks('epg_ends_after_start'),
    change: ownChannel('B', (set, m) => {
      set('starts_at', m.texts.time(noon(m)));
      set('ends_at', m.texts.time(noon(m) - HOUR));
    }),
  },
  {
    name: 'sequence against the clock',
    rows: 2,
    effect: { kind: 'rules', breaks: { epg_in_order: [1] } },
    change: ownChannel('O', (set, m, k) => hourFrom(set, m, noon(m) - k * 2 * HOUR)),
  },
  {
    name: 'number left out',
    rows: 2,
    effect: { kind: 'rules', breaks: { epg_no_hole: [1] } },
    change: ownChannel('G', (set, m, k) => {
      set('sequence_no', k === 0 ? '1' : '3');
      hourFrom(set, m, noon(m) + k * HOUR);
    }),
  },
  {
    name: 'unknown age rating',
    effect: breaks('epg_age_rating_known'),
    change: ownChannel('A', (set) => set('age_rating', '99')),
  },
  {
    name: 'placeholder title',
    effect: breaks('epg_title_no_placeholder'),
    change: ownChannel('T', (set) => set('title', 'TBA')),
  },
  {
    name: 'title too long',
    effect: breaks('epg_title_length'),
    change: ownChannel('L', (set) => set('title', 'A very long evening '.repeat(7).trim())),
  },
  {
    name: 'episode without a season',
    effect: breaks('epg_episode_has_season'),
    change: ownChannel('E', (set) => {
      set('season', '');
      set('episode', '7');
    }),
  },
];

const VOD: readonly Plant[] = [
  ...RAGGED,
  unconvertible('available_from', 'soon'),
  missing('title'),
  becomesNull('runtime_min', '1h45'),
  becomesNull('rating', 'n.r.'),
  { name: 'before film', effect: breaks('vod_year_plausible'), change: puts(['release_year', '1066']) },
  {
    name: 'window reversed',
    effect: breaks('vod_window_in_order'),
    change: (set, m) => set('available_to', m.texts.day(m.anchor - 2000)),
  },
  { name: 'unknown type', effect: breaks('vod_type_known'), change: puts(['content_type', 'GAME']) },
  {
    name: 'price out of bounds',
    effect: breaks('vod_price_plausible'),
    change: (set, m) => {
      set('content_type', 'MOVIE');
      set('price', m.texts.cents(7900));
    },
  },
  {
    name: 'rating out of 100',
    effect: breaks('vod_rating_scale'),
    change: puts(['rating', '85']),
  },
  { name: 'currency written out', effect: breaks('vod_currency_form'), change: puts(['currency', 'EURO']) },
];

const VOD_FACTS: readonly Plant[] = [
  ...RAGGED,
  unconvertible('rights_from', 'perpetual'),
  missing('rights_until'),
  becomesNull('rights_fee', 'tbd'),
  { name: 'no UUID', effect: breaks('not_null_content_uuid'), change: puts(['content_uuid', '']) },
  {
    name: 'unknown title',
    effect: breaks('vodx_title_known'),
    change: (set, _m, n) => set('vod_id', `A99${padded(n, 5)}`),
  },
  {
    name: 'broken UUID',
    effect: breaks('vodx_uuid_form'),
    change: puts(['content_uuid', '0000-not-a-uuid']),
  },
  {
    name: 'poster without address',
    effect: breaks('vodx_poster_url'),
    change: puts(['poster_url', 'poster final (2).jpg']),
  },
  { name: 'thirteenth month', effect: breaks('vodx_month_form'), change: puts(['release_month', '2019-13']) },
  {
    name: 'number of the film database cut',
    effect: breaks('vodx_imdb_form'),
    change: puts(['imdb_id', '0111161']),
  },
  {
    name: 'rights reversed',
    effect: breaks('vodx_rights_in_order'),
    change: (set, m) => set('rights_until', m.texts.day(m.anchor - 4000)),
  },
  { name: 'scheme without a player', effect: breaks('vodx_drm_known'), change: puts(['drm_scheme', 'CSS']) },
];

const about = (set: Parameters<Change>[0], m: Market, kind: 0 | 1 | 2, n: number): void => {
  const [type, event, title, price] = content(m, kind, n);
  set('content_type', type);
  set('event_id', event);
  set('vod_id', title);
  set('price', price);
};
const lasts = (set: Parameters<Change>[0], m: Market, clock: number, counted: number): void => {
  set('started_at', m.texts.time(noon(m)));
  set('ended_at', m.texts.time(noon(m) + clock));
  set('duration_s', String(counted));
};
const PLAYBACK: readonly Plant[] = [
  ...RAGGED,
  unconvertible('started_at', 'not recorded'),
  unconvertible('duration_s', '12:30'),
  missing('user_id'),
  becomesNull('bitrate_kbps', 'auto'),
  becomesNull('buffering_ratio', 'low'),
  {
    name: 'unknown subscriber',
    effect: breaks('playback_user_known'),
    change: (set, m) => set('user_id', `${m.style.code}-U-99999999`),
  },
  {
    name: 'unknown device',
    effect: breaks('playback_device_known'),
    change: (set, m) => set('device_id', `${m.style.code}-D-99999999`),
  },
  {
    name: 'unknown title',
    effect: breaks('playback_title_known'),
    change: (set, m, n) => {
      about(set, m, 2, n);
      set('vod_id', titleId(9999999));
    },
  },
  {
    name: 'unknown event',
    effect: breaks('playback_event_known'),
    change: (set, m, n) => {
      about(set, m, 1, n);
      set('event_id', eventId(m, 9999999));
    },
  },
  {
    name: 'unknown content',
    effect: breaks('playback_content_known'),
    change: (set, m, n) => {
      about(set, m, 0, n);
      set('content_type', 'RADIO');
    },
  },
  {
    name: 'on demand without a title',
    effect: breaks('playback_vod_has_title'),
    change: (set, m, n) => {
      about(set, m, 2, n);
      set('vod_id', '');
    },
  },
  {
    name: 'longer than a day',
    effect: breaks('playback_duration_plausible', 'playback_duration_agrees'),
    change: (set, m) => lasts(set, m, HOUR, 90000),
  },
  {
    name: 'ends before it starts',
    effect: breaks('playback_ends_after_start', 'playback_duration_agrees'),
    change: (set, m) => lasts(set, m, -600, 600),
  },
  {
    name: 'counted seconds and clock differ',
    effect: breaks('playback_duration_agrees'),
    change: (set, m) => lasts(set, m, HOUR, HOUR + 120),
  },
  {
    name: 'buffering in percent',
    effect: breaks('playback_buffering_share'),
    change: (set, m) => set('buffering_ratio', m.texts.number(37.5)),
  },
  {
    name: 'bitrate in bits',
    effect: breaks('playback_bitrate_usual'),
    change: puts(['bitrate_kbps', '4500000']),
  },
  {
    name: 'live viewing billed',
    effect: breaks('playback_live_is_free'),
    change: (set, m, n) => {
      about(set, m, 0, n);
      set('price', m.texts.cents(499));
    },
  },
  {
    name: 'country of three letters',
    effect: breaks('playback_country_code'),
    change: puts(['country', 'DEU']),
  },
  {
    name: 'build of a developer',
    effect: breaks('playback_version_form'),
    change: puts(['app_version', 'dev-build']),
  },
  {
    name: 'two faults in one row',
    effect: breaks('playback_user_known', 'playback_content_known', 'playback_version_form'),
    change: (set, m, n) => {
      about(set, m, 0, n);
      set('user_id', `${m.style.code}-U-TEST0001`);
      set('content_type', 'TEST');
      set('app_version', 'test');
    },
  },
];

export const PLANTS: Readonly<Record<TableName, readonly Plant[]>> = {
  User: USER,
  Smartcard: SMARTCARD,
  Device: DEVICE,
  EPG,
  VODCatalog: VOD,
  VODCatalogExtended: VOD_FACTS,
  Playback: PLAYBACK,
};

/** Fewer sound rows than this carry no plants: limits in percent would be broken by a single one. */
export const LEAST_ROWS = 60;

/**
 * The plants of a table in the files of a brand: each is found at two of the brands, so that no brand has
 * them all, once for each thousand rows begun.
 */
export function plantsOf(
  table: TableName,
  brand: number,
  brands: number,
  rows: number,
): readonly { readonly plant: Plant; readonly times: number }[] {
  if (rows < LEAST_ROWS) return [];
  return PLANTS[table]
    .filter((_, i) => (i * 2) % brands === brand || (i * 2 + 3) % brands === brand)
    .map((plant) => ({ plant, times: Math.ceil(rows / 1000) }));
}

/** Applies a plant to a row made for it. */
export function applyPlant(
  plant: Plant,
  fields: Fields,
  index: (column: string) => number,
  m: Market,
  n: number,
  k: number,
): void {
  plant.change((column, value) => (fields[index(column)] = value), m, n, k);
}
