// The given settings read one by one: each parsed by its kind, with its default where it is not given or wrong.
import type { SettingsProblem } from '../../base';
import type { Where } from '../../model';
import type { SettingValue } from './settingValues';
import { settingOf, type Setting, type SettingName } from './settingsCatalogue';

/** A given value and its line in .env; no `where`: environment or command line. */
export interface GivenSetting {
  readonly text: string;
  readonly where?: Where;
}

type Parse<T> = (setting: Setting, text: string) => SettingValue<T>;

/** Reads values; what is wrong goes to `problems`. */
export class SettingReader {
  readonly #given: ReadonlyMap<string, GivenSetting>;
  readonly #problems: SettingsProblem[];

  constructor(given: ReadonlyMap<string, GivenSetting>, problems: SettingsProblem[]) {
    this.#given = given;
    this.#problems = problems;
  }

  /** Adds a problem of a setting, with its line in .env. */
  report(name: SettingName, message: string, remedy: string): void {
    const where = this.#given.get(name)?.where;
    this.#problems.push({ severity: 'error', code: 'SETTINGS_INVALID', message, remedy, ...where });
  }

  /** The given value, or the default. */
  read<T>(name: SettingName, parse: Parse<T>): T {
    const value = this.given(name, parse);
    if (value !== undefined) return value;
    const setting = settingOf(name);
    const fallback = parse(setting, setting.default);
    if (!fallback.ok) throw new Error(`The default of ${name} is not valid.`);
    return fallback.value;
  }

  /** The given value as a member, which is absent where it is not given or wrong. */
  optional<K extends string>(key: K, name: SettingName, parse: Parse<string>): Partial<Record<K, string>> {
    const value = this.given(name, parse);
    return value === undefined ? {} : ({ [key]: value } as Partial<Record<K, string>>);
  }

  /**
   * The given value; undefined where it is not given or wrong. Empty means not given, save for a list: there it means
   * an empty list.
   */
  given<T>(name: SettingName, parse: Parse<T>): T | undefined {
    const setting = settingOf(name);
    const raw = this.#given.get(name)?.text;
    if (raw === undefined || (raw.trim() === '' && setting.kind !== 'list')) return undefined;
    const parsed = parse(setting, setting.kind === 'secret' ? raw : raw.trim());
    if (parsed.ok) return parsed.value;
    this.report(name, parsed.message, parsed.remedy);
    return undefined;
  }
}
