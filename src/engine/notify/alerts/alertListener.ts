// Hears a run from aside: which dates it works on, and how it ends. Only the end loads what alerts are made of.
import type { Listener } from '../listener';
import type { DateKey, RunEvent } from '../../model';
import type { OpenWorkspace } from '../../workspace';
import { channelsOf } from './deliverAlerts';
import { begunDates, begunFile, begunFiles, noteBegun } from './startedDates';

/** A listener that alerts people of problems; none where neither mail nor webhook is set. */
export function openAlerts(workspace: OpenWorkspace): readonly Listener[] {
  const { settings } = workspace;
  if (channelsOf(settings, 'enabled').length === 0) return [];
  const dates = new Set<DateKey>();
  const errors: string[] = [];
  let runId = '';
  let inherited: readonly string[] = [];
  const hear = (event: RunEvent): void => {
    switch (event.event) {
      case 'run_started':
        runId = event.run_id;
        // Under the lock now: whoever wrote these has ended.
        inherited = begunFiles(settings);
        return;
      case 'step_started':
        if (dates.has(event.date)) return;
        dates.add(event.date);
        noteBegun(settings, runId, [...dates]);
        return;
      case 'log':
        if (event.level === 'error' && event.step === undefined) errors.push(event.message);
        return;
      default:
        return;
    }
  };
  return [
    {
      hear,
      ended: async (result, error) => {
        try {
          // Left by who pulled it, or stopped: the next run tells what this one found.
          if (result?.status === 'cancelled' || (result === undefined && error === undefined)) return;
          const { alertRun } = await import('./afterRun');
          const heard = {
            ...{ runId, errors },
            dates: [...new Set([...inherited.flatMap(begunDates), ...dates])].sort(),
            begun: [...inherited, ...(runId === '' ? [] : [begunFile(settings, runId)])],
          };
          await alertRun(workspace, heard, result, error);
        } catch {
          // Nothing that goes wrong here is the run's.
        }
      },
    },
  ];
}
