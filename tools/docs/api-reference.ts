import { auditActs, errorsOf, rights, roleNames, roles, routes, scopes } from '@comity/protocol/api';
import type { Route, Scope } from '@comity/protocol/api';

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
    '## Who may do what',
    '',
    'A route asks for one right, its scope. A person has the rights of their role; a token those it was made with, and never more than whoever made it.',
    '',
    `| right | to | ${roleNames.join(' | ')} |`,
    `| --- | --- |${' --- |'.repeat(roleNames.length)}`,
    ...scopes.map(
      (scope) => `| ${scope} | ${rights[scope]} | ${roleNames.map((role) => has(role, scope)).join(' | ')} |`,
    ),
    '',
    '## The audit trail',
    '',
    '| act | what happened |',
    '| --- | --- |',
    ...Object.entries(auditActs).map(([act, meaning]) => `| \`${act}\` | ${meaning} |`),
    '',
    '## Routes',
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

function has(role: keyof typeof roles, scope: Scope): string {
  return (roles[role].rights as readonly Scope[]).includes(scope) ? 'yes' : '';
}
