// Headers as vendors change them, on real runs: every change is reported, or every value still lands in its column.
import assert from 'node:assert/strict';
import { useFolder } from '../../../support/folder';
import { type Seeded, seeded } from '../../../support/seeded';
import {
  DAY,
  NEXT,
  type Ran,
  deliver,
  goldRows,
  reported,
  runDates,
  short,
  writeConfig,
} from './driftWorkspace';

const COLUMNS = ['record_id', 'title', 'price', 'fw_version', 'started_at', 'country', 'přijato'] as const;
const TYPES: Readonly<Record<string, object>> = {
  price: { type: 'DOUBLE' },
  started_at: { type: 'TIMESTAMP' },
  přijato: { type: 'BIGINT' },
};

/** A file: the meaning of each of its columns ("" for one that is new), and the header over it. */
interface Delivered {
  readonly meanings: readonly string[];
  readonly header: readonly string[];
}
const ORIGINAL: Delivered = { meanings: COLUMNS, header: COLUMNS };

type Mutate = (file: Delivered, random: Seeded) => Delivered;

const at = <T>(list: readonly T[], place: number, ...put: readonly T[]): readonly T[] => [
  ...list.slice(0, place),
  ...put,
  ...list.slice(place + 1),
];
/** Another text for one header. */
const renamed =
  (change: (name: string, random: Seeded) => string): Mutate =>
  (file, random) => {
    const place = random.below(file.header.length);
    return { ...file, header: at(file.header, place, change(file.header[place] ?? '', random)) };
  };
const inserted =
  (signs: readonly string[]): Mutate =>
  (file, random) =>
    renamed((name) => {
      const place = random.below(name.length + 1);
      return name.slice(0, place) + random.pick(signs) + name.slice(place);
    })(file, random);

const MUTATIONS: Readonly<Record<string, Mutate>> = {
  'a suffix': renamed((name, random) => `${name}${random.pick(['_eur', '2', ' (new)', '_v2', '.1'])}`),
  'a prefix': renamed((name, random) => `${random.pick(['the ', 'x_', 'cust_', 'T.'])}${name}`),
  'another word': renamed((_, random) => random.pick(['Foo', 'Stand', 'amount', 'Land', 'datum', 'wert'])),
  'letters less': renamed((name, random) => name.slice(0, 1 + random.below(name.length - 1))),
  'two letters swapped': renamed((name, random) => {
    const place = random.below(name.length - 1);
    return name.slice(0, place) + (name[place + 1] ?? '') + (name[place] ?? '') + name.slice(place + 2);
  }),
  'no name': renamed(() => ''),
  dropped: (file, random) => {
    const place = random.below(file.header.length);
    return { meanings: at(file.meanings, place), header: at(file.header, place) };
  },
  added: (file, random) => {
    const place = random.below(file.header.length);
    const name = random.pick(['extra', 'Price 2', 'titel', 'firmware', 'id']);
    return {
      meanings: at(file.meanings, place, '', file.meanings[place] ?? ''),
      header: at(file.header, place, name, file.header[place] ?? ''),
    };
  },
  reordered: (file, random) => {
    const order = file.header.map((_, i) => [random.below(1_000), i] as const).sort(([a], [b]) => a - b);
    return {
      meanings: order.map(([, i]) => file.meanings[i] ?? ''),
      header: order.map(([, i]) => file.header[i] ?? ''),
    };
  },
  doubled: (file, random) => {
    const place = random.below(file.header.length);
    const name = file.header[place] ?? '';
    const other = random.pick([name, name.toUpperCase(), ` ${name}`]);
    return { meanings: [...file.meanings, ''], header: [...file.header, other] };
  },
  'doubled ahead': (file, random) => {
    const place = random.below(file.header.length);
    const name = file.header[place] ?? '';
    return {
      meanings: ['', ...file.meanings],
      header: [random.pick([name, name.toUpperCase()]), ...file.header],
    };
  },
  'in capitals': (file) => ({ ...file, header: file.header.map((name) => name.toUpperCase()) }),
  'another case': renamed((name, random) =>
    random.pick([name.toUpperCase(), name.charAt(0).toUpperCase() + name.slice(1)]),
  ),
  'accents composed otherwise': (file, random) => ({
    ...file,
    header: file.header.map((name) => name.normalize(random.pick(['NFD', 'NFC']))),
  }),
  'an accent more': renamed((name) => name.replace(/[aeiou]/, (letter) => `${letter}\u0301`)),
  'accents less': (file) => ({
    ...file,
    header: file.header.map((name) => name.normalize('NFD').replace(/\p{M}/gu, '')),
  }),
  'a sign nobody sees': inserted(['\u200b', '\u00ad', '\ufeff', '\u200e', '\u2060']),
  'a blank or a hyphen': inserted([' ', '\u00a0', '-', '_', '\u2011', '\t']),
  'a letter that looks alike': renamed((name) => name.replace('e', '\u0435').replace('o', '\u043e')),
};

/** Two rows of distinct values, by meaning. */
function rowsOf(date: string, { meanings }: Delivered): readonly (readonly string[])[] {
  return [1, 2].map((n) =>
    meanings.map((meaning) => (meaning === '' ? `new ${n}` : valueOf(meaning, n, date))),
  );
}

function valueOf(meaning: string, n: number, date: string): string {
  switch (meaning) {
    case 'price':
      return `${n}.5`;
    case 'started_at':
      return `${date.slice(0, 4)}-${date.slice(4, 6)}-${date.slice(6)} 0${n}:30:00`;
    case 'přijato':
      return String(4_000 + n);
    default:
      return `${meaning} ${n}`;
  }
}

describe('mutated headers', function () {
  this.timeout(240_000);
  const folder = useFolder();

  /** Delivers the original on one day and a mutation of it on the next, a brand each; gives what is silent. */
  async function silentOf(
    seed: number,
    rounds: number,
  ): Promise<{ silent: string[]; told: number; ran: Ran }> {
    const random = seeded(seed);
    const names = Object.keys(MUTATIONS);
    const cases = Array.from({ length: rounds * names.length }, (_, i) => {
      const name = names[i % names.length] ?? '';
      const second = i >= names.length ? random.pick(names) : undefined;
      const once = MUTATIONS[name]?.(ORIGINAL, random) ?? ORIGINAL;
      const mutated = second === undefined ? once : (MUTATIONS[second]?.(once, random) ?? once);
      return { brand: `B${i}`, name: second === undefined ? name : `${name}, ${second}`, mutated };
    });
    await writeConfig(folder(), {
      brands: cases.map(({ brand }) => brand),
      columns: Object.fromEntries(COLUMNS.map((name) => [name, TYPES[name] ?? { type: 'VARCHAR' }])),
    });
    for (const { brand, mutated } of cases) {
      await deliver(folder(), { brand, date: DAY }, ORIGINAL.header, rowsOf(DAY, ORIGINAL));
      await deliver(folder(), { brand, date: NEXT }, mutated.header, rowsOf(NEXT, mutated));
    }
    const ran = await runDates(folder(), DAY, NEXT);
    // A doubled header with other values may keep a table from being loaded: that is said, too.
    const broken = ran.result.steps.filter(
      (step) => step.error !== undefined && step.stage !== 'gold-to-snowflake',
    );
    assert.deepEqual(
      broken.map((step) => [step.stage, step.brand, step.error?.message]),
      [],
    );
    assert.deepEqual(reported(ran, DAY).map(short), []);
    const rows = await goldRows(ran, NEXT);
    const drift = reported(ran, NEXT);
    const warned = new Set(
      ran.events.flatMap((e) => (e.event === 'step_finished' && e.drift !== undefined ? [e.brand] : [])),
    );
    const silent: string[] = [];
    let told = 0;
    for (const { brand, name, mutated } of cases) {
      const own = drift.filter((one) => one.brand === brand);
      assert.equal(warned.has(brand), own.length > 0, `${name}: event and report say the same`);
      if (own.length > 0) told += 1;
      const got = rows.filter((row) => row['_brand'] === brand);
      const right = [1, 2].every((n) =>
        got.some((row) =>
          COLUMNS.every((column) => String(row[column]).startsWith(valueOf(column, n, NEXT))),
        ),
      );
      if (own.length === 0 && !right) silent.push(`${name}: ${JSON.stringify(mutated.header)}`);
      // What was reported is nothing to cry wolf about: the same header in another form is no drift.
      const same = [
        'reordered',
        'in capitals',
        'another case',
        'accents composed otherwise',
        'a sign nobody sees',
      ];
      if (same.includes(name))
        assert.deepEqual(own.map(short), [], `${name}: ${JSON.stringify(mutated.header)}`);
    }
    return { silent, told, ran };
  }

  it('are reported, or land in the right columns', async () => {
    const { silent, told } = await silentOf(20241115, 3);
    assert.deepEqual(silent, []);
    assert.ok(told > 20, `${told} were reported`);
  });
});
