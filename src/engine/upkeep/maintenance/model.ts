// What maintenance did, or would do.

/** Where a file lies that maintenance is about. */
export type MaintenanceLayer = 'temporary' | 'raw' | 'silver' | 'gold' | 'rejects' | 'archive' | 'logs';

export interface MaintenanceAction {
  readonly kind: 'remove' | 'archive';
  readonly layer: MaintenanceLayer;
  /** Relative to the workspace. */
  readonly path: string;
  readonly bytes: number;
  readonly reason: string;
}

/** What was done, or with `dry_run` what would be. */
export interface MaintenanceResult {
  readonly dry_run: boolean;
  readonly actions: readonly MaintenanceAction[];
  readonly bytes: number;
}
