// Names of files held against a pattern in steps that grow with pattern times name: no name takes long.
import { escapePattern } from '../base';

/** What a part of a pattern stands for. */
export type NamePart =
  /** This text, without case. */
  | { readonly kind: 'text'; readonly text: string }
  /** Any characters but "/", as many as fit. */
  | { readonly kind: 'any' }
  /** One or more characters but "/", as few as fit; given under this name. */
  | { readonly kind: 'part'; readonly name: string }
  /** 20241115 or 2024-11-15; given as `date`. */
  | { readonly kind: 'date' };

/** The parts of a name that a pattern gives. */
export type NameParts = Readonly<Record<string, string>>;

/** A step to a state and a place in the name, both never earlier and one of them later. */
interface Move {
  readonly state: number;
  readonly place: number;
}

interface State {
  /** What it can do at a place of a path, the preferred first. */
  readonly moves: (path: string, place: number) => readonly Move[];
  /** The part to which belongs what it reads. */
  readonly name?: string;
}

/** A state at a place, and how many of its moves were tried. */
interface Visit extends Move {
  readonly moves: readonly Move[];
  tried: number;
}

/**
 * Reads a path from its beginning or from behind one of its "/", to its end, as a regular expression of these parts
 * does; but where that tries again what has failed, each part is held against each place once.
 */
export function namePattern(
  parts: readonly NamePart[],
): (path: string, onVisit?: () => void) => NameParts | undefined {
  const states = statesOf(parts);
  return (path, onVisit = () => undefined) => {
    const failed = new Set<number>();
    const key = (at: Move): number => at.state * (path.length + 1) + at.place;
    const visit = ({ state, place }: Move): Visit => {
      onVisit();
      return { state, place, moves: states[state]?.moves(path, place) ?? [], tried: 0 };
    };
    for (let start = 0; start !== -1; start = behindSlash(path, start)) {
      const trail = [visit({ state: 0, place: start })];
      for (let here = trail.at(-1); here !== undefined; here = trail.at(-1)) {
        if (here.state === states.length && here.place === path.length) return given(states, trail, path);
        const move = here.moves[here.tried++];
        if (move === undefined) {
          failed.add(key(here));
          trail.pop();
        } else if (!failed.has(key(move))) trail.push(visit(move));
      }
    }
    return undefined;
  };
}

/** The place behind the next "/"; -1 where there is none. */
function behindSlash(path: string, from: number): number {
  const slash = path.indexOf('/', from);
  return slash === -1 ? -1 : slash + 1;
}

function statesOf(parts: readonly NamePart[]): readonly State[] {
  const states: State[] = [];
  for (const part of parts) {
    const state = states.length;
    const next = state + 1;
    switch (part.kind) {
      case 'text':
        states.push({ moves: textMoves(part.text, next) });
        break;
      case 'any':
        states.push({ moves: (path, place) => [...oneMore(path, place, state), { state: next, place }] });
        break;
      case 'part':
        states.push(
          { name: part.name, moves: (path, place) => oneMore(path, place, next) },
          {
            name: part.name,
            moves: (path, place) => [{ state: next + 1, place }, ...oneMore(path, place, next)],
          },
        );
        break;
      case 'date':
        states.push({ name: 'date', moves: dateMoves(next) });
        break;
      default:
        part satisfies never;
    }
  }
  return states;
}

/** Over one character that is no "/". */
function oneMore(path: string, place: number, state: number): readonly Move[] {
  const character = path.codePointAt(place);
  if (character === undefined || path[place] === '/') return [];
  return [{ state, place: place + (character > 0xffff ? 2 : 1) }];
}

/** A regular expression of one text tries nothing twice, and knows which letters are the same without case. */
function textMoves(text: string, next: number): State['moves'] {
  const expression = new RegExp(escapePattern(text), 'iuy');
  return (path, place) => {
    expression.lastIndex = place;
    return expression.test(path) ? [{ state: next, place: expression.lastIndex }] : [];
  };
}

const DATE = /(?:\d{8}|\d{4}-\d{2}-\d{2})/y;

function dateMoves(next: number): State['moves'] {
  return (path, place) => {
    DATE.lastIndex = place;
    return DATE.test(path) ? [{ state: next, place: DATE.lastIndex }] : [];
  };
}

function given(states: readonly State[], trail: readonly Visit[], path: string): NameParts {
  const found: Record<string, string> = {};
  trail.forEach((here, i) => {
    const name = states[here.state]?.name;
    if (name !== undefined) found[name] = (found[name] ?? '') + path.slice(here.place, trail[i + 1]?.place);
  });
  return found;
}
