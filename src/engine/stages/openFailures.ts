// Which failed steps still have something to do: one whose output is as the config of now wants it is over.
import { statSync } from 'node:fs';
import { type LedgerEntry, type Manifest, tellsLoad } from '../lake';
import { brandsThere, type DateKey, type Settings, type StepFailure, type Table, findTable } from '../model';
import { type DateDocument, lastFailures, maskingOf, rejectionFailures } from '../report';
import type { OpenWorkspace } from '../workspace';
import { publishedOutputs, validationKey } from './lookedAt';
import { encodingEvidence, rawKeyNow } from './encodingEvidence';
import { goldKey, silverKey } from './outputKeys';

type ConfiguredLake = Pick<OpenWorkspace, 'settings' | 'config' | 'lake'>;

/**
 * What is wrong with some dates and not over: files that were rejected whole, then steps. Of a step the last failure
 * counts, if it has not succeeded since and still has something to do, in order of time. A step
 * whose cause was taken back (its output is up to date again, its table, brand or landing file is gone) is left out.
 * Read from ledger, manifests and config alone: neither landing nor the warehouse is searched.
 */
export function openFailures(
  workspace: ConfiguredLake,
  entries: readonly LedgerEntry[],
  dates: readonly DateKey[],
): readonly StepFailure[] {
  const { error } = maskingOf(workspace.config);
  return [
    ...dates.flatMap((date) => rejectionFailures(workspace.lake, date)),
    ...lastFailures(entries, dates),
  ]
    .filter((failure) => hasWork(workspace, failure))
    .map((failure) => ({ ...failure, error: error(failure.table, failure.error) }));
}

/**
 * A date's document with the failures that are still open. A load refused by rules is left to the table's own report,
 * where there is one that says so.
 * @param workspace undefined: its config cannot be read, so that nothing is known to be over.
 */
export function withOpenFailures(
  document: DateDocument,
  workspace: ConfiguredLake | undefined,
): DateDocument {
  const refused = new Set(document.reports.filter((r) => r.status === 'failed').map((r) => r.table));
  const { error } = maskingOf(workspace?.config);
  return {
    ...document,
    failures: document.failures
      .filter(
        (failure) =>
          (failure.error.code !== 'VALIDATION_FAILED' || !refused.has(failure.table)) &&
          (workspace === undefined || hasWork(workspace, failure)),
      )
      .map((failure) => ({ ...failure, error: error(failure.table, failure.error) })),
  };
}

function hasWork(workspace: ConfiguredLake, failure: StepFailure): boolean {
  const table = findTable(workspace.config, failure.table);
  if (table === undefined) return false;
  const outputs = outputsOf(workspace, failure.date, table);
  const brand = brandsThere(workspace.config).find(
    ({ name, aliases }) => name === failure.brand || aliases.includes(failure.brand ?? ''),
  )?.name;
  if (failure.rejected_file !== undefined) return brand !== undefined;
  switch (failure.stage) {
    case 'landing-to-raw':
      return brand !== undefined && !landingFileGone(workspace.settings, failure);
    case 'raw-to-silver':
      return brand !== undefined && outputs.parts(brand).length > 0 && !outputs.silverIsCurrent(brand);
    case 'silver-to-gold':
      return outputs.brands.length > 0 && !outputs.goldIsCurrent();
    case 'gold-to-snowflake':
      return outputs.brands.length > 0 && !outputs.validationIsCurrent();
    default:
      return failure.stage satisfies never;
  }
}

/** The one file of landing that is looked at: the one that the step failed on. */
function landingFileGone({ landingDir }: Settings, { error }: StepFailure): boolean {
  if (error.file?.startsWith(landingDir) !== true) return false;
  try {
    return statSync(error.file, { throwIfNoEntry: false }) === undefined;
  } catch {
    // It cannot be looked at now; that does not mean that it is gone.
    return false;
  }
}

/** Published outputs of a table's date, held against the keys that the config of now gives them. */
interface Outputs {
  /** Those that have raw files. */
  readonly brands: readonly string[];
  parts(brand: string): readonly Manifest[];
  silverIsCurrent(brand: string): boolean;
  goldIsCurrent(): boolean;
  /** Validated as the rules of now want it, and loaded. */
  validationIsCurrent(): boolean;
}

function outputsOf({ settings, config, lake }: ConfiguredLake, date: DateKey, table: Table): Outputs {
  const { name } = table;
  const parts: Outputs['parts'] = (brand) => lake.readableParts(date, brand, name);
  const brands = brandsThere(config)
    .map((brand) => brand.name)
    .filter((brand) => parts(brand).length > 0);
  const silver = (brand: string): Manifest | undefined => lake.published('silver', date, name, brand);
  const isCurrent = (manifest: Manifest | undefined, key: string): boolean =>
    manifest?.key === key && (manifest.removed === true || lake.intact(manifest));
  const rawIsCurrent = (brand: string): boolean =>
    parts(brand).every(
      (part) =>
        part.source === undefined ||
        isCurrent(
          part,
          rawKeyNow(part.source, config, { table, brand }, () =>
            encodingEvidence(lake, config, { date, brand, table: name }),
          ),
        ),
    );
  const silverIsCurrent: Outputs['silverIsCurrent'] = (brand) =>
    rawIsCurrent(brand) && isCurrent(silver(brand), silverKey(parts(brand), config, table, brand));
  const goldOf = (): Manifest | undefined => lake.published('gold', date, name);
  const goldIsCurrent: Outputs['goldIsCurrent'] = () =>
    brands.every(silverIsCurrent) &&
    isCurrent(goldOf(), goldKey(brands.map(silver).filter(isPublished), config, table));
  const validationIsCurrent: Outputs['validationIsCurrent'] = () => {
    const gold = goldOf();
    const validated = lake.published('validated', date, name);
    if (gold === undefined || validated === undefined || !goldIsCurrent()) return false;
    const key = validationKey({ config, settings }, { table, date, gold: gold.key }, publishedOutputs(lake));
    return isCurrent(validated, key) && tellsLoad(validated);
  };
  return { brands, parts, silverIsCurrent, goldIsCurrent, validationIsCurrent };
}

const isPublished = (manifest: Manifest | undefined): manifest is Manifest => manifest !== undefined;
