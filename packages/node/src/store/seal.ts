import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { ComityError } from '@comity/protocol/base';
import { flush } from './backup.ts';
import { keyFileName } from './files.ts';

const keyBytes = 32;
const nonceBytes = 12;
const tagBytes = 16;

/** Keeps secrets of others (a feed's password) out of the database's clear text, and so out of every backup. */
export interface Seal {
  /**
   * @param owner - whose secret it is; it opens for no other, so that rows cannot be swapped.
   * @throws {ComityError} `DATA_UNWRITABLE` when the key cannot be made, `FILE_UNREADABLE` when it is no key.
   */
  seal(text: string, owner: string): Uint8Array;
  /**
   * The text, or undefined when the key in the folder is not the one it was sealed with, or not there.
   *
   * @throws {ComityError} `FILE_UNREADABLE` when the key file is no key.
   */
  unseal(sealed: Uint8Array, owner: string): string | undefined;
}

/**
 * Opens the seal of a data folder. Its key is a file of its own beside the database, made with the first secret.
 *
 * AES-256-GCM under a random nonce: nonce, tag, ciphertext. A node seals some thousands of secrets in its life, far from
 * where random nonces of 96 bits could meet (NIST SP 800-38D §8.3: 2^32).
 */
export function openSeal(dir: string): Seal {
  let known: Uint8Array | undefined;
  const keyThere = (): Uint8Array | undefined => (known ??= readKey(dir));
  return {
    seal: (text, owner) => {
      const key = keyThere() ?? (known = makeKey(dir));
      const nonce = randomBytes(nonceBytes);
      const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: tagBytes });
      cipher.setAAD(Buffer.from(owner, 'utf8'));
      const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
      return Buffer.concat([nonce, cipher.getAuthTag(), sealed]);
    },
    unseal: (sealed, owner) => {
      const key = keyThere();
      if (key === undefined || sealed.length < nonceBytes + tagBytes) return undefined;
      const nonce = sealed.subarray(0, nonceBytes);
      const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: tagBytes });
      decipher.setAAD(Buffer.from(owner, 'utf8'));
      decipher.setAuthTag(sealed.subarray(nonceBytes, nonceBytes + tagBytes));
      const text = decipher.update(sealed.subarray(nonceBytes + tagBytes));
      try {
        return Buffer.concat([text, decipher.final()]).toString('utf8');
      } catch {
        // The tag does not fit: another key, another owner, or other bytes. All that `final` can throw.
        return undefined;
      }
    },
  };
}

function readKey(dir: string): Uint8Array | undefined {
  const file = join(dir, keyFileName);
  let key: Uint8Array;
  try {
    key = readFileSync(file);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new ComityError('FILE_UNREADABLE', `Cannot read the key ${file}: ${String(cause)}`, { cause });
  }
  if (key.length === keyBytes) return key;
  throw new ComityError(
    'FILE_UNREADABLE',
    `Cannot use ${file}: a key has ${keyBytes} bytes, it has ${key.length}. Put the right file back, or remove it`,
  );
}

/** Durable under its name before anything is sealed with it: a secret whose key is lost in a crash would be lost too. */
function makeKey(dir: string): Uint8Array {
  const file = join(dir, keyFileName);
  const partial = `${file}.partial`;
  const key = randomBytes(keyBytes);
  try {
    rmSync(partial, { force: true });
    const descriptor = openSync(partial, 'wx', 0o600);
    try {
      writeSync(descriptor, key);
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    renameSync(partial, file);
    flush(dir);
  } catch (cause) {
    throw new ComityError('DATA_UNWRITABLE', `Cannot make the key ${file}: ${String(cause)}`, { cause });
  }
  return key;
}
