export {
  formatIdempotencyKey,
  idempotencyKeyCharsMax,
  idempotencyKeyHeader,
  parseIdempotencyKey,
} from './idempotency-key.ts';
export { listFormats } from './list-routes.ts';
export type { ListFormat } from './list-routes.ts';
export type { LookupAnswerView, LookupOfferView } from './lookup-routes.ts';
export { auditActs } from './audit-acts.ts';
export type { AuditAct } from './audit-acts.ts';
export { rights, roleNames, roles, rolesWith, scopes } from './rights.ts';
export type { Role, Scope } from './rights.ts';
export type { Route } from './route.ts';
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
  ValueCard,
} from './shapes.ts';
export type { AccountView, AuditRowView, Session, SessionView, TokenView } from './access-shapes.ts';
export type { IdentityProviderView } from './identity-routes.ts';
export { matchForms, outletKinds } from './outlet-shapes.ts';
export type { MatchForm, OutletView } from './outlet-shapes.ts';
export type {
  CollectionView,
  KeptDecisionView,
  LawDiffView,
  LawEntryView,
  LawView,
  RecipientGroupView,
  RecipientView,
} from './sharing-shapes.ts';
export type { EvidenceView, PeerView } from './peer-routes.ts';
export type { DeliveryView } from './peer-shapes.ts';
export { givenStates } from './exchange-routes.ts';
export type { GivenView, LoanView, RecallView } from './exchange-routes.ts';
export type {
  InvitationView,
  MemberLedgerView,
  MemberStepView,
  MemberView,
  OwnMemberView,
  SayingView,
} from './member-shapes.ts';
export type { PasskeyView } from './passkey-routes.ts';
export type { PushFailureView, PushView } from './push-routes.ts';
export type { ActOfObjectView, ErasureView, ExchangeActView, LedgerActView } from './act-routes.ts';
export type { LedgerStateView } from './ledger-routes.ts';
export type { HuntReportView } from './hunt-shape.ts';
