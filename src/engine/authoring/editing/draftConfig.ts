// The config as a draft means it: the three texts read loosely, so that half a rule hides nothing of the rest.
import {
  type JsonDocument,
  type PlacedRule,
  memberMap,
  members,
  placesIn,
  readBrands,
  readRules,
  readTables,
} from '../../workspace';
import type { Config } from '../../model';
import { readLoosely, type LooseText } from './tolerantJson';
import type { DraftFile } from './model';

/** The three files of a draft; a file that is not there is an empty text. */
type Texts = Readonly<Record<DraftFile, LooseText>>;

export interface Sketch {
  readonly texts: Texts;
  /** What can be read of it. Nothing of it has been checked. */
  readonly config: Config;
  /** The rules with their nodes, in the order of the file; those of unknown tables are left out. */
  readonly placed: readonly PlacedRule[];
  /** Absolute paths. */
  readonly paths: Readonly<Record<DraftFile, string>>;
}

/** A document that keeps silent: whoever diagnoses reads the text strictly. */
function silentDocument(file: string, loose: LooseText): JsonDocument {
  const place = placesIn(loose.text);
  return {
    file,
    name: file,
    root: loose.root,
    value: undefined,
    problems: [],
    where: (node) => ({ file, line: place(node.offset).line + 1 }),
    report: () => undefined,
    isBroken: () => false,
  };
}

export function sketchOf(
  texts: Readonly<Record<DraftFile, string>>,
  paths: Readonly<Record<DraftFile, string>>,
): Sketch {
  const loose: Texts = {
    brand_configs: readLoosely(texts.brand_configs),
    table_schemas: readLoosely(texts.table_schemas),
    validation_rules: readLoosely(texts.validation_rules),
  };
  const document = (file: DraftFile): JsonDocument => silentDocument(paths[file], loose[file]);
  const tables = readTables(document('table_schemas'));
  const placed = readRules(document('validation_rules'), tables);
  return {
    texts: loose,
    config: { brands: readBrands(document('brand_configs')), tables, rules: placed.map((p) => p.rule) },
    placed,
    paths,
  };
}

/** The members of "tables" (or "brands") of a file, as they are written. */
export function entriesOf(loose: LooseText, key: 'tables' | 'brands'): ReturnType<typeof members> {
  return members(memberMap(loose.root).get(key)?.value);
}
