// Looks for planted secrets in everything that was written, printed or sent, however they may be spelled there.
// It shares no code with the redaction it tests.
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join, relative } from 'node:path';
import { gunzipSync } from 'node:zlib';

export interface PlantedSecret {
  readonly name: string;
  readonly value: string;
}

export interface Sighting {
  /** Which secret, and in what spelling. */
  readonly secret: string;
  /** Where: a path, "stdout", … */
  readonly where: string;
  /** What stands around it. */
  readonly around: string;
}

/** Lines and pieces of a secret below this length are found in innocent texts, too. */
const TELLING = 12;

interface Needle {
  readonly name: string;
  readonly bytes: Buffer;
}

/** All spellings of the secrets, as bytes. */
function needles(secrets: readonly PlantedSecret[]): readonly Needle[] {
  return secrets.flatMap(({ name, value }) => {
    const pieces = [value, ...value.split(/[\r\n]+/), ...value.split('.')]
      .map((piece) => piece.trim())
      .filter((piece, i) => i === 0 || (piece.length >= TELLING && !piece.startsWith('-----')));
    return [...new Set(pieces)].flatMap((piece) => {
      const json = JSON.stringify(piece).slice(1, -1);
      const texts: readonly (readonly [string, string])[] = [
        ['as it is', piece],
        ['in JSON', json],
        ['in JSON in JSON', JSON.stringify(json).slice(1, -1)],
        ['in a URL', encodeURIComponent(piece)],
        ['in a form', new URLSearchParams({ x: piece }).toString().slice(2)],
        ['in SQL', piece.replaceAll("'", "''")],
        ['in CSV', piece.replaceAll('"', '""')],
        [
          'in HTML',
          piece
            .replaceAll('&', '&amp;')
            .replaceAll('<', '&lt;')
            .replaceAll('"', '&quot;')
            .replaceAll("'", '&#39;'),
        ],
        ['on one line', piece.replace(/[\r\n]+/g, ' ')],
      ];
      const encoded = [0, 1, 2].map((before) => {
        const whole = Buffer.concat([
          Buffer.alloc(before, 'a'),
          Buffer.from(piece),
          Buffer.from('aaa'),
        ]).toString('base64');
        return whole.slice(
          Math.ceil((before * 8) / 6),
          Math.floor(((before + Buffer.byteLength(piece)) * 8) / 6),
        );
      });
      return [
        ...texts.map(([how, text]) => ({ name: `${name} ${how}`, bytes: Buffer.from(text) })),
        { name: `${name} in UTF-16`, bytes: Buffer.from(piece, 'utf16le') },
        { name: `${name} in hex`, bytes: Buffer.from(Buffer.from(piece).toString('hex')) },
        ...encoded
          .filter((text) => text.length >= 6)
          .map((text) => ({ name: `${name} in base64`, bytes: Buffer.from(text) })),
      ];
    });
  });
}

/** @returns a function that looks for the secrets in one text or file after the other, and what it has seen so far. */
export function openSecretSearch(secrets: readonly PlantedSecret[]): {
  readonly look: (where: string, content: string | Buffer) => void;
  /** Every file below a folder, names and packed content too; `except` by path relative to it. */
  readonly lookIn: (folder: string, except: readonly string[]) => void;
  readonly seen: readonly Sighting[];
  /** Bytes looked at: a search that looked at nothing proves nothing. */
  readonly bytes: () => number;
} {
  const all = needles(secrets);
  const seen: Sighting[] = [];
  let bytes = 0;
  const look = (where: string, content: string | Buffer): void => {
    const hay = typeof content === 'string' ? Buffer.from(content) : content;
    bytes += hay.length;
    for (const { name, bytes: needle } of all) {
      const at = hay.indexOf(needle);
      if (at < 0) continue;
      const around = hay.toString('utf8', Math.max(0, at - 60), at + needle.length + 60);
      seen.push({ secret: name, where, around });
    }
    if (hay[0] === 0x1f && hay[1] === 0x8b) look(`${where}, unpacked`, gunzipSync(hay));
  };
  const lookIn = (folder: string, except: readonly string[]): void => {
    const walk = (at: string): void => {
      for (const entry of readdirSync(at, { withFileTypes: true })) {
        const path = join(at, entry.name);
        const shown = relative(folder, path);
        if (except.includes(shown)) continue;
        look(`the name of ${shown}`, entry.name);
        if (entry.isDirectory()) walk(path);
        else if (entry.isSymbolicLink()) look(shown, readlinkSync(path));
        else if (entry.isFile()) look(shown, readFileSync(path));
      }
    };
    walk(folder);
  };
  return { look, lookIn, seen, bytes: () => bytes };
}

/** Reads the arguments of a process and of its children again and again until it is told to stop; Linux alone has them. */
export function watchArguments(pid: number | undefined): { readonly stop: () => readonly string[] } {
  const found = new Set<string>();
  const read = (id: number): void => {
    try {
      found.add(readFileSync(`/proc/${id}/cmdline`, 'utf8'));
      const children = readFileSync(`/proc/${id}/task/${id}/children`, 'utf8').split(' ');
      for (const child of children) if (child !== '') read(Number(child));
    } catch {
      // It has ended.
    }
  };
  const look = (): void => {
    if (pid !== undefined) read(pid);
  };
  look();
  const timer = setInterval(look, 10);
  return {
    stop: () => {
      clearInterval(timer);
      return [...found];
    },
  };
}
