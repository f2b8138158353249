import regexp from 'eslint-plugin-regexp';
import security from 'eslint-plugin-security';
import tseslint from 'typescript-eslint';

/**
 * Where VS Code draws links, icons, Markdown or escapes of a terminal: only the modules named here, which show the text
 * of others as text, use what takes it there.
 */
const SINKS = [
  ['shown/notices.ts', called('show(Information|Warning|Error|StatusBar)Message|setStatusBarMessage')],
  ['shown/pickers.ts', called('showQuickPick|createQuickPick|showInputBox|createInputBox')],
  ['shown/progress.ts', called('withProgress')],
  ['shown/markdown.ts', made('MarkdownString')],
  ['shown/problem.ts', made('Diagnostic')],
  ['shown/log.ts', called('createOutputChannel')],
  ['statusBar.ts', called('createStatusBarItem')],
  ['views/tree.ts', made('TreeItem')],
  ['editing/suggestions.ts', made('CompletionItem')],
  ['editing/lenses.ts', made('CodeLens')],
  ['tests/messages.ts', made('TestMessage')],
  ['tests/messages.ts', 'MemberExpression[object.property.name="TestMessage"]'],
  ['tests/tree.ts', called('createTestItem')],
  ['tests/output.ts', called('appendOutput')],
].map(([file, selector]) => ({ file: `src/vscode/${file}`, selector }));

function called(names) {
  return `:matches(MemberExpression[property.name=/^(${names})$/], ObjectPattern > Property[key.name=/^(${names})$/])`;
}

function made(name) {
  return `NewExpression[callee.property.name="${name}"]`;
}

/** The rule for all files, or for one, in which its own sinks may be used. */
function sinksBut(file) {
  const forbidden = SINKS.filter((sink) => sink.file !== file).map((sink) => ({
    selector: sink.selector,
    message: `Text of others may be in it: pass it through ${sink.file}.`,
  }));
  return { 'no-restricted-syntax': ['error', OWN_NAMES, ...forbidden] };
}

/** HTML made of text, in pages. */
const HTML = {
  selector:
    'MemberExpression[property.name=/^(innerHTML|outerHTML|insertAdjacentHTML|srcdoc|write|writeln)$/]',
  message: 'Text of others would be markup: make elements (src/webviews/element.ts).',
};

/** Code made of text, programs started through a shell, and letters that turn a line around. */
const SECURITY = {
  'no-eval': 'error',
  'no-new-func': 'error',
  'no-script-url': 'error',
  'security/detect-bidi-characters': 'error',
  'security/detect-buffer-noassert': 'error',
  'security/detect-child-process': 'error',
  'security/detect-eval-with-expression': 'error',
  'security/detect-new-buffer': 'error',
  'security/detect-non-literal-require': 'error',
  'security/detect-pseudoRandomBytes': 'error',
};

/** What is shipped reads texts of others: no pattern may take more than a step or two a character. */
const LINEAR = {
  'regexp/no-super-linear-backtracking': 'error',
  'regexp/no-super-linear-move': 'error',
};

/** A name of others that is asked of an object: every object has "constructor", "toString" and "__proto__". */
const OWN_NAMES = {
  selector: 'BinaryExpression[operator="in"]:not([left.type=/^(Literal|PrivateIdentifier)$/])',
  message: 'Every object has a "constructor": ask Object.hasOwn(), or ownValue() for the value.',
};

/** Commands that messages suggest, which are copied into a shell. */
const SUGGESTED = {
  selector:
    'TemplateLiteral:has(TemplateElement[value.raw=/(--(table|brand|accept-host|fix|workspace)|chmod [a-z0-9-]+) $/]):not(:has(CallExpression[callee.name="shellWord"]))',
  message: 'A name of others may be more than a word there: pass it through shellWord().',
};

export default tseslint.config(
  {
    ignores: ['dist/**', 'node_modules/**', 'demo/**', 'test/.corpora/**', '.vscode-test/**', 'coverage/**'],
  },
  ...tseslint.configs.strictTypeChecked.map((c) => ({ ...c, files: ['src/**/*.ts', 'test/**/*.ts'] })),
  {
    files: ['src/**/*.ts', 'test/**/*.ts'],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      eqeqeq: 'error',
      'no-console': 'error',
    },
  },
  { files: ['**/*.ts', '**/*.mjs'], plugins: { security }, rules: SECURITY },
  { files: ['src/**/*.ts'], plugins: { regexp }, rules: LINEAR },
  { files: ['src/**/*.ts'], rules: { 'no-restricted-syntax': ['error', OWN_NAMES] } },
  {
    files: ['src/engine/**/*.ts', 'src/cli/**/*.ts'],
    rules: { 'no-restricted-syntax': ['error', OWN_NAMES, SUGGESTED] },
  },
  { files: ['src/vscode/**/*.ts'], rules: sinksBut(undefined) },
  ...[...new Set(SINKS.map(({ file }) => file))].map((file) => ({ files: [file], rules: sinksBut(file) })),
  { files: ['src/webviews/**/*.ts'], rules: { 'no-restricted-syntax': ['error', OWN_NAMES, HTML] } },
  {
    // Tests read what JSON.parse and child processes give; mocha's own promises float by design.
    files: ['test/**/*.ts'],
    rules: {
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-explicit-any': 'off',
      'no-console': 'off',
    },
  },
);
