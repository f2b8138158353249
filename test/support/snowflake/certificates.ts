// A certificate authority for one test run and a certificate for 127.0.0.1, made anew each time: X.509 in DER,
// written by hand because nothing in Node issues certificates. The keys never leave the folder of the test.
import { createHash, generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto';

export interface Certificates {
  /** PEM of the authority, for NODE_EXTRA_CA_CERTS. */
  readonly authority: string;
  readonly certificate: string;
  readonly key: string;
}

/** Issues a certificate for 127.0.0.1 and localhost, valid for a day around now. */
export function issueCertificates(): Certificates {
  const authorityKeys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const serverKeys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const issuer = name('Test authority of the protocol peer');
  const authority = issue(issuer, issuer, authorityKeys.publicKey, authorityKeys.privateKey, [
    extension([2, 5, 29, 19], true, sequence(boolean(true))),
    extension([2, 5, 29, 15], true, tagged(0x03, Buffer.from([0x01, 0x06]))),
    keyIdentifier(authorityKeys.publicKey),
  ]);
  const certificate = issue(name('127.0.0.1'), issuer, serverKeys.publicKey, authorityKeys.privateKey, [
    extension([2, 5, 29, 19], true, sequence()),
    // Digital signature; server authentication.
    extension([2, 5, 29, 15], true, tagged(0x03, Buffer.from([0x07, 0x80]))),
    extension([2, 5, 29, 37], false, sequence(identifier([1, 3, 6, 1, 5, 5, 7, 3, 1]))),
    extension(
      [2, 5, 29, 17],
      false,
      sequence(tagged(0x87, Buffer.from([127, 0, 0, 1])), tagged(0x82, Buffer.from('localhost'))),
    ),
  ]);
  return {
    authority,
    certificate,
    key: serverKeys.privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(),
  };
}

function issue(
  subject: Buffer,
  issuer: Buffer,
  key: KeyObject,
  signer: KeyObject,
  extensions: readonly Buffer[],
): string {
  const algorithm = sequence(identifier([1, 2, 840, 10045, 4, 3, 2]));
  const serial = randomBytes(12);
  serial[0] = 0x01;
  const day = 86_400_000;
  const body = sequence(
    tagged(0xa0, tagged(0x02, Buffer.from([2]))),
    tagged(0x02, serial),
    algorithm,
    issuer,
    sequence(time(Date.now() - day), time(Date.now() + day)),
    subject,
    key.export({ format: 'der', type: 'spki' }),
    tagged(0xa3, sequence(...extensions)),
  );
  const signature = sign('sha256', body, signer);
  const der = sequence(body, algorithm, tagged(0x03, Buffer.concat([Buffer.from([0]), signature])));
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}

function tagged(tag: number, content: Buffer): Buffer {
  const { length } = content;
  const size =
    length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return tagged(0x30, Buffer.concat(parts));
}

function boolean(value: boolean): Buffer {
  return tagged(0x01, Buffer.from([value ? 0xff : 0]));
}

function identifier(arcs: readonly number[]): Buffer {
  const [first = 0, second = 0, ...rest] = arcs;
  const bytes = rest.flatMap((arc) => {
    const groups = [arc & 0x7f];
    for (let left = arc >> 7; left > 0; left >>= 7) groups.unshift((left & 0x7f) | 0x80);
    return groups;
  });
  return tagged(0x06, Buffer.from([first * 40 + second, ...bytes]));
}

function name(common: string): Buffer {
  return sequence(tagged(0x31, sequence(identifier([2, 5, 4, 3]), tagged(0x0c, Buffer.from(common)))));
}

function time(moment: number): Buffer {
  const digits = new Date(moment).toISOString().replace(/[-:T]/g, '').slice(2, 14);
  return tagged(0x17, Buffer.from(`${digits}Z`));
}

function extension(arcs: readonly number[], critical: boolean, value: Buffer): Buffer {
  return sequence(identifier(arcs), ...(critical ? [boolean(true)] : []), tagged(0x04, value));
}

function keyIdentifier(key: KeyObject): Buffer {
  const digest = createHash('sha1')
    .update(key.export({ format: 'der', type: 'spki' }))
    .digest();
  return extension([2, 5, 29, 14], false, tagged(0x04, digest));
}
