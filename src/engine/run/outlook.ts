// What will be published once a plan is carried out: what is there now, and what the plan is about to change.
import type { DateKey } from '../model';
import type { PublishedOutputs, SlotHistory, SlotRecord } from '../stages';
import { slotId } from './inventory';

/** Stands for a key that is not known before its step has run: no published key is like it. */
const CHANGING = '(about to change)';

const nameOf = (table: string, date: DateKey): string => `${date} ${table}`;

/** What was looked up and is about to change. */
export type Met = 'tables' | 'history' | 'files';

/** An outlook that grows while a plan is made, date by date: what is about to change counts as changed. */
export class Outlook implements PublishedOutputs {
  readonly #now: PublishedOutputs;
  readonly #gold = new Map<string, DateKey[]>();
  readonly #validations = new Set<string>();
  /** By slot, ascending. */
  readonly #slots = new Map<string, DateKey[]>();
  #met: Met | undefined;

  constructor(now: PublishedOutputs) {
    this.#now = now;
  }

  /** The gold of a table and date is going to be made again. Dates come ascending. */
  changeGold(table: string, date: DateKey): void {
    const dates = this.#gold.get(table);
    if (dates === undefined) this.#gold.set(table, [date]);
    else dates.push(date);
  }

  /** A validation is going to be made again. */
  changeValidation(table: string, date: DateKey): void {
    this.#validations.add(nameOf(table, date));
  }

  /** Files of a slot, or what becomes of their values, are going to be others. Dates come ascending. */
  changeSlot(brand: string, table: string, date: DateKey): void {
    const slot = slotId(brand, table);
    this.#slots.set(slot, [...(this.#slots.get(slot) ?? []), date]);
  }

  /** The dates before one on which a slot is about to change, newest first. */
  slotChangesBefore(brand: string, table: string, date: DateKey): readonly DateKey[] {
    return (this.#slots.get(slotId(brand, table)) ?? []).filter((day) => day < date).reverse();
  }

  /** Is the gold of the table and date about to change? */
  goldChanges(table: string, date: DateKey): boolean {
    return this.#gold.get(table)?.includes(date) === true;
  }

  /** The dates before one on which the gold of a table is about to change. */
  goldChangesBefore(table: string, date: DateKey): readonly DateKey[] {
    return this.#gold.get(table)?.filter((day) => day < date) ?? [];
  }

  validationChanges(table: string, date: DateKey): boolean {
    return this.#validations.has(nameOf(table, date));
  }

  /** What was looked up since the last time this was asked and is about to change. */
  met(): Met | undefined {
    const met = this.#met;
    this.#met = undefined;
    return met;
  }

  readonly goldKeyOf: PublishedOutputs['goldKeyOf'] = (table, date) => {
    if (!this.goldChanges(table, date)) return this.#now.goldKeyOf(table, date);
    this.#met ??= 'tables';
    return CHANGING;
  };

  readonly latestGoldBefore: PublishedOutputs['latestGoldBefore'] = (table, date) => {
    const published = this.#now.latestGoldBefore(table, date);
    const made = this.#gold.get(table)?.findLast((d) => d < date);
    return made === undefined || (published !== undefined && published > made) ? published : made;
  };

  readonly rejectedOf: PublishedOutputs['rejectedOf'] = (table, date) => this.#now.rejectedOf(table, date);

  readonly observedOn: PublishedOutputs['observedOn'] = (table, date) => {
    if (!this.validationChanges(table, date)) return this.#now.observedOn(table, date);
    this.#met ??= 'history';
    return 'changing';
  };

  get slots(): SlotHistory {
    const { slots } = this.#now;
    return { ...slots, before: (date, brand, table) => this.#before(date, brand, table) };
  }

  /** The published dates of a slot and those about to change, newest first. */
  *#before(date: DateKey, brand: string, table: string): Generator<SlotRecord> {
    const changing = [...this.slotChangesBefore(brand, table, date)];
    for (const record of this.#now.slots.before(date, brand, table)) {
      while (changing[0] !== undefined && changing[0] > record.date) yield this.#changed(changing.shift());
      if (changing[0] === record.date) yield this.#changed(changing.shift());
      else yield record;
    }
    while (changing.length > 0) yield this.#changed(changing.shift());
  }

  #changed(date: DateKey = ''): SlotRecord {
    this.#met ??= 'files';
    return { date, files: [], changing: true };
  }
}
