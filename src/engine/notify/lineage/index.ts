// Lineage as a listener of runs: OpenLineage events for a data catalogue, of which the run knows nothing.
import type { Listener } from '../listener';
import { type OpenWorkspace, redaction } from '../../workspace';
import { openDelivery } from './deliverLineage';
import { RunLineage } from './runEvents';

/** None where OPENLINEAGE is off. */
export function openLineage(workspace: OpenWorkspace): readonly Listener[] {
  const { settings } = workspace;
  if (settings.lineage.to === 'off') return [];
  let runId = '';
  const lineage = new RunLineage(workspace);
  const delivery = openDelivery(settings, redaction(settings), () => runId);
  return [
    {
      hear: (event) => {
        runId = event.run_id;
        // Progress comes by the thousand, and ends of steps that were up to date.
        if (event.event === 'step_progress' || event.event === 'log') return;
        if (event.event === 'step_finished' && event.status === 'skipped' && event.seconds === 0) return;
        delivery.push(() => lineage.eventsOf(event));
      },
      ended: async (result, error) => {
        try {
          if (result === undefined) delivery.push(() => lineage.brokenOff(new Date().toISOString(), error));
          await delivery.close();
        } catch {
          // Nothing that goes wrong here is the run's.
        }
      },
    },
  ];
}
