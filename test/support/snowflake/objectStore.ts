// An object store as S3 is to the driver: TLS on loopback, HEAD, PUT (also chunked with a checksum), multipart, GET
// and DELETE, with credentials made for each PUT. Objects land in the folders of the stages.
import { createHash, randomBytes } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { crc32 } from 'node:zlib';
import { issueCertificates } from './certificates';
import type { Gate, Reply } from './gate';
import type { ObjectStore } from './service';
import { SIDE } from './stageFiles';
import type { Fault, RequestKind } from './types';

const BUCKET = 'peer-stages';

export interface RunningStore extends ObjectStore {
  /** PEM file of the authority that issued the server's certificate. */
  readonly caFile: string;
  close(): Promise<void>;
}

/** Starts the store over the folder that holds the stages' folders. */
export async function startObjectStore(folder: string, gate: Gate): Promise<RunningStore> {
  const certificates = issueCertificates();
  const caFile = join(folder, 'authority.pem');
  await writeFile(caFile, certificates.authority);
  const keys = new Map<string, string>();
  const server: Server = createServer(
    { cert: certificates.certificate, key: certificates.key },
    (request, response) => {
      void serve(request, response);
    },
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const uploads = new Map<
    string,
    {
      readonly key: string;
      readonly metadata: Readonly<Record<string, string>>;
      readonly parts: Map<number, Buffer>;
    }
  >();

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'https://127.0.0.1');
    const kind = kindOf(request.method ?? '', url);
    try {
      // The body is taken in whole before a fault, as a server behind a proxy would.
      const body =
        kind === 'stage-put' || kind === 'stage-multipart' ? await bodyOf(request, folder) : undefined;
      await gate.pass(request, response, { kind }, (fault) => answered(request, url, kind, body, fault));
      if (body !== undefined) await rm(body.file, { force: true });
    } catch (error) {
      response
        .writeHead(400, { 'Content-Type': 'text/plain' })
        .end(error instanceof Error ? error.message : '');
    }
  }

  async function answered(
    request: IncomingMessage,
    url: URL,
    kind: RequestKind,
    body: Body | undefined,
    fault: Fault | undefined,
  ): Promise<Reply> {
    if (fault?.kind === 's3') return refused(request, fault.status, fault.code);
    const credential = /Credential=([^/]+)\//.exec(request.headers.authorization ?? '')?.[1] ?? '';
    if (keys.get(credential) !== request.headers['x-amz-security-token'])
      return refused(request, 403, 'InvalidAccessKeyId');
    // The driver asks whether the bucket is accelerated; it may not know.
    if (url.searchParams.has('accelerate')) return refused(request, 403, 'AccessDenied');
    const path = decodeURIComponent(url.pathname);
    if (!path.startsWith(`/${BUCKET}/`) || path.split('/').includes('..'))
      return refused(request, 404, 'NoSuchBucket');
    const key = path.slice(BUCKET.length + 2);
    const file = join(folder, key);
    switch (kind) {
      case 'stage-head':
      case 'stage-get': {
        const about = await stat(file).catch(() => undefined);
        if (about?.isFile() !== true)
          return refused(request, 404, kind === 'stage-head' ? 'NotFound' : 'NoSuchKey');
        const side: unknown = JSON.parse(await readFile(`${file}${SIDE}`, 'utf8').catch(() => '{}'));
        const metadata = Object.entries(side as Record<string, string>).map(([n, v]) => [
          `x-amz-meta-${n}`,
          v,
        ]);
        const headers = {
          ...(Object.fromEntries(metadata) as Record<string, string>),
          ETag: '"peer"',
          'Last-Modified': about.mtime.toUTCString(),
          'Content-Length': String(about.size),
        };
        return {
          status: 200,
          headers,
          body: kind === 'stage-get' ? await readFile(file) : '',
          outcome: 'ok',
        };
      }
      case 'stage-put': {
        if (body?.problem !== undefined) return refused(request, 400, body.problem);
        await place(file, body?.file ?? '', metadataOf(request));
        return { status: 200, headers: { ETag: `"${body?.md5 ?? ''}"` }, body: '', outcome: 'ok' };
      }
      case 'stage-multipart':
        return multipart(request, url, key, file, body);
      case 'stage-delete': {
        const upload = url.searchParams.get('uploadId');
        if (upload !== null) uploads.delete(upload);
        else await rm(file, { force: true });
        return { status: 204, headers: {}, body: '', outcome: 'ok' };
      }
      default:
        return refused(request, 405, 'MethodNotAllowed');
    }
  }

  async function multipart(
    request: IncomingMessage,
    url: URL,
    key: string,
    file: string,
    body: Body | undefined,
  ): Promise<Reply> {
    const given = url.searchParams.get('uploadId');
    if (given === null) {
      const id = randomBytes(12).toString('hex');
      uploads.set(id, { key, metadata: metadataOf(request), parts: new Map() });
      return xml(`<InitiateMultipartUploadResult><UploadId>${id}</UploadId></InitiateMultipartUploadResult>`);
    }
    const upload = uploads.get(given);
    if (upload?.key !== key) return refused(request, 404, 'NoSuchUpload');
    if (request.method === 'PUT') {
      if (body?.problem !== undefined) return refused(request, 400, body.problem);
      upload.parts.set(Number(url.searchParams.get('partNumber')), await readFile(body?.file ?? ''));
      return { status: 200, headers: { ETag: `"${body?.md5 ?? ''}"` }, body: '', outcome: 'ok' };
    }
    const whole = join(folder, `multipart${given}`);
    const ordered = [...upload.parts].sort(([a], [b]) => a - b).map(([, part]) => part);
    await writeFile(whole, Buffer.concat(ordered));
    await place(file, whole, upload.metadata);
    uploads.delete(given);
    return xml('<CompleteMultipartUploadResult><ETag>"peer"</ETag></CompleteMultipartUploadResult>');
  }

  return {
    endPoint: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    bucket: BUCKET,
    caFile,
    credentials: () => {
      const id = `PEER${randomBytes(8).toString('hex').toUpperCase()}`;
      const token = randomBytes(24).toString('base64');
      keys.set(id, token);
      return { AWS_KEY_ID: id, AWS_SECRET_KEY: randomBytes(20).toString('base64'), AWS_TOKEN: token };
    },
    close: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}

/** Whole or not at all, as objects are. */
async function place(file: string, from: string, metadata: Readonly<Record<string, string>>): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(`${file}${SIDE}`, JSON.stringify(metadata));
  await rename(from, file);
}

function kindOf(method: string, url: URL): RequestKind {
  if (url.searchParams.has('accelerate')) return 'other';
  if (url.searchParams.has('uploads') || (url.searchParams.has('uploadId') && method !== 'DELETE'))
    return 'stage-multipart';
  switch (method) {
    case 'HEAD':
      return 'stage-head';
    case 'PUT':
      return 'stage-put';
    case 'GET':
      return 'stage-get';
    case 'DELETE':
      return 'stage-delete';
    default:
      return 'other';
  }
}

function metadataOf(request: IncomingMessage): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(request.headers)
      .filter(([name]) => name.startsWith('x-amz-meta-'))
      .map(([name, value]) => [name.slice('x-amz-meta-'.length), String(value)]),
  );
}

function refused(request: IncomingMessage, status: number, code: string): Reply {
  const body =
    request.method === 'HEAD'
      ? ''
      : `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>The peer's store refuses: ${code}</Message><RequestId>peer</RequestId></Error>`;
  return { status, headers: { 'Content-Type': 'application/xml' }, body, outcome: `${status} ${code}` };
}

function xml(body: string): Reply {
  return {
    status: 200,
    headers: { 'Content-Type': 'application/xml' },
    body: `<?xml version="1.0" encoding="UTF-8"?>${body}`,
    outcome: 'ok',
  };
}

interface Body {
  readonly file: string;
  readonly md5: string;
  /** S3's code for a body that is not what its headers say. */
  readonly problem: string | undefined;
}

/** Writes a body to a file, out of its chunks where it is "aws-chunked", and checks length and checksum. */
async function bodyOf(request: IncomingMessage, folder: string): Promise<Body> {
  const file = join(folder, `incoming${randomBytes(8).toString('hex')}`);
  const out = createWriteStream(file);
  const md5 = createHash('md5');
  let sum = 0;
  let length = 0;
  const take = async (part: Buffer): Promise<void> => {
    md5.update(part);
    sum = crc32(part, sum);
    length += part.length;
    if (!out.write(part)) await new Promise((resolve) => out.once('drain', () => resolve(undefined)));
  };
  const chunked = (request.headers['content-encoding'] ?? '').includes('aws-chunked');
  let trailer = '';
  if (chunked) trailer = await unchunked(request, take);
  else for await (const part of request) await take(part as Buffer);
  await new Promise<void>((resolve, reject) => {
    out.once('error', reject);
    out.end(() => resolve());
  });
  const said = /x-amz-checksum-crc32:\s*(\S+)/i.exec(trailer)?.[1] ?? request.headers['x-amz-checksum-crc32'];
  const expected = Number(
    request.headers[chunked ? 'x-amz-decoded-content-length' : 'content-length'] ?? length,
  );
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(sum >>> 0);
  const problem =
    expected !== length
      ? 'IncompleteBody'
      : said !== undefined && said !== bytes.toString('base64')
        ? 'BadDigest'
        : undefined;
  return { file, md5: md5.digest('hex'), problem };
}

/** Takes the parts out of "size;…\r\n bytes \r\n … 0\r\n trailer", and gives the trailer. */
async function unchunked(request: IncomingMessage, take: (part: Buffer) => Promise<void>): Promise<string> {
  let left = Buffer.alloc(0);
  let missing = 0;
  let ended = false;
  for await (const part of request) {
    left = Buffer.concat([left, part as Buffer]);
    while (!ended) {
      if (missing > 0) {
        if (left.length === 0) break;
        const now = left.subarray(0, missing);
        await take(now);
        missing -= now.length;
        left = left.subarray(now.length);
        continue;
      }
      // A chunk ends with a line break before the next one's size.
      if (left.length >= 2 && left[0] === 13 && left[1] === 10) left = left.subarray(2);
      const line = left.indexOf('\r\n');
      if (line <= 0) break;
      const size = parseInt(left.subarray(0, line).toString('latin1'), 16);
      left = left.subarray(line + 2);
      if (size === 0) ended = true;
      missing = size;
    }
  }
  return left.toString('latin1');
}
