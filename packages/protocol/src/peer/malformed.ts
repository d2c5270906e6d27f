import type { z } from 'zod';
import { ComityError } from '../base/index.ts';

/** The error about a message that has not its form: names the place and the field, and quotes nothing of it. */
export function malformed(place: string, { issues }: z.ZodError): ComityError {
  const field = issues[0]!.path.join('.').slice(0, 100);
  const where = field === '' ? '' : ` at ${field}`;
  return new ComityError(
    'PEER_MALFORMED',
    `Cannot read ${place}: it does not have the form of the peer protocol${where}`,
  );
}
