// What of a slot's drift decides a report: nothing where nothing drifted, so that most reports depend on no other date.
import { driftId } from '../../lake';
import type { Config, DateKey, Table } from '../../model';
import type { SlotHistory, SlotRecord } from './slotRecord';
import { slotDrift } from './slotDrift';

/** The part of a validation's key that the drift of a table on a date makes, brand by brand. */
export function driftKeys(
  config: Config,
  table: Table,
  date: DateKey,
  slots: SlotHistory,
): readonly string[] {
  if (table.drift === 'ignore') return [];
  return config.brands.flatMap(({ name: brand }) => {
    const now = slots.on(date, brand, table.name);
    if (now === undefined) return [];
    const before = new EarlierSlots(slots.before(date, brand, table.name));
    const { drifts, pairs } = slotDrift({ table, brand, now, before });
    if (before.changing) return [JSON.stringify(['drift', brand, 'changing'])];
    if (drifts.length === 0) return [];
    const ids = new Set([
      ...drifts.map(driftId),
      ...pairs.map(({ column, header }) => driftId({ kind: 'renamed', column, header })),
    ]);
    const accepted = slots.accepted(brand, table.name).accepted.filter((one) => ids.has(driftId(one)));
    return [JSON.stringify(['drift', brand, table.drift, drifts, pairs, accepted])];
  });
}

/** Earlier dates as they are read, and whether one of those is about to change. */
class EarlierSlots implements Iterable<SlotRecord> {
  changing = false;

  constructor(private readonly records: Iterable<SlotRecord>) {}

  *[Symbol.iterator](): Iterator<SlotRecord> {
    for (const record of this.records) {
      if (record.changing === true) this.changing = true;
      yield record;
    }
  }
}
