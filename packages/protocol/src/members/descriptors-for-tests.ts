import { createSigner, nativeCrypto } from '../../../testkit/src/index.ts';
import { base64Of } from '../base/index.ts';
import { printVerifierKey } from '../tlog/index.ts';
import type { NoteSigner } from '../tlog/index.ts';
import { keyIdOf, signDescriptor } from './index.ts';
import type { Descriptor, DescriptorBody, MemberSigner } from './index.ts';

const { sha256 } = nativeCrypto;

/** Whoever signs, in tests, with a key that comes of a word. */
export function signerOf(word: string): MemberSigner {
  return ofNote(createSigner('a.example', 'note', word));
}

/** The key a log or a witness signs notes with, as a signer of descriptors. */
export function ofNote({ key, sign }: NoteSigner): MemberSigner {
  return { publicKey: key.publicKey, sign };
}

export const governance = signerOf('governance 1');
export const nextGovernance = signerOf('governance 2');
export const message = signerOf('message');
export const log = createSigner('a.example/ledger/1', 'note', 'log');
export const logPq = createSigner('a.example/ledger/1', 'cosignature-ml-dsa-44', 'log, ML-DSA');
export const witness = createSigner('a.example/witness', 'cosignature-ed25519', 'witness');

export const textOf = ({ publicKey }: MemberSigner): string => base64Of(publicKey);
export const idOf = ({ publicKey }: MemberSigner): string => keyIdOf(publicKey, sha256);

/** A body that says little. */
export const plainBody: DescriptorBody = {
  type: 'comity-node',
  version: 1,
  sequence: 0,
  name: 'Austrian Example CERT',
  sectors: [],
  url: 'https://cert.example',
  keys: { governance: textOf(governance), nextGovernance: idOf(nextGovernance), message: [textOf(message)] },
  contacts: [],
  issuedAt: '2026-01-01T00:00:00.000Z',
  expiresAt: '2026-07-01T00:00:00.000Z',
};

/** A body that says all there is to say. */
export const fullBody: DescriptorBody = {
  ...plainBody,
  country: 'AT',
  sectors: ['energy', 'digital-infrastructure'],
  url: 'https://cert.example:8443/comity',
  ledger: {
    origin: 'a.example/ledger/1',
    url: 'https://cert.example:8443/comity/ledger/1',
    keys: [log, logPq].map(({ key }) => printVerifierKey(key)),
  },
  witness: {
    url: 'https://cert.example:8443/comity/witness',
    monitoringUrl: 'https://cert.example:8443/comity/witness',
    keys: [printVerifierKey(witness.key)],
  },
  keys: { ...plainBody.keys, oprf: textOf(signerOf('oprf')) },
  contacts: [
    {
      role: 'technical',
      email: 'cert@cert.example',
      phone: '+43 1 234 (567)',
      hours: 'day and night',
      languages: ['de', 'en-GB'],
      timeZone: 'Europe/Vienna',
      keys: [{ type: 'openpgp', fingerprint: 'A'.repeat(40), url: 'https://cert.example/key.asc' }],
    },
  ],
};

/** What follows a descriptor, its body changed. */
export function next(
  former: Descriptor,
  change: Partial<DescriptorBody>,
  signers: readonly MemberSigner[] = [governance, message],
): Descriptor {
  const { member, hash, body } = former;
  return signDescriptor({ ...body, member, previous: hash, sequence: body.sequence + 1, ...change }, signers, sha256);
}

export const first: Descriptor = signDescriptor(plainBody, [governance, message], sha256);
