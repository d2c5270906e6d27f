export { errorsOf, events, routes, scopes } from './routes.ts';
export { openApiDocument } from './openapi.ts';
export { indicatorStates, reliabilities } from './shapes.ts';
export type { EventName, Route, RouteName, Scope } from './routes.ts';
export type {
  FeedView,
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
