import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';

/** A certificate and its private key, as PEM. */
export interface CertifiedKey {
  readonly certificate: string;
  readonly key: string;
}

/** A certificate authority: a client that trusts its certificate trusts every certificate that it issues. */
export interface Authority {
  /** As PEM. */
  readonly certificate: string;
  /** Issues a certificate for these host names; IP addresses are not supported. */
  issue(hosts: readonly string[]): CertifiedKey;
}

/** Creates an authority for one test run; its key never leaves this process. */
export function createAuthority(name: string): Authority {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const isAuthority = extension(BASIC_CONSTRAINTS, sequence(der(0x01, Buffer.of(0xff))));
  return {
    certificate: certificate({ subject: name, issuer: name, publicKey, extensions: [isAuthority], signer: privateKey }),
    issue: (hosts) => {
      const own = generateKeyPairSync('ec', { namedCurve: 'P-256' });
      const extensions = [
        extension(SUBJECT_ALTERNATIVE_NAME, sequence(...hosts.map((host) => der(0x82, Buffer.from(host))))),
      ];
      const issued = { subject: 'test server', issuer: name, publicKey: own.publicKey, extensions, signer: privateKey };
      return {
        certificate: certificate(issued),
        key: own.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
      };
    },
  };
}

interface CertificateContents {
  readonly subject: string;
  readonly issuer: string;
  readonly publicKey: KeyObject;
  readonly extensions: readonly Buffer[];
  readonly signer: KeyObject;
}

// X.509 as RFC 5280 has it, in DER. Object identifiers:
const COMMON_NAME = Buffer.from('0603550403', 'hex');
const BASIC_CONSTRAINTS = Buffer.from('0603551d13', 'hex');
const SUBJECT_ALTERNATIVE_NAME = Buffer.from('0603551d11', 'hex');
const ECDSA_WITH_SHA256 = Buffer.from('06082a8648ce3d040302', 'hex');

const DAY = 24 * 60 * 60 * 1000;

function certificate({ subject, issuer, publicKey, extensions, signer }: CertificateContents): string {
  const version3 = der(0xa0, der(0x02, Buffer.of(2)));
  const serial = der(0x02, Buffer.concat([Buffer.of(1), randomBytes(15)]));
  const validity = sequence(time(Date.now() - DAY), time(Date.now() + DAY));
  const toBeSigned = sequence(
    version3,
    serial,
    sequence(ECDSA_WITH_SHA256),
    distinguishedName(issuer),
    validity,
    distinguishedName(subject),
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(...extensions)),
  );
  const signature = der(0x03, Buffer.of(0), sign('sha256', toBeSigned, signer));
  const encoded = sequence(toBeSigned, sequence(ECDSA_WITH_SHA256), signature).toString('base64');
  const lines = encoded.match(/.{1,64}/g) ?? [];
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n');
}

function distinguishedName(commonName: string): Buffer {
  return sequence(der(0x31, sequence(COMMON_NAME, der(0x0c, Buffer.from(commonName)))));
}

function extension(id: Buffer, value: Buffer): Buffer {
  return sequence(id, der(0x04, value));
}

function time(at: number): Buffer {
  const digits = new Date(at).toISOString().replace(/[-T:]|\.\d+/g, '');
  return der(0x17, Buffer.from(digits.slice(2)));
}

function sequence(...contents: readonly Buffer[]): Buffer {
  return der(0x30, ...contents);
}

function der(tag: number, ...contents: readonly Buffer[]): Buffer {
  const content = Buffer.concat(contents);
  const { length } = content;
  if (length < 0x80) return Buffer.concat([Buffer.of(tag, length), content]);
  const size = length < 0x100 ? Buffer.of(0x81, length) : Buffer.of(0x82, length >> 8, length & 0xff);
  return Buffer.concat([Buffer.of(tag), size, content]);
}
