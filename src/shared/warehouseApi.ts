// What the engine process answers about the warehouse: loads beside gold, comparison, connection, choice, alerts.
import type { TestAlertResult, TestDelivery } from '../engine/notify/alerts/testAlert';
import type {
  ConnectionTest,
  LoadStatements,
  SettingOrigin,
  WarehouseChoice,
  WarehouseChoices,
  WarehouseChosen,
} from '../engine/insight/connection/model';
import type { DateLoads, LoadCalendar, TableLoad, WarehousePlace } from '../engine/insight/layers/model';
import type { DateKey } from '../engine/model';
import type { HostChange, HostPurpose } from '../engine/workspace/boundHosts';
import type { ComparisonVerdict, ReconcileResult, TableComparison } from '../engine/insight/reconcile/model';
import type { Method } from './channel';

export interface WarehouseApi {
  /** The warehouse that is chosen, and dates that have gold or loads; Snowflake is not asked. */
  readonly 'warehouse.calendar': Method<Record<string, never>, LoadCalendar>;
  /** Loads of some dates beside their gold, as last known, in the order asked for. */
  readonly 'warehouse.dates': Method<{ readonly dates: readonly DateKey[] }, readonly DateLoads[]>;
  /** Statements of a load; nothing is asked. NOT_FOUND for a table the config does not have. */
  readonly 'warehouse.statements': Method<{ readonly date: DateKey; readonly table: string }, LoadStatements>;
  /** Logs in and tries every right that loads need. */
  readonly 'warehouse.test': Method<Record<string, never>, ConnectionTest>;
  /** Asks the warehouse for figures and holds them against gold. LOCKED while a run is in progress. */
  readonly 'warehouse.compare': Method<
    { readonly dates: readonly DateKey[]; readonly tables?: readonly string[] },
    ReconcileResult
  >;
  readonly 'warehouse.choices': Method<Record<string, never>, WarehouseChoices>;
  /** Writes the choice into .env, or returns what it would write. CHANGED where the file is not `expected` any more. */
  readonly 'warehouse.choose': Method<
    { readonly choice: WarehouseChoice; readonly dryRun: boolean; readonly expected?: string },
    WarehouseChosen
  >;
  /** Where .env gives a setting, by its name, whether or not the environment wins over it; values are not returned. */
  readonly 'settings.origins': Method<Record<string, never>, Readonly<Record<string, SettingOrigin>>>;
  /** Writes values of .env other than secrets; a value "" unsets. */
  readonly 'settings.write': Method<
    { readonly name: string; readonly value: string },
    { readonly file: string; readonly line: number | null }
  >;
  /** Hosts that .env names for secrets that were used with others before. */
  readonly 'hosts.changes': Method<Record<string, never>, readonly HostChange[]>;
  /** Takes a host in place of the one before. */
  readonly 'hosts.accept': Method<{ readonly purpose: HostPurpose; readonly host: string }, null>;
  /** Sends a test message by every channel that is set. */
  readonly 'alert.test': Method<Record<string, never>, TestAlertResult>;
}

export type {
  ComparisonVerdict,
  ConnectionTest,
  DateLoads,
  LoadStatements,
  ReconcileResult,
  SettingOrigin,
  TableComparison,
  TableLoad,
  TestAlertResult,
  TestDelivery,
  WarehouseChoice,
  WarehouseChoices,
  WarehouseChosen,
  WarehousePlace,
};
