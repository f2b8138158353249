// Faults in the rows of the programme guide.
import type { Market } from '../market';
import { padded } from '../values';
import {
  becomesNull,
  breaks,
  HOUR,
  missing,
  noon,
  RAGGED,
  unconvertible,
  type Change,
  type Plant,
  type Setter,
} from './kinds';

/** Planted events have channels of their own, so that the sequences of the others stay whole. */
function ownChannel(plant: string, change: (set: Setter, m: Market, k: number) => void): Change {
  return (set, m, n, k) => {
    set('channel_id', `${m.style.code}-C-${plant}${padded(n, 5)}`);
    set('sequence_no', String(k + 1));
    change(set, m, k);
  };
}
const hourFrom = (set: Setter, m: Market, start: number): void => {
  set('starts_at', m.texts.time(start));
  set('ends_at', m.texts.time(start + HOUR));
};
export const EPG: readonly Plant[] = [
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
