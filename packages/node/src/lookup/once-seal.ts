import { createCipheriv, createDecipheriv } from 'node:crypto';
import { sealBytes } from '@comity/protocol/lookup';
import type { OnceSeal } from '@comity/protocol/lookup';

/** Zeros, since no key is used twice. */
const nonce = new Uint8Array(12);

/** AES-256-GCM of the platform. */
export const onceSeal: OnceSeal = {
  seal(key, text) {
    const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: sealBytes });
    return Buffer.concat([cipher.update(text), cipher.final(), cipher.getAuthTag()]);
  },
  open(key, sealed) {
    if (sealed.length < sealBytes) return undefined;
    const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: sealBytes });
    decipher.setAuthTag(sealed.subarray(-sealBytes));
    const text = decipher.update(sealed.subarray(0, -sealBytes));
    try {
      return Buffer.concat([text, decipher.final()]);
    } catch {
      // The tag does not fit: another key or other bytes. All that `final` can throw.
      return undefined;
    }
  },
};
