import { z } from 'zod';
import { canonicalJson, limits, parseJson, parseUtf8, recogniseBase64 } from '@comity/protocol/base';
import { ComityError } from '@comity/protocol/base';
import type { JsonValue } from '@comity/protocol/base';
import { parseDescriptor } from '@comity/protocol/members';
import type { Descriptor } from '@comity/protocol/members';
import type { Sha256 } from '@comity/protocol/tlog';

/** What who takes an invitation up sends (docs/spec/members.md §7). */
export interface JoinRequest {
  /** Public key of the invitation, base64. */
  readonly invitation: string;
  /** Signature with it. */
  readonly acceptance: Uint8Array;
  readonly descriptors: readonly Descriptor[];
}

/** What is answered: whether one is a member among members now. */
export interface JoinAnswer {
  readonly state: 'asking' | 'joined';
}

/** Longest request: a page of descriptors, and what stands beside it. */
export const joinBytesMax: number = limits.descriptorPageBytesMax + 1024;

const form = z.strictObject({
  invitation: z.string().max(64),
  acceptance: z.string().max(128),
  descriptors: z.array(z.unknown()).min(1).max(limits.descriptorsMax),
});
const answerForm = z.strictObject({ state: z.enum(['asking', 'joined']) });

/** @throws {ComityError} `MEMBER_MALFORMED`, and what reading descriptors and JSON throws. */
export function parseJoinRequest(bytes: Uint8Array, sha256: Sha256): JoinRequest {
  const read = form.safeParse(parseJson(parseUtf8(bytes, 'request'), joinBytesMax, 'request'));
  const acceptance = read.success ? recogniseBase64(read.data.acceptance) : undefined;
  if (!read.success || acceptance?.length !== 64)
    throw new ComityError('MEMBER_MALFORMED', 'Cannot read request: it is not invitation, acceptance and descriptors');
  const { invitation, descriptors } = read.data;
  return {
    invitation,
    acceptance,
    descriptors: descriptors.map((each) => parseDescriptor(canonicalJson(each as JsonValue), sha256)),
  };
}

/** The request as it is sent: descriptors in their own text. */
export function printJoinRequest(
  { invitation, acceptance }: { readonly invitation: string; readonly acceptance: string },
  descriptors: readonly Descriptor[],
): string {
  const texts = descriptors.map(({ text }) => text).join(',');
  return `{"invitation":${JSON.stringify(invitation)},"acceptance":${JSON.stringify(acceptance)},"descriptors":[${texts}]}`;
}

/** @throws {ComityError} `MEMBER_MALFORMED`, and what reading JSON throws. */
export function parseJoinAnswer(bytes: Uint8Array): JoinAnswer {
  const read = answerForm.safeParse(parseJson(parseUtf8(bytes, 'answer'), 1024, 'answer'));
  if (read.success) return read.data;
  throw new ComityError('MEMBER_MALFORMED', 'Cannot read answer: it does not say "asking" or "joined"');
}
