import { resolve } from 'node:path';
import type { Plugin } from 'vite';
import {
  auditActs,
  events,
  givenStates,
  indicatorStates,
  listFormats,
  matchForms,
  outletKinds,
  reliabilities,
  roleNames,
  routes,
  scopes,
} from '@comity/protocol/api';

const apiDir = resolve(import.meta.dirname, '../../protocol/src/api');

/**
 * Gives the page the route table as plain data, without the schemas that validate it.
 *
 * The client needs a route's method, path and kinds of body and answer; it trusts the node that served it. The schema
 * library would cost a tenth of the script budget, and probes `new Function`, which the content security policy reports.
 */
export function routesWithoutValidators(): Plugin {
  return {
    name: 'routes-without-validators',
    enforce: 'pre',
    load(id) {
      if (id === `${apiDir}/index.ts`) return routesModule();
      return id === `${apiDir}/shapes.ts` ? shapesModule : null;
    },
  };
}

function routesModule(): string {
  const plain = Object.entries(routes).map(([name, route]) => {
    const { method, path, answer } = route;
    return [name, { method, path, answer, ...('body' in route ? { body: route.body } : {}) }];
  });
  const names = Object.keys(events).map((name) => [name, true]);
  const values = {
    routes: Object.fromEntries(plain) as unknown,
    events: Object.fromEntries(names) as unknown,
    auditActs: Object.fromEntries(Object.keys(auditActs).map((act) => [act, true])),
    scopes,
    roleNames,
    givenStates,
    indicatorStates,
    listFormats,
    matchForms,
    outletKinds,
    reliabilities,
  };
  const lines = Object.entries(values).map(([name, value]) => `export const ${name} = ${JSON.stringify(value)};`);
  // What has no schema in it is taken as it is.
  return [...lines, `export * from './idempotency-key.ts';`].join('\n');
}

/** The one schema the client reads at run time: a problem document needs its code and its sentence. */
const shapesModule = `
export const problem = {
  safeParse: (data) =>
    typeof data?.code === 'string' && typeof data.detail === 'string' ? { success: true, data } : { success: false },
};
`;
