// Who is told of a run without being part of it: nothing they do or fail to do changes its outcome.
import type { Listener } from './listener';
import { openAlerts } from './alerts/alertListener';
import { openLineage } from './lineage';

import type { OpenWorkspace } from '../workspace';

export { checkAlerts } from './alerts/checkDelivery';
export { tellStopped } from './alerts';
export { alertsOfRun } from './alerts/alertLog';
export { type TestDelivery, sendTestAlert } from './alerts/testAlert';
export type { Listener } from './listener';

/** The listeners that the settings ask for. */
export function openListeners(workspace: OpenWorkspace): readonly Listener[] {
  return [...openAlerts(workspace), ...openLineage(workspace)];
}
