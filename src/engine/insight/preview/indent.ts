// JSON over several lines, number by number as it stands: parsing it would round the large ones.

/** JSON text with a line for each member; what is no JSON comes back as it is. */
export function indentJson(text: string): string {
  let indented = '';
  let depth = 0;
  let quoted = false;
  const line = (): string => `\n${'  '.repeat(depth)}`;
  for (let i = 0; i < text.length; i++) {
    const character = text[i] ?? '';
    if (quoted) {
      indented += character;
      if (character === '\\') indented += text[++i] ?? '';
      else if (character === '"') quoted = false;
      continue;
    }
    switch (character) {
      case '"':
        quoted = true;
        indented += character;
        break;
      case '{':
      case '[': {
        const close = text[i + 1];
        if (close === '}' || close === ']') {
          indented += character + close;
          i++;
          break;
        }
        depth++;
        indented += character + line();
        break;
      }
      case '}':
      case ']':
        depth = Math.max(0, depth - 1);
        indented += line() + character;
        break;
      case ',':
        indented += character + line();
        break;
      case ':':
        indented += ': ';
        break;
      case ' ':
      case '\n':
      case '\r':
      case '\t':
        break;
      default:
        indented += character;
    }
  }
  return indented;
}
