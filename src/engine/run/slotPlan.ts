// What is to be done for one slot (a brand's table of a date), and when an output has to be made again.
import type { LandingFile, UnlistedPart } from '../lake';
import type { Config, Table } from '../model';
import type { EncodingEvidence } from '../csv';
import { rawKeyNow, silverKey } from '../stages';
import { isAltered, type Held } from './inventory';

/** What a step does, before the plan is filtered by the selection's stages. */
export interface StepDecision {
  readonly run: boolean;
  readonly reason: string;
  /** Of a validation and load: the validation is published already. */
  readonly loadOnly?: true;
}

export const UP_TO_DATE: StepDecision = { run: false, reason: 'up to date' };
export const toRun = (reason: string): StepDecision => ({ run: true, reason });

/** A slot as it is now. */
interface SlotState {
  readonly brand: string;
  readonly table: Table;
  /** Its files in landing. */
  readonly files: readonly LandingFile[];
  /** Its raw parts, ascending. */
  readonly raw: readonly Held[];
  /** Parts that lie there without a manifest. */
  readonly unlisted: readonly UnlistedPart[];
  /** Can a manifest of its parts not be read? */
  readonly damaged: boolean;
  readonly silver: Held | undefined;
  readonly force: boolean;
  /** Is raw of an earlier date of the slot about to change? */
  readonly earlierChanges: boolean;
  /** What is known of the encoding of its files beside their bytes. */
  readonly evidence: () => EncodingEvidence;
}

export interface SlotPlan {
  readonly brand: string;
  readonly raw: StepDecision;
  readonly silver: StepDecision;
  readonly rawHeld: readonly Held[];
  readonly silverHeld: Held | undefined;
  /** All waiting files repeat known content: raw will not change. */
  readonly onlyRepeats: boolean;
}

/** Decides about the two stages of a slot that has files or raw parts. */
export function planSlot(config: Config, state: SlotState): SlotPlan {
  const { brand, table, files, raw: rawHeld, unlisted, damaged, silver: silverHeld, force } = state;
  const raw = planRaw(config, state);
  const onlyRepeats =
    !damaged &&
    unlisted.length === 0 &&
    files.length > 0 &&
    files.every((f) => f.duplicateOf !== undefined) &&
    rawHeld.length > 0;
  const parts = rawHeld.map((h) => h.manifest);
  const silver =
    rawHeld.length === 0 && !raw.run
      ? UP_TO_DATE
      : decideOutput({
          held: silverHeld,
          key: raw.run && !onlyRepeats ? undefined : silverKey(parts, config, table, brand),
          inputs: parts.map((m) => m.key),
          inputChanged: 'raw changed',
          force,
        });
  return { brand, raw, silver, rawHeld, silverHeld, onlyRepeats };
}

/** The plan of a slot once it is known whether gold is made: what maintenance removed is made again if it is needed. */
export function neededAgain(slot: SlotPlan, goldRuns: boolean): SlotPlan {
  const silver =
    goldRuns && !slot.silver.run && slot.silverHeld?.intact === false ? toRun('needed again') : slot.silver;
  const raw =
    silver.run && !slot.raw.run && slot.rawHeld.some((h) => !h.intact) ? toRun('needed again') : slot.raw;
  return { ...slot, raw, silver };
}

function planRaw(
  config: Config,
  { brand, table, files, raw, unlisted, damaged, force, earlierChanges, evidence }: SlotState,
): StepDecision {
  if (damaged) return toRun('its manifest is damaged');
  if (unlisted.some((part) => part.parquet === undefined || part.originals.length > 0))
    return toRun('raw files without a manifest');
  const repeats = files.filter((f) => f.duplicateOf !== undefined).length;
  const fresh = files.length - repeats;
  if (fresh > 0) {
    const beside = raw.length > 0 ? ' beside earlier ones' : '';
    return toRun(`${fresh === 1 ? 'new file' : `${fresh} new files`}${beside}`);
  }
  if (repeats > 0)
    return toRun(
      repeats === 1 ? 'a file that repeats known content' : `${repeats} files that repeat known content`,
    );
  if (unlisted.length > 0) return toRun('raw files without a manifest');
  if (raw.some((h) => h.carried === true)) return toRun('its brand was renamed');
  if (force) return toRun('forced');
  if (raw.some((h) => isAltered(h.original))) return toRun('its original changed after it was loaded');
  const read = raw.flatMap(({ manifest: { source, key } }) =>
    source === undefined ? [] : [{ source, key }],
  );
  if (earlierChanges && read.some(({ source }) => source.evidence !== undefined))
    return toRun('earlier files that may settle its encoding change');
  const renamed = read.some(
    ({ source, key }) => key !== rawKeyNow(source, config, { table, brand }, evidence),
  );
  if (renamed) return toRun('its column names, stated format or what speaks for its encoding changed');
  if (raw.some((h) => !h.intact && h.manifest.removed !== true))
    return toRun('its raw Parquet is missing or damaged');
  return UP_TO_DATE;
}

/** An output that is made of others: is the published one what they and the config give now? */
interface OutputState {
  readonly held: Held | undefined;
  /** The key it would have now; undefined: an input is about to change, so that it is not known yet. */
  readonly key: string | undefined;
  /** Keys of its inputs as they are now. */
  readonly inputs: readonly string[];
  readonly inputChanged: string;
  readonly force: boolean;
}

export function decideOutput({ held, key, inputs, inputChanged, force }: OutputState): StepDecision {
  if (held === undefined) return toRun('not made yet');
  if (force) return toRun('forced');
  if (key === undefined) return toRun(inputChanged);
  if (held.manifest.key !== key) {
    const madeOf = held.manifest.inputs.map((i) => i.key);
    return toRun(
      JSON.stringify(madeOf) === JSON.stringify(inputs) ? 'its table schema changed' : inputChanged,
    );
  }
  if (!held.intact && held.manifest.removed !== true) return toRun('its file is missing or damaged');
  return UP_TO_DATE;
}
