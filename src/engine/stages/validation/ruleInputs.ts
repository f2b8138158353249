// What rules know of besides the rows of gold: the other tables of the date, earlier figures, rows by layer.
import type { Lake, Manifest } from '../../lake';
import { brandsThere, type Config, type Settings, type Table } from '../../model';
import type { EvaluationRequest, LayerRows } from '../../rules';
import type { LoadInput } from '../stage';
import { otherTables, ruleHistory } from './history';

/** The part of an evaluation that a gold and its workspace decide, for who evaluates rules beside a run. */
export function aroundGold(
  { config, settings, lake }: { readonly config: Config; readonly settings: Settings; readonly lake: Lake },
  table: Table,
  gold: Manifest,
): Pick<EvaluationRequest, 'table' | 'config' | 'settings' | 'date' | 'others' | 'history' | 'layers'> {
  const { date } = gold;
  const { name } = table;
  return {
    table,
    config,
    settings,
    date,
    others: otherTables(lake, date),
    history: ruleHistory(lake, name, date),
    layers: layerRows({
      raw: brandsThere(config).flatMap((brand) => lake.parts(date, brand.name, name)),
      silver: brandsThere(config).flatMap((brand) => lake.published('silver', date, name, brand.name) ?? []),
      gold,
    }),
  };
}

/** Rows of each layer, as rules that compare layers are told. */
export function layerRows({ raw, silver, gold }: Pick<LoadInput, 'raw' | 'silver' | 'gold'>): LayerRows {
  const rowsIn = (manifests: readonly Manifest[]): number =>
    manifests.reduce((total, m) => total + m.output.rows, 0);
  return {
    landing: raw
      .flatMap((m) => m.edges)
      .reduce((n, e) => n + e.in - Object.values(e.other ?? {}).reduce((a, b) => a + b, 0), 0),
    raw: rowsIn(raw),
    silver: rowsIn(silver),
    gold: gold.output.rows,
  };
}
