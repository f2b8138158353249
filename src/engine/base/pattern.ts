// Text inside of patterns.

/** Text as a pattern that matches it alone, outside of brackets, for RE2 and JavaScript alike. */
export function escapePattern(text: string): string {
  // A hyphen or slash needs none there, and JavaScript refuses one where it reads Unicode.
  return text.replace(/[\\^$.|?*+()[\]{}]/g, String.raw`\$&`);
}
