import { errorsOf, routes } from '@comity/protocol/api';
import type { Route } from '@comity/protocol/api';

/** The reference page of the API, generated from the table of routes. Schemas are in the OpenAPI document a node serves. */
export function apiReference(): string {
  const table: readonly Route[] = Object.values(routes);
  return [
    '# API',
    '',
    'Generated from `packages/protocol/src/api` by `npm run docs`. A running node serves the same with all schemas as OpenAPI 3.1 at `/api/v1/openapi.json`.',
    'Send `Authorization: Bearer TOKEN`; `comity token create` makes a token with scopes. Errors are problem+json (RFC 9457) with a [code](errors.md).',
    'A route marked ↺ takes an `Idempotency-Key` header, a String of RFC 9651 such as `"batch-0007"`: sent again under the same key, the same request is done once and',
    'answered the same, so a sender that crashed or heard no answer sends it again. Another body under the key is `IDEMPOTENCY_KEY_REUSED`; while the first is under way, `CONFLICT`.',
    '',
    ...table.flatMap(({ method, path, idempotent }) =>
      idempotent === undefined ? [] : [`- \`${method} ${path}\`: ${idempotent}`],
    ),
    '',
    '| | path | scope | what it does | errors |',
    '| --- | --- | --- | --- | --- |',
    ...table.map(
      (route) =>
        `| ${route.method} | \`${route.path}\`${route.idempotent === undefined ? '' : ' ↺'} | ${route.scope} | ${route.summary} | ${errorsOf(
          route,
        )
          .map((code) => `\`${code}\``)
          .join(' ')} |`,
    ),
    '',
  ].join('\n');
}
