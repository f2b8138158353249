// The work between two layers, and the key of each output.
export { validateAndLoad } from './goldToSnowflake';
export {
  type ColumnsConverted,
  CONTINUE,
  type Inspector,
  type PausePoint,
  type Resumption,
  type RuleLook,
  type RulesEvaluated,
  type StepEnded,
} from './inspector';
export { LOOKED_BACK } from './drift/slotDrift';
export { type DriftList, listDrift } from './drift/tableDrift';
export { type SlotHistory, type SlotRecord, publishedSlots, slotRecord } from './drift/slotRecord';
export { carryOver } from './carryOver';
export { landingToRaw } from './landingToRaw';
export type { PartNotice } from './rawParts';
export { openFailures, withOpenFailures } from './openFailures';
export {
  type PublishedOutputs,
  historyDays,
  looksAtLatest,
  observedOn,
  publishedOutputs,
  referencedTables,
  validationKey,
} from './lookedAt';
export { encodingEvidence, rawKeyNow } from './encodingEvidence';
export { goldKey, silverKey } from './outputKeys';
export { reading } from './parquet';
export { rawToSilver } from './rawToSilver';
export { selectRejects } from './stageRejects';
export { numberedFile } from './select';
export { type Mapping, type PartHeader, mapHeaders } from './silver/mapping';
export { type ColumnWork, type Part, buildLayers, zoneName } from './silver/statement';
export { type Zone, readZone } from './silver/zone';
export { silverToGold } from './silverToGold';
export type { StageContext } from './stage';
export { statusWith } from './validateGold';
export { type GoldColumn, checkGold, goldColumns, goldView } from './validation/goldView';
export { GOLD_ROW, readRejects } from './validation/ruleRejects';
export { aroundGold } from './validation/ruleInputs';
