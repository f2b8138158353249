// What a person is told about the warehouse before a run: how it answers, what a load says to it, which one is chosen.
import type { WarehousePlace } from '../layers/model';
import type { CheckProblem, DateKey } from '../../model';
import type { DotenvChange } from '../../workspace';

/** How the warehouse answered. */
export interface ConnectionTest {
  /** undefined: the settings do not say which, and `problems` tell why. */
  readonly warehouse: WarehousePlace | undefined;
  readonly facts: readonly { readonly name: string; readonly value: string }[];
  readonly problems: readonly CheckProblem[];
  readonly seconds: number;
}

/** The statements of one load; placeholders stand for what only the load itself knows. */
export interface LoadStatements {
  readonly warehouse: WarehousePlace;
  readonly date: DateKey;
  /** As the config spells it. */
  readonly table: string;
  readonly statements: readonly string[];
}

/** The warehouse that can be meant by a workspace's .env. */
export type WarehouseChoice =
  | { readonly kind: 'embedded' }
  /** Snowflake, by the SNOWFLAKE_… settings alone. */
  | { readonly kind: 'settings' }
  /** Snowflake, by an entry of connections.toml. */
  | { readonly kind: 'connection'; readonly name: string };

export interface WarehouseChoices {
  /** The one that is meant now; undefined where the settings cannot be read. */
  readonly current: WarehouseChoice | undefined;
  /** Absolute path of the embedded warehouse; undefined where the settings cannot be read. */
  readonly embedded: string | undefined;
  /** The file of connections, absolute, and the names in it: nothing else of it is told. */
  readonly connections: {
    readonly file: string;
    readonly names: readonly string[];
    /** Why it could not be read. */
    readonly problem?: string;
  };
  /** Settings that stand in the environment: they win over .env, whatever is chosen there. */
  readonly environment: readonly string[];
}

/** What choosing writes into .env, and what the chosen warehouse lacks then. */
export interface WarehouseChosen {
  readonly change: DotenvChange;
  readonly problems: readonly CheckProblem[];
  readonly missing: readonly MissingSetting[];
}

export interface MissingSetting {
  /** One of them is enough. */
  readonly names: readonly string[];
  readonly description: string;
}

/** Where a setting stands: an absolute path, and the line from 1. */
export interface SettingOrigin {
  readonly file: string;
  readonly line?: number;
}
