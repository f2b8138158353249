// Faults in the rows of viewings.
import { content, eventId, titleId, type Market } from '../market';
import {
  becomesNull,
  breaks,
  HOUR,
  missing,
  noon,
  puts,
  RAGGED,
  unconvertible,
  type Plant,
  type Setter,
} from './kinds';

const about = (set: Setter, m: Market, kind: 0 | 1 | 2, n: number): void => {
  const [type, event, title, price] = content(m, kind, n);
  set('content_type', type);
  set('event_id', event);
  set('vod_id', title);
  set('price', price);
};
const lasts = (set: Setter, m: Market, clock: number, counted: number): void => {
  set('started_at', m.texts.time(noon(m)));
  set('ended_at', m.texts.time(noon(m) + clock));
  set('duration_s', String(counted));
};
export const PLAYBACK: readonly Plant[] = [
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
