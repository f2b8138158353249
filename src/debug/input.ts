// The bytes that an editor sends, before the protocol's library reads them: it would wait for ever where they are none of
// the protocol.
import { Transform, type Readable } from 'node:stream';

/** Bytes that the header of a message may have. */
const LONGEST_HEADER = 4_096;
/** Bytes that a message may have: expressions and breakpoints are small. */
const LARGEST_MESSAGE = 64_000_000;

const END = '\r\n\r\n';
/** Lines of a header, the last of which may not have ended. */
const HEADER = /^(?:[!-9;-~]+:[^\r\n]*\r\n)*(?:[!-9;-~]*|[!-9;-~]+:[^\r\n]*\r?|\r\n?)$/;

/**
 * Passes bytes on as long as they are messages with a header.
 * @param broken called once, with why they are not; nothing is passed on after it.
 */
export function checkedInput(input: Readable, broken: (why: string) => void): Readable {
  let header = '';
  /** Bytes of the message that have not come. */
  let left = 0;
  let wrong = false;
  const refuse = (why: string): void => {
    wrong = true;
    // What came before is read first.
    setImmediate(() => broken(why));
  };

  /** Reads on in the header; gives how many bytes it took. */
  const readHeader = (text: string): number => {
    const before = header.length;
    const read = header + text;
    const end = read.indexOf(END);
    header = end === -1 ? read : read.slice(0, end + END.length);
    if (header.length > LONGEST_HEADER || !HEADER.test(end === -1 ? header : header.slice(0, -2))) {
      refuse(`Input is not of the Debug Adapter Protocol: ${JSON.stringify(header.slice(0, 80))}.`);
      return text.length;
    }
    const taken = header.length - before;
    if (end === -1) return taken;
    const length = /^Content-Length: *(\d+)\r$/im.exec(header)?.[1];
    if (length === undefined) refuse('A message has no Content-Length.');
    else if (Number(length) > LARGEST_MESSAGE) refuse(`A message has ${length} bytes.`);
    else left = Number(length);
    header = '';
    return taken;
  };

  const checked = new Transform({
    transform(chunk: Buffer, _, done) {
      let at = 0;
      let sound = 0;
      while (at < chunk.length && !wrong) {
        const body = Math.min(left, chunk.length - at);
        left -= body;
        at += body;
        sound = at;
        if (at < chunk.length) at += readHeader(chunk.toString('latin1', at));
      }
      done(null, wrong ? chunk.subarray(0, sound) : chunk);
    },
    flush(done) {
      if (!wrong && (left > 0 || header !== '')) refuse('Input ends within a message.');
      done();
    },
  });
  return input.pipe(checked);
}
