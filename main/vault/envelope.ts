import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { z } from 'zod';

/** AES-256: bytes of the key. */
export const KEY_BYTES = 32;
/** GCM's own nonce size, bytes. Random: 2^32 writes under one key stay safe (NIST SP 800-38D section 8.3). */
const NONCE_BYTES = 12;
/** Format of the file. A change gets a new number and a migration. */
export const ENVELOPE_VERSION = 1;

const envelopeSchema = z.strictObject({
  version: z.literal(ENVELOPE_VERSION),
  cipher: z.literal('aes-256-gcm'),
  nonce: z.base64().length(16),
  tag: z.base64().length(24),
  data: z.base64(),
});

// The header is authenticated too, so that an old format cannot be passed off as a new one.
const header = Buffer.from(`lanyard-vault-${ENVELOPE_VERSION}:aes-256-gcm`);

/** Encrypts and authenticates `text` under `key`; the result is the vault file's JSON. */
export function seal(text: string, key: Buffer): string {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(header);
  const data = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  return `${JSON.stringify({
    version: ENVELOPE_VERSION,
    cipher: 'aes-256-gcm',
    nonce: nonce.toString('base64'),
    tag: cipher.getAuthTag().toString('base64'),
    data: data.toString('base64'),
  })}\n`;
}

/** Reverses {@link seal}; throws when the file was torn, changed, or sealed under another key. */
export function unseal(file: string, key: Buffer): string {
  const { nonce, tag, data } = envelopeSchema.parse(JSON.parse(file));
  const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(nonce, 'base64'))
    .setAAD(header)
    .setAuthTag(Buffer.from(tag, 'base64'));
  return Buffer.concat([decipher.update(Buffer.from(data, 'base64')), decipher.final()]).toString('utf8');
}
