// JSON as the config files of the repository are laid out: an object or list stands on one line where it fits.

const WIDTH = 110;

/**
 * Lays a value out in lines of at most 110 characters where its parts allow it; ends with a line break.
 * Written files therefore equal the repository's byte for byte, and line numbers in reports agree.
 */
export function layOut(value: unknown): string {
  return `${laidOut(value, 0, 0)}\n`;
}

function laidOut(value: unknown, indent: number, used: number): string {
  const whole = oneLine(value);
  if (typeof value !== 'object' || value === null) return whole;
  const open =
    indent === 0 || (Array.isArray(value) && value.filter((v) => typeof v === 'object').length > 1);
  // One more for the comma that may follow.
  if (!open && used + whole.length + 1 <= WIDTH) return whole;
  const inner = ' '.repeat(indent + 2);
  const [left, right] = Array.isArray(value) ? ['[', ']'] : ['{', '}'];
  const parts = Array.isArray(value)
    ? value.map((item: unknown) => inner + laidOut(item, indent + 2, indent + 2))
    : Object.entries(value).map(([key, item]: [string, unknown]) => {
        const name = `${inner}${JSON.stringify(key)}: `;
        return name + laidOut(item, indent + 2, name.length);
      });
  return `${left}\n${parts.join(',\n')}\n${' '.repeat(indent)}${right}`;
}

function oneLine(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(oneLine).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const parts = Object.entries(value).map(
    ([key, item]: [string, unknown]) => `${JSON.stringify(key)}: ${oneLine(item)}`,
  );
  return parts.length === 0 ? '{}' : `{ ${parts.join(', ')} }`;
}
