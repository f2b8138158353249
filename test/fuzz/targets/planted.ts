// A part that does wrong in each way there is, on demand: what watches the others is tested with it.
import { spawn } from 'node:child_process';
import type { Open } from '../target';

export const FAULTS = ['fine', 'throw', 'reject', 'wrong', 'crash', 'hang', 'memory', 'child'] as const;

export const open: Open = () =>
  Promise.resolve({
    make: (random) => ({ name: 'input.txt', bytes: Buffer.from(random.pick(FAULTS)) }),
    close: () => Promise.resolve(),
    async try({ bytes }) {
      switch (bytes.toString() as (typeof FAULTS)[number]) {
        case 'throw':
          throw new TypeError('planted');
        case 'reject':
          void Promise.reject(new Error('planted: nobody awaits it'));
          await new Promise((later) => setTimeout(later, 500));
          return undefined;
        case 'wrong':
          return '3 records, 2 accounted for.';
        case 'crash':
          process.kill(process.pid, 'SIGSEGV');
          return new Promise(() => undefined);
        case 'hang':
          for (;;);
        case 'memory': {
          const kept: Buffer[] = [];
          for (;;) {
            kept.push(Buffer.alloc(50 << 20, 1));
            await new Promise((later) => setTimeout(later, 5));
          }
        }
        case 'child':
          spawn(process.execPath, ['-e', 'Buffer.alloc(600 << 20, 1); setInterval(() => {}, 1000)']);
          return new Promise(() => undefined);
        default:
          return undefined;
      }
    },
  });
