// Holds a document against its JSON schema and reports every departure from it.
import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import { MAXIMUM_PROBLEMS, type JsonDocument } from './jsonDocument';
import { shapeProblem } from './shapeProblem';

/** A JSON schema, draft-07, as plain data. */
export type JsonSchema = { readonly [key: string]: unknown };

const compiled = new WeakMap<JsonSchema, ValidateFunction>();

function validator(schema: JsonSchema): ValidateFunction {
  let validate = compiled.get(schema);
  if (validate === undefined) {
    // defaultSnippets and the like are for editors.
    // The schemas are our own and a test holds them against draft-07: checking and polishing them again would
    // double the time of opening a workspace.
    const ajv = new Ajv({
      allErrors: true,
      verbose: true,
      strict: false,
      allowUnionTypes: true,
      meta: false,
      validateSchema: false,
      code: { optimize: false },
    });
    validate = ajv.compile(schema);
    compiled.set(schema, validate);
  }
  return validate;
}

/**
 * Reports every departure from the schema, at most one per place.
 * @param describe names the object a path leads to: ["tables", "Playback"] is `Table "Playback"`.
 */
export function checkShape(
  document: JsonDocument,
  schema: JsonSchema,
  describe: (path: readonly string[]) => string,
): void {
  const { root } = document;
  if (root === undefined) return;
  const validate = validator(schema);
  if (validate(document.value)) return;
  const seen = new Set<string>();
  const errors = withoutBranches(validate.errors ?? []);
  // Looking up the place of each error is linear in the file: of very many the first will do.
  for (const error of errors.slice(0, MAXIMUM_PROBLEMS)) {
    const { node, message, remedy, trouble } = shapeProblem(error, root, describe);
    // Of several errors about one value the first is about its type, the others follow from it.
    const place = `${node.offset}:${error.keyword === 'required' ? String(error.params['missingProperty']) : ''}`;
    if (seen.has(place)) continue;
    seen.add(place);
    document.report(node, message, remedy, { trouble });
  }
  const more = errors.length - MAXIMUM_PROBLEMS;
  if (more > 0)
    document.report(root, `The file has ${more} further problems.`, 'Fix the others first.', {
      overall: true,
    });
}

/** Of a choice between forms only the choice itself is reported, not what each form would have wanted. */
function withoutBranches(errors: readonly ErrorObject[]): readonly ErrorObject[] {
  const choices = new Map<string, string[]>();
  for (const { keyword, schemaPath, instancePath } of errors)
    if (keyword === 'anyOf' || keyword === 'oneOf') {
      const paths = choices.get(schemaPath) ?? [];
      paths.push(instancePath);
      choices.set(schemaPath, paths);
    }
  const inside = (error: ErrorObject): boolean => {
    const parts = error.schemaPath.split('/');
    for (let length = parts.length - 1; length > 0; length--) {
      const paths = choices.get(parts.slice(0, length).join('/'));
      if (paths?.some((path) => error.instancePath.startsWith(path)) === true) return true;
    }
    return false;
  };
  return errors.filter((error) => error.keyword !== 'if' && !(choices.size > 0 && inside(error)));
}
