import { z } from 'zod';
import { ComityError } from '@comity/protocol/base';

/**
 * Checks a part of a request against its schema. Unknown fields are refused: a filter misspelt and silently ignored
 * would answer another question than was asked.
 *
 * @param part - what it is, for the message: `query`, `body`.
 * @throws {ComityError} `ARGUMENT_INVALID`; `details.field` names the first field that is wrong.
 */
export function validate(part: string, schema: z.ZodType, value: unknown): unknown {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const field = issue?.path.map(String).join('.') ?? '';
  throw new ComityError(
    'ARGUMENT_INVALID',
    `Cannot use the ${part}${field && ` field ${field}`}: ${issue?.message ?? 'invalid'}`,
    {
      details: { part, field },
    },
  );
}

/** The same schema without room for unknown fields at the top. */
export function strict(schema: z.ZodType): z.ZodType {
  return schema instanceof z.ZodObject ? schema.strict() : schema;
}
