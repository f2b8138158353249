// Faults in the rows of the catalogue of titles.
import { padded } from '../values';
import { becomesNull, breaks, missing, puts, RAGGED, unconvertible, type Plant } from './kinds';

export const VOD: readonly Plant[] = [
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

export const VOD_FACTS: readonly Plant[] = [
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
