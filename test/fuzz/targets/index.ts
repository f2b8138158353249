// The parts that are fuzzed, by name. Each is loaded by the process that gives it inputs, and by no other.
import type { Target } from '../target';

export const TARGETS: readonly Target[] = [
  { name: 'csv', bounds: { seconds: 30, megabytes: 1_500 }, load: async () => (await import('./csv')).open },
  {
    name: 'parquet',
    bounds: { seconds: 30, megabytes: 1_500 },
    load: async () => (await import('./parquet')).open,
  },
  {
    name: 'config',
    bounds: { seconds: 30, megabytes: 1_500 },
    load: async () => (await import('./config')).open,
  },
  { name: 'env', bounds: { seconds: 20, megabytes: 1_000 }, load: async () => (await import('./env')).open },
  {
    name: 'channel',
    bounds: { seconds: 45, megabytes: 2_000 },
    load: async () => (await import('./channel')).open,
  },
  { name: 'dap', bounds: { seconds: 60, megabytes: 1_500 }, load: async () => (await import('./dap')).open },
];

/** Tests what watches the others. */
export const PLANTED: Target = {
  name: 'planted',
  bounds: { seconds: 4, megabytes: 400 },
  load: async () => (await import('./planted')).open,
};

export const targetNamed = (name: string): Target | undefined =>
  [...TARGETS, PLANTED].find((one) => one.name === name);
