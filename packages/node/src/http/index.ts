export { accessSchema } from './access/index.ts';
export { openHttp } from './open-http.ts';
export type { Listening } from './open-http.ts';
export { matchIndicatorOf } from './views/record-view.ts';
