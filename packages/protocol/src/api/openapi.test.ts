import assert from 'node:assert/strict';
import test from 'node:test';
import { errorCodes } from '../base/index.ts';
import { errorsOf, openApiDocument, routes } from './index.ts';
import type { Route, RouteName } from './index.ts';

const table = Object.entries(routes) as [RouteName, Route][];
interface Operation {
  operationId: string;
  parameters?: { name: string; in: string; required: boolean }[];
  responses: Record<string, { 'x-codes'?: string[] }>;
  requestBody?: object;
}
const document = openApiDocument('1.2.3') as unknown as {
  openapi: string;
  info: { version: string };
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, object> };
};

test('every route says what it takes and answers: a JSON body and a JSON answer have a schema', () => {
  for (const [name, route] of table) {
    assert.equal(route.body === 'json', route.request !== undefined, `${name}: request`);
    assert.equal(route.answer === 'json', route.response !== undefined, `${name}: response`);
    assert.equal(route.answer === 'bytes', route.mediaTypes !== undefined, `${name}: media types`);
    assert.equal(route.answer === 'nothing', route.status === 204, `${name}: 204 goes with no body`);
    assert.ok(route.summary.length > 3 && !route.summary.endsWith('.'), `${name}: summary`);
  }
});

test('every path parameter of a route is in its schema and the other way round', () => {
  for (const [name, route] of table) {
    const inPath = [...route.path.matchAll(/:(\w+)/g)].map(([, parameter]) => parameter);
    assert.deepEqual(Object.keys(route.params?.shape ?? {}), inPath, name);
  }
});

test('every error a route lists is in the registry, once', () => {
  for (const [name, route] of table) {
    assert.equal(new Set(route.errors).size, route.errors.length, `${name}: a code twice`);
    for (const code of errorsOf(route)) assert.ok(code in errorCodes, `${name}: ${code}`);
  }
});

test('no two routes share method and path, and only GET is safe', () => {
  const seen = new Set(table.map(([, route]) => `${route.method} ${route.path.replaceAll(/:\w+/g, ':')}`));
  assert.equal(seen.size, table.length);
  for (const [name, route] of table) assert.ok(route.body === undefined || route.method !== 'GET', name);
});

test('the OpenAPI document describes every route once, with every error it may answer', () => {
  assert.equal(document.openapi, '3.1.1');
  assert.equal(document.info.version, '1.2.3');
  const operations = Object.values(document.paths).flatMap((methods) => Object.values(methods));
  assert.deepEqual(operations.map((one) => one.operationId).sort(), Object.keys(routes).sort());
  for (const operation of operations) {
    const route: Route = routes[operation.operationId as RouteName];
    const codes = Object.values(operation.responses).flatMap((answer) => answer['x-codes'] ?? []);
    assert.deepEqual(codes.sort(), [...errorsOf(route)].sort());
    assert.ok(String(route.status ?? 200) in operation.responses);
    assert.equal(operation.requestBody !== undefined, route.body !== undefined);
    for (const parameter of operation.parameters ?? []) {
      assert.ok(parameter.in !== 'path' || parameter.required, `${operation.operationId}: ${parameter.name}`);
    }
    const takesKey = operation.parameters?.some((one) => one.in === 'header' && one.name === 'Idempotency-Key');
    assert.equal(takesKey ?? false, route.idempotent !== undefined, operation.operationId);
  }
});

test('every reference in the OpenAPI document leads somewhere', () => {
  const text = JSON.stringify(document);
  const names = [...text.matchAll(/"#\/components\/schemas\/([^"]+)"/g)].map(([, name]) => name ?? '');
  assert.ok(names.length > 50);
  for (const name of names) assert.ok(name in document.components.schemas, name);
  assert.ok(!text.includes('$defs'));
});
