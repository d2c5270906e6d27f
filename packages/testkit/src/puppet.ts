import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { base64Of, utf8Bytes } from '@comity/protocol/base';
import {
  acceptanceMessage,
  keyIdOf,
  parseInvitation,
  printDescriptors,
  printMessageKeyName,
  signDescriptor,
} from '@comity/protocol/members';
import type { Descriptor, DescriptorBody, MemberSigner } from '@comity/protocol/members';
import { signRequest, signResponse } from '@comity/protocol/signed-http';
import type { SignedFields } from '@comity/protocol/signed-http';
import { nativeCrypto, signerOfSeed } from './native-crypto.ts';

const { sha256 } = nativeCrypto;

function newKey(): MemberSigner {
  const { key, sign } = signerOfSeed('puppet', 'note', randomBytes(32));
  return { publicKey: key.publicKey, sign };
}

/** A node that is asked: where it is. */
interface AskedNode {
  readonly url: string;
}

/** What a test gives up again at its end. */
interface Cleanup {
  after(fn: () => unknown): void;
}

/** What a request may be sent otherwise than it was signed. */
export interface Tweak {
  readonly createdSeconds?: number;
  readonly fields?: (fields: SignedFields) => Record<string, string>;
  /** Other bytes than were signed. */
  readonly body?: string;
  /** URL that is signed, when not the one that is called. */
  readonly signedUrl?: string;
}

/** What a puppet answers to who asked for what. */
export interface PuppetAnswer {
  readonly status: number;
  readonly body: string | Uint8Array;
  /** Signed as the answer to what was asked, under this media type; unsigned unless set. */
  readonly signedAs?: string;
}

/** What a puppet was asked. */
export interface PuppetAsked {
  /** With its query. */
  readonly path: string;
  /** Name of the key it is said to be signed with; the puppet does not verify it. */
  readonly keyName: string;
}

/** A member somebody else wrote: nothing but the protocol and a server of its chain. It may lie. */
export interface Puppet {
  readonly url: string;
  /** Signs with its message key. */
  readonly sign: (message: Uint8Array) => Uint8Array;
  /** What its server shows. */
  chain: Descriptor[];
  /** What follows a descriptor, signed with its own keys. */
  next(former: Descriptor, change: Partial<DescriptorBody>, andSigners?: readonly MemberSigner[]): Descriptor;
  /** What its server answers to anything else, to whoever asks, or to each as it likes; 404 unless set. */
  answer: PuppetAnswer | ((asked: PuppetAsked) => PuppetAnswer | undefined) | undefined;
  ask(node: AskedNode, method: 'GET' | 'POST', path: string, body?: object, tweak?: Tweak): Promise<Response>;
  join(node: AskedNode, invitation: string, tweak?: Tweak & { readonly acceptance?: string }): Promise<Response>;
}

/** A puppet with keys of its own and a server on loopback; not yet known to anybody. */
export async function servePuppet(cleanup: Cleanup, change: Partial<DescriptorBody> = {}): Promise<Puppet> {
  const [governance, announced, message] = [newKey(), newKey(), newKey()];
  const server = createServer((request, response) => {
    const from = Number(new URL(request.url ?? '', 'http://x').searchParams.get('from'));
    const isChain = request.url?.startsWith('/.well-known/comity/nodes.json') ?? false;
    const answer: PuppetAnswer = isChain
      ? { status: 200, body: printDescriptors(puppet.chain.slice(from)) }
      : (answerTo(request) ?? { status: 404, body: '' });
    const fields = answer.signedAs === undefined ? {} : signed(answer, request);
    response.writeHead(answer.status, { 'content-type': 'application/json', ...fields }).end(answer.body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanup.after(() => new Promise((resolve) => server.close(resolve)));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const first: DescriptorBody = {
    type: 'comity-node',
    version: 1,
    sequence: 0,
    name: 'Puppet',
    sectors: [],
    url,
    keys: {
      governance: base64Of(governance.publicKey),
      nextGovernance: keyIdOf(announced.publicKey, sha256),
      message: [base64Of(message.publicKey)],
    },
    contacts: [],
    issuedAt: new Date(Date.now() - 60_000).toISOString(),
    expiresAt: new Date(Date.now() + 86_400_000).toISOString(),
    ...change,
  };
  const signer = () => {
    const { member } = puppet.chain[0]!;
    return { keyId: printMessageKeyName({ member, key: keyIdOf(message.publicKey, sha256) }), sign: message.sign };
  };
  const freshness = (createdSeconds = Math.floor(Date.now() / 1000)) => ({
    createdSeconds,
    lifetimeSeconds: 300,
    nonce: randomBytes(18).toString('base64url'),
  });
  const answerTo = ({ url: path = '', headers }: IncomingMessage): PuppetAnswer | undefined => {
    const { answer } = puppet;
    if (typeof answer !== 'function') return answer;
    const [, keyName = ''] = /;keyid="([^"]*)"/.exec(String(headers['signature-input'])) ?? [];
    return answer({ path, keyName });
  };
  const signed = ({ status, body, signedAs = '' }: PuppetAnswer, { headers }: IncomingMessage) => ({
    ...signResponse(
      {
        status,
        content: { body: typeof body === 'string' ? utf8Bytes(body) : body, type: signedAs },
        requestSignature: String(headers['signature']),
      },
      signer(),
      freshness(),
      sha256,
    ),
  });
  const ask: Puppet['ask'] = async (node, method, path, body, tweak = {}) => {
    const text = body === undefined ? undefined : JSON.stringify(body);
    const content = text === undefined ? undefined : { body: utf8Bytes(text), type: 'application/json' };
    const fields = signRequest(
      { method, targetUri: tweak.signedUrl ?? `${node.url}${path}`, content },
      signer(),
      freshness(tweak.createdSeconds),
      sha256,
    );
    const sent = tweak.body ?? text;
    return await fetch(`${node.url}${path}`, {
      method,
      headers: tweak.fields?.(fields) ?? { ...fields },
      ...(sent !== undefined && { body: sent }),
    });
  };
  const puppet: Puppet = {
    url,
    sign: message.sign,
    chain: [signDescriptor(first, [governance, message], sha256)],
    answer: undefined,
    next: (former, changed, andSigners = []) =>
      signDescriptor(
        {
          ...former.body,
          member: former.member,
          previous: former.hash,
          sequence: former.body.sequence + 1,
          ...changed,
        },
        [governance, message, ...andSigners],
        sha256,
      ),
    ask,
    async join(node, text, tweak = {}) {
      const invitation = parseInvitation(text);
      const { key, sign } = signerOfSeed('invitation', 'note', invitation.seed);
      const last = puppet.chain.at(-1)!;
      const body = {
        invitation: base64Of(key.publicKey),
        acceptance: tweak.acceptance ?? base64Of(sign(acceptanceMessage(invitation.member, last.hash))),
        descriptors: puppet.chain.map((each) => JSON.parse(each.text) as unknown),
      };
      return await ask(node, 'POST', '/peer/v1/join', body, tweak);
    },
  };
  return puppet;
}
