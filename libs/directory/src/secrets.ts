import { hash, randomBytes } from 'node:crypto';
import { base58 } from '@scure/base';

/** A new secret: 256 random bits in base58. It is shown once, and kept as its hash. */
export const newSecret = (): string => base58.encode(randomBytes(32)).padStart(44, '1');

/** Whether a text has the form of a secret. */
export const isSecret = (text: string): boolean => /^[0-9A-Za-z]{44}$/.test(text);

/** The stored form of a secret. It needs no salt, since nobody can guess that many random bits. */
export const hashOf = (secret: string): string => hash('sha256', secret);
