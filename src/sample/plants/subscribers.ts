// Faults in the rows of subscribers, their cards and their devices.
import {
  boxSerial,
  cardNumber,
  email,
  isPaired,
  serialNumber,
  SUBSCRIBER_CYCLE,
  vendor,
  type Market,
} from '../market';
import { padded } from '../values';
import {
  becomesNull,
  breaks,
  breaksWithPartner,
  HOUR,
  missing,
  puts,
  RAGGED,
  unconvertible,
  type Plant,
} from './kinds';

const active = (m: Market): readonly (readonly [string, string])[] => [
  ['status', m.style.statuses[0]],
  ['cancelled_at', ''],
];

export const USER: readonly Plant[] = [
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

export const SMARTCARD: readonly Plant[] = [
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

export const DEVICE: readonly Plant[] = [
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
