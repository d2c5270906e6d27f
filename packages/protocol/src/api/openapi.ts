import { z } from 'zod';
import { assert, canonicalJson, errorCodes, isJsonObject } from '../base/index.ts';
import type { ErrorCode, JsonObject, JsonValue } from '../base/index.ts';
import { idempotencyKeyCharsMax } from './idempotency-key.ts';
import { errorsOf, events, routes } from './routes.ts';
import type { Route } from './route.ts';
import { problem } from './shapes.ts';

/** Media types of the answers that are not JSON. */
const streamTypes = {
  text: 'application/openmetrics-text',
  events: 'text/event-stream',
} as const;

/**
 * The OpenAPI 3.1 description of every route, made from the same schemas that validate requests.
 *
 * Named shapes become `components.schemas`. Answers allow further properties: a client of this version must not
 * break on a field a later version adds.
 *
 * Spec: OpenAPI 3.1.1; its schemas are JSON Schema 2020-12.
 *
 * @param version - version of the program, for `info.version`.
 */
export function openApiDocument(version: string): JsonObject {
  const shapes: Shapes = new Map();
  const paths: Record<string, JsonObject> = {};
  for (const [name, route] of Object.entries(routes)) {
    const path = route.path.replaceAll(/:(\w+)/g, '{$1}');
    const methods = (paths[path] ??= {});
    methods[route.method.toLowerCase()] = describeRoute(name, route, shapes);
  }
  describeShape(problem, 'output', shapes);
  for (const shape of Object.values(events)) describeShape(shape, 'output', shapes);
  return {
    openapi: '3.1.1',
    info: {
      title: 'Comity node',
      version,
      description: 'Screening, intelligence and administration of one node.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    security: [{ session: [] }, { token: [] }],
    paths,
    components: {
      securitySchemes: {
        session: {
          type: 'apiKey',
          in: 'cookie',
          name: 'comity_session',
          description: 'Suffixed with _ and the port; by https prefixed with __Host-.',
        },
        token: { type: 'http', scheme: 'bearer' },
      },
      schemas: Object.fromEntries([...shapes].sort(([a], [b]) => (a < b ? -1 : 1))),
    },
  };
}

type Shapes = Map<string, JsonObject>;

function describeRoute(name: string, route: Route, shapes: Shapes): JsonObject {
  const parameters = [
    ...describeParameters(route.params, 'path', shapes),
    ...describeParameters(route.query, 'query', shapes),
    ...(route.idempotent === undefined ? [] : [describeIdempotencyKey(route.idempotent)]),
  ];
  return {
    operationId: name,
    summary: route.summary,
    ...(route.scope === 'none' ? { security: [] } : { 'x-scope': route.scope }),
    ...(parameters.length > 0 && { parameters }),
    ...(route.body !== undefined && { requestBody: describeBody(route, shapes) }),
    responses: { [route.status ?? 200]: describeAnswer(route, shapes), ...describeErrors(errorsOf(route)) },
  };
}

function describeParameters(schema: z.ZodObject | undefined, place: 'path' | 'query', shapes: Shapes): JsonObject[] {
  if (schema === undefined) return [];
  const object = describeShape(schema, 'input', shapes);
  const required = Array.isArray(object['required']) ? object['required'] : [];
  assert(isJsonObject(object['properties']), 'parameters are an object');
  return Object.entries(object['properties']).map(([name, property]) => {
    assert(isJsonObject(property), 'a property is a schema');
    const { description, ...rest } = property;
    return {
      name,
      in: place,
      ...(description !== undefined && { description }),
      required: place === 'path' || required.includes(name),
      schema: rest,
    };
  });
}

function describeIdempotencyKey(remembered: string): JsonObject {
  return {
    name: 'Idempotency-Key',
    in: 'header',
    required: false,
    description:
      'A String of RFC 9651 in quotes, chosen by the sender: the same request sent again under it is done once and ' +
      `answered the same (draft-ietf-httpapi-idempotency-key-header). ${remembered}`,
    schema: {
      type: 'string',
      pattern: String.raw`^"(?:[ !#-\[\]-~]|\\["\\]){1,${idempotencyKeyCharsMax}}"$`,
      examples: ['"batch-2026-07-01-0007"'],
    },
  };
}

function describeBody(route: Route, shapes: Shapes): JsonObject {
  if (route.body === 'json') {
    assert(route.request !== undefined, 'a JSON body has a schema');
    // What the route does not know is refused (a field misspelt would be ignored), so the description says so.
    const schema = { ...describeShape(route.request, 'input', shapes), additionalProperties: false };
    return { required: true, content: { 'application/json': { schema } } };
  }
  return { required: true, content: { 'application/octet-stream': { schema: { type: 'string', format: 'binary' } } } };
}

function describeAnswer(route: Route, shapes: Shapes): JsonObject {
  if (route.answer === 'nothing') return { description: 'Done' };
  if (route.answer === 'json') {
    assert(route.response !== undefined, 'a JSON answer has a schema');
    const schema = describeShape(route.response, 'output', shapes);
    return { description: route.summary, content: { 'application/json': { schema } } };
  }
  const types = route.answer === 'bytes' ? route.mediaTypes : [streamTypes[route.answer]];
  assert(types !== undefined, 'bytes have a media type');
  return {
    description: route.summary,
    content: Object.fromEntries(
      types.map((type) => [type, { schema: { type: type.endsWith('json') ? 'object' : 'string' } }]),
    ),
  };
}

/** One response a status; its codes are listed with what each means. */
function describeErrors(codes: readonly ErrorCode[]): JsonObject {
  const byStatus = new Map<number, ErrorCode[]>();
  for (const code of codes)
    byStatus.set(errorCodes[code].status, [...(byStatus.get(errorCodes[code].status) ?? []), code]);
  return Object.fromEntries(
    [...byStatus].map(([status, same]) => [
      String(status),
      {
        description: same.map((code) => `\`${code}\`: ${errorCodes[code].sentence}`).join('\n'),
        content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
        'x-codes': same,
      },
    ]),
  );
}

/** JSON Schema of a shape; the named shapes in it move to `shapes` and are referred to. */
function describeShape(schema: z.ZodType, io: 'input' | 'output', shapes: Shapes): JsonObject {
  const described = z.toJSONSchema(schema, {
    io,
    override: ({ jsonSchema }) => {
      if (jsonSchema.additionalProperties === false) delete jsonSchema.additionalProperties;
      // The range of a double's exact integers says nothing to a reader.
      if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
      if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
    },
  });
  const moved = JSON.parse(JSON.stringify(described).replaceAll('"#/$defs/', '"#/components/schemas/')) as JsonObject;
  const { $schema: _dialect, $defs: named = {}, ...rest } = moved;
  assert(isJsonObject(named), '$defs is an object');
  for (const [name, value] of Object.entries(named)) addNamed(name, value, shapes);
  return rest;
}

function addNamed(name: string, value: JsonValue, shapes: Shapes): void {
  assert(isJsonObject(value), 'a named shape is a schema');
  const known = shapes.get(name);
  assert(known === undefined || canonicalJson(known) === canonicalJson(value), `two shapes are named ${name}`);
  shapes.set(name, value);
}
