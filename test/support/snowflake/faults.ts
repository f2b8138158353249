// Faults that wait for their request, and which of them befalls one.
import type { Fault, FaultTarget, Injected, RequestRecord } from './types';

interface Waiting {
  readonly fault: Fault;
  readonly target: FaultTarget;
  seen: number;
  hits: number;
  readonly reached: (record: RequestRecord) => void;
}

export class Faults {
  private waiting: Waiting[] = [];

  inject(fault: Fault, target: FaultTarget = {}): Injected {
    let reached: (record: RequestRecord) => void = () => undefined;
    const promise = new Promise<RequestRecord>((resolve) => (reached = resolve));
    const entry: Waiting = { fault, target, seen: 0, hits: 0, reached };
    this.waiting.push(entry);
    return {
      reached: promise,
      hits: () => entry.hits,
      remove: () => {
        this.waiting = this.waiting.filter((w) => w !== entry);
      },
    };
  }

  clear(): void {
    this.waiting = [];
  }

  /** The first fault that this request is meant for; it is counted as played. */
  befalling(record: RequestRecord): Fault | undefined {
    if (record.number === 0) return undefined;
    let chosen: Waiting | undefined;
    for (const entry of this.waiting) {
      if (!isMeant(entry.target, record)) continue;
      entry.seen += 1;
      const times = 'times' in entry.fault ? (entry.fault.times ?? 1) : 1;
      if (chosen === undefined && entry.seen >= (entry.target.nth ?? 1) && entry.hits < times) chosen = entry;
    }
    if (chosen === undefined) return undefined;
    chosen.hits += 1;
    if (chosen.hits === 1) chosen.reached(record);
    return chosen.fault;
  }
}

function isMeant(target: FaultTarget, record: RequestRecord): boolean {
  return (
    (target.number === undefined || record.number >= target.number) &&
    (target.kind === undefined || record.kind === target.kind) &&
    (target.statement === undefined || record.statement === target.statement) &&
    (target.sql === undefined || (record.sqlText ?? '').includes(target.sql))
  );
}
