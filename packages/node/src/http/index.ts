export { accessSchema } from './access/index.ts';
export { openAnswerExit } from './answer-exit.ts';
export { openHttp } from './open-http.ts';
export type { Listening } from './open-http.ts';
export { matchIndicatorOf } from './views/record-view.ts';
