export { accessSchema } from './access/index.ts';
export { openHttp } from './open-http.ts';
export type { Http, HttpDeps, HttpOptions, Listening } from './open-http.ts';
export { matchIndicatorOf } from './views/record-view.ts';
