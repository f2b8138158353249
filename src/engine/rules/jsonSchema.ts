// The JSON schema of one rule, made from the catalogue: for the config loader and for completion in an editor.
import { ruleKinds } from './catalogue';
import { COLUMN_KEY, COLUMNS_KEY, COMMON_KEYS, WHERE_KEY } from './common';
import { kindMarkdown } from './docs';
import type { ParameterSchema, RuleKind } from './ruleKind';

/**
 * The schema (draft 07) of one rule: the kind in `rule` decides which other keys there may be, all others
 * are errors. Carries the annotations that VS Code reads (markdownDescription, enumDescriptions, defaultSnippets).
 */
export function ruleJsonSchema(): object {
  return {
    type: 'object',
    required: ['rule'],
    defaultSnippets: ruleKinds.map((kind) => ({
      label: kind.name,
      description: kind.summary,
      body: kind.example,
    })),
    properties: {
      rule: {
        description: 'The kind of rule.',
        type: 'string',
        enum: ruleKinds.map((kind) => kind.name),
        enumDescriptions: ruleKinds.map((kind) => kind.summary),
        markdownEnumDescriptions: ruleKinds.map(kindMarkdown),
      },
      ...annotated(COMMON_KEYS),
    },
    allOf: ruleKinds.map((kind) => ({
      if: { type: 'object', properties: { rule: { const: kind.name } }, required: ['rule'] },
      then: kindSchema(kind),
    })),
  };
}

function kindSchema(kind: RuleKind): object {
  const { min, max } = kind.columns;
  const columns = {
    ...(max === 0 ? {} : { column: COLUMN_KEY }),
    ...(max > 1 ? { columns: COLUMNS_KEY } : {}),
  };
  const parameters = annotated({
    ...columns,
    ...kind.parameters,
    ...(kind.filters === false ? {} : { where: WHERE_KEY }),
  });
  const known = Object.fromEntries(['rule', ...Object.keys(COMMON_KEYS)].map((key) => [key, true]));
  const one = (keys: readonly string[]): object => ({ anyOf: keys.map((key) => ({ required: [key] })) });
  const demands = [
    ...(min > 0 && max > 1 ? [one(['column', 'columns'])] : []),
    ...(kind.oneOf === undefined ? [] : [one(kind.oneOf)]),
    ...(max > 1 ? [{ not: { required: ['column', 'columns'] } }] : []),
  ];
  const required = [...(min > 0 && max === 1 ? ['column'] : []), ...(kind.required ?? [])];
  return {
    properties: { ...known, ...parameters },
    additionalProperties: false,
    ...(required.length === 0 ? {} : { required }),
    ...(demands.length === 0 ? {} : { allOf: demands }),
  };
}

function annotated(keys: Readonly<Record<string, ParameterSchema>>): Record<string, object> {
  return Object.fromEntries(
    Object.entries(keys).map(([key, schema]) => [
      key,
      { ...schema, markdownDescription: schema.description },
    ]),
  );
}
