export {
  formatIdempotencyKey,
  idempotencyKeyCharsMax,
  idempotencyKeyHeader,
  parseIdempotencyKey,
} from './idempotency-key.ts';
export { listFormats } from './list-routes.ts';
export type { ListFormat } from './list-routes.ts';
export { scopes } from './route.ts';
export type { Route, Scope } from './route.ts';
export { errorsOf, events, routes } from './routes.ts';
export { openApiDocument } from './openapi.ts';
export { indicatorStates, reliabilities } from './shapes.ts';
export type { EventName, RouteName } from './routes.ts';
export type {
  FeedView,
  FindingView,
  HeldBackRow,
  ImportReportView,
  ImportRow,
  IndicatorState,
  IntelObjectView,
  IntelRow,
  KnownGoodListView,
  Match,
  Overview,
  Problem,
  RecordSourceView,
  Session,
  TokenView,
  ValueCard,
} from './shapes.ts';
export type { HuntReportView } from './hunt-shape.ts';
