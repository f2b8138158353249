// The lines of all sources as they are asked for, and the bytes of files that have some of them.
import { rm } from 'node:fs/promises';
import { makeTemporaryFolder } from '../../base';
import { fromBytes, toBytes } from '../../csv';
import { PipelineError } from '../../model';
import { assemble, cutSource, type Frame, type Line, type LandingSource, type LineFilter } from './caseLines';

export interface Supply {
  /**
   * Lines of the sources that `of` names, as far as they are wanted, in the order of sources and files.
   * @param most lines of one source.
   */
  lines(
    wanted: (source: number, place: Parameters<LineFilter>[0]) => boolean,
    of: (source: number) => boolean,
    most: number,
  ): Promise<readonly Line[]>;
  /** The file of a source with these lines of it. */
  bytes(source: number, lines: readonly Line[]): Promise<Buffer>;
  /** What stands above the header and below the lines of a source, as text. */
  around(source: number): Promise<string>;
  /** Were there more lines than were taken? */
  cutShort(): boolean;
  close(): Promise<void>;
}

export function openSupply(sources: readonly LandingSource[], signal: AbortSignal): Supply {
  const temporary = makeTemporaryFolder('case');
  const frames = new Map<number, Frame>();
  let short = false;
  const read = async (index: number, wanted: LineFilter, most: number): Promise<readonly Line[]> => {
    const source = sources[index];
    if (source === undefined) return [];
    try {
      const { top, foot, lines, more } = await cutSource(source, index, wanted, { most, temporary, signal });
      frames.set(index, { top, foot });
      short ||= more;
      return lines;
    } catch (error) {
      if (!(error instanceof Error) || error.name !== 'Unreadable') throw error;
      throw new PipelineError(
        'FILE_UNREADABLE',
        `${source.file} can no longer be read: ${error.message}`,
        'Put the original back from a backup, then try again.',
        { where: { file: source.file }, cause: error },
      );
    }
  };
  return {
    lines: async (wanted, of, most) => {
      const all: Line[] = [];
      for (const i of sources.keys()) {
        if (!of(i)) continue;
        for (const line of await read(i, (place) => wanted(i, place), most)) all.push(line);
      }
      return all;
    },
    bytes: async (index, lines) => {
      const source = sources[index];
      if (source === undefined) return Buffer.alloc(0);
      if (!frames.has(index)) await read(index, () => false, 0);
      return assemble(source, frames.get(index) ?? { top: '', foot: '' }, lines);
    },
    around: async (index) => {
      const { format } = sources[index] ?? {};
      if (format === undefined || format.preamble + format.footer === 0) return '';
      if (!frames.has(index)) await read(index, () => false, 0);
      const { top, foot } = frames.get(index) ?? { top: '', foot: '' };
      const header = format.columns.map(toBytes);
      const above = top.split(/\r\n|\r|\n/).slice(0, format.preamble);
      return [...above, foot]
        .filter((line) => !header.every((name) => line.includes(name)))
        .map(fromBytes)
        .join('\n');
    },
    cutShort: () => short,
    close: () => rm(temporary, { recursive: true, force: true }),
  };
}
