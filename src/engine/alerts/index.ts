// The door of the alerts: people learn of trouble, whoever's run it was, and no run learns of them.
export type { AlertContent, AlertDate, AlertError, AlertFinding, AlertTable } from './content';
export { alertsOfRun, type AlertLogLine } from './log';
export { sendTestAlert, type TestAlertResult, type TestDelivery } from './testAlert';
