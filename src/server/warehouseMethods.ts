// Answers about the warehouse and the alerts of a workspace, each from the settings as they are then.
import {
  acceptHost,
  chooseWarehouse,
  hostChanges,
  loadSettings,
  dotenvOrigins,
  loadStatements,
  openWorkspace,
  readDateLoads,
  readLoadCalendar,
  reconcile,
  requireDate,
  sendTestAlert,
  testConnection,
  warehouseChoices,
  writeSetting,
  defined,
} from '../engine';
import type { Methods } from '../shared/channel';
import type { WarehouseApi } from '../shared/warehouseApi';

/** The methods of WarehouseApi for one folder. */
export function warehouseMethods(directory: string): Methods<WarehouseApi> {
  return {
    'warehouse.calendar': (_, { signal }) => readLoadCalendar({ directory, signal }),
    'warehouse.dates': ({ dates }, { signal }) =>
      readDateLoads({ directory, signal }, dates.map(requireDate)),
    'warehouse.statements': ({ date, table }) => loadStatements({ directory }, requireDate(date), table),
    'warehouse.test': (_, { signal }) => testConnection({ directory, signal }),
    'warehouse.compare': async ({ dates, tables }, { signal }) =>
      reconcile(await openWorkspace({ directory }), {
        dates: dates.map(requireDate),
        ...defined({ tables }),
        signal,
      }),
    'warehouse.choices': () => warehouseChoices({ directory }),
    'warehouse.choose': ({ choice, ...options }) => chooseWarehouse({ directory }, choice, options),
    'settings.origins': () => dotenvOrigins(directory),
    'hosts.changes': async () => hostChanges(await loadSettings({ workspace: directory })),
    'hosts.accept': async ({ purpose, host }) => {
      acceptHost(await loadSettings({ workspace: directory }), purpose, host);
      return null;
    },
    'alert.test': (_, { signal }) => sendTestAlert({ directory, signal }),
    'settings.write': ({ name, value }) => writeSetting(directory, name, value),
  };
}
