// Zstd bytes unpacked block by block: by Node where it can, else by fzstd under a deadline.
import { Readable } from 'node:stream';
import { createContext, Script } from 'node:vm';
import * as zlib from 'node:zlib';
import { Decompress } from 'fzstd';
import { Unreadable } from './bytes';
import { damaged, WINDOW_LOG, zstdPieces, type ZstdPiece } from './zstdFrames';

type Unpack = (chunks: AsyncIterable<Buffer>) => AsyncGenerator<Buffer>;

/** The unpacked bytes, in chunks that are never large. @throws Unreadable BAD_ARCHIVE, ARCHIVE_BOMB */
export const unzstd: Unpack = (chunks) => (nodeHasZstd() ? byNode(chunks) : byScript(chunks));

/** What Node 22.15 and later have, and the types of Node 20 do not know. */
interface NodeZstd {
  readonly createZstdDecompress: (options: { params: Record<number, number> }) => zlib.Gunzip;
  readonly constants: { readonly ZSTD_d_windowLogMax: number };
}

const nodeHasZstd = (): boolean => 'createZstdDecompress' in zlib;

/** By the library of the format's authors, which checks the checksums too. */
export async function* byNode(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const { createZstdDecompress, constants } = zlib as unknown as NodeZstd;
  const unpack = createZstdDecompress({ params: { [constants.ZSTD_d_windowLogMax]: WINDOW_LOG } });
  async function* stored(): AsyncGenerator<Buffer> {
    for await (const { bytes } of zstdPieces(chunks)) yield bytes;
  }
  const source = Readable.from(stored(), { objectMode: false });
  source.on('error', (error) => unpack.destroy(error));
  source.pipe(unpack);
  try {
    yield* unpack as AsyncIterable<Buffer>;
  } catch (error) {
    if (error instanceof Error && 'code' in error && /^(Z_|ERR_ZSTD|ZSTD)/.test(String(error.code)))
      throw new Unreadable('BAD_ARCHIVE', `The zstd stream is damaged: ${error.message}.`, error);
    throw error;
  } finally {
    source.destroy();
    unpack.destroy();
  }
}

/** So many pieces are unpacked at once: 1 MB at most. */
const BATCH = 8;
/** A batch takes milliseconds: one made to take long is an attack. */
const BATCH_MS = 2_000;
/** What all of a file may take, beside a second for each megabyte that it holds. */
const TOTAL_MS = 20_000;

/**
 * By fzstd, for a Node without zstd. It believes what a block says of lengths and loops on damaged tables, so each
 * batch runs under V8's own deadline, which ends plain loops too.
 */
export async function* byScript(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const state = new ScriptedFrames();
  const pieces = zstdPieces(chunks);
  let batch: ZstdPiece[] = [];
  for await (const piece of pieces) {
    batch.push(piece);
    if (batch.length < BATCH) continue;
    yield* state.unpack(batch);
    batch = [];
  }
  yield* state.unpack(batch);
}

class ScriptedFrames {
  #frame: Decompress | undefined;
  #held = 0;
  #ready: Buffer[] = [];
  #total = 0;
  #spent = 0;
  #batch: readonly ZstdPiece[] = [];
  readonly #script = new Script('run()');
  readonly #context = createContext({ run: () => this.#batch.forEach((piece) => this.#push(piece)) });

  unpack(batch: readonly ZstdPiece[]): readonly Buffer[] {
    this.#batch = batch;
    const started = performance.now();
    try {
      this.#script.runInContext(this.#context, { timeout: BATCH_MS });
    } catch (error) {
      if (error instanceof Unreadable) throw error;
      // The deadline's error is of the script's own realm: no `instanceof` knows it.
      const { code, message } = error as Partial<NodeJS.ErrnoException>;
      if (code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw tooSlow();
      throw damaged(message ?? String(error));
    }
    this.#spent += performance.now() - started;
    if (this.#spent > TOTAL_MS + this.#total / 1000) throw tooSlow();
    return this.#ready.splice(0);
  }

  #push({ bytes, first, last, holds }: ZstdPiece): void {
    if (first) {
      this.#held = 0;
      this.#frame = new Decompress((chunk) => {
        this.#held += chunk.length;
        this.#total += chunk.length;
        this.#ready.push(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength));
      });
    }
    this.#frame?.push(bytes, last);
    if (last && holds !== undefined && holds !== this.#held)
      throw damaged(`a frame of ${holds} bytes has ${this.#held}`);
  }
}

const tooSlow = (): Unreadable =>
  new Unreadable('ARCHIVE_BOMB', 'It takes far longer to unpack than a file of its size does.');
