import { createRootRoute, createRoute, createRouter } from '@tanstack/react-router';
import { later } from '../kit/later.ts';
import { OverviewPlace } from '../overview/overview-place.tsx';
import { FaultPlace } from './fault-place.tsx';
import { LostPlace } from './lost-place.tsx';
import { RootFrame } from './root-frame.tsx';
import {
  readAddSearch,
  readAuditSearch,
  readDecisionSearch,
  readGivenSearch,
  readHeldBackSearch,
  readIntelSearch,
  readLedgerSearch,
  readMatchSearch,
  readMembersSearch,
  readReportSearch,
} from './search.ts';
import { SignInPage } from './sign-in-page.tsx';

const root = createRootRoute({ component: RootFrame, notFoundComponent: LostPlace });

const overview = createRoute({
  getParentRoute: () => root,
  path: '/',
  validateSearch: readMatchSearch,
  component: OverviewPlace,
});
const signIn = createRoute({ getParentRoute: () => root, path: '/sign-in', component: SignInPage });
const providerAnswer = createRoute({
  getParentRoute: () => root,
  path: '/sign-in/provider',
  component: later(() => import('./provider-answer-page.tsx')),
});
const intel = createRoute({
  getParentRoute: () => root,
  path: '/intel',
  validateSearch: readIntelSearch,
  component: later(() => import('../intel/intel-place.tsx')),
});
const intelObject = createRoute({
  getParentRoute: () => root,
  path: '/intel/$id',
  component: later(() => import('../intel/intel-page.tsx')),
});
const screening = createRoute({
  getParentRoute: () => root,
  path: '/screening',
  validateSearch: readAddSearch,
  component: later(() => import('../screening/screening-place.tsx')),
});
const source = createRoute({
  getParentRoute: () => root,
  path: '/screening/$id',
  validateSearch: readMatchSearch,
  component: later(() => import('../screening/source-place.tsx')),
});
const outlets = createRoute({
  getParentRoute: () => root,
  path: '/screening/outlets',
  validateSearch: readAddSearch,
  component: later(() => import('../screening/outlets-place.tsx')),
});
const law = createRoute({
  getParentRoute: () => root,
  path: '/sharing',
  component: later(() => import('../sharing/law-place.tsx')),
});
const lawEdit = createRoute({
  getParentRoute: () => root,
  path: '/sharing/edit',
  component: later(() => import('../sharing/law-edit-place.tsx')),
});
const lawOfHash = createRoute({
  getParentRoute: () => root,
  path: '/sharing/law/$hash',
  component: later(() => import('../sharing/law-review-place.tsx')),
});
const recipients = createRoute({
  getParentRoute: () => root,
  path: '/sharing/recipients',
  validateSearch: readAddSearch,
  component: later(() => import('../sharing/recipients-place.tsx')),
});
const collections = createRoute({
  getParentRoute: () => root,
  path: '/sharing/collections',
  validateSearch: readAddSearch,
  component: later(() => import('../sharing/collections-place.tsx')),
});
const decisions = createRoute({
  getParentRoute: () => root,
  path: '/sharing/decisions',
  validateSearch: readDecisionSearch,
  component: later(() => import('../sharing/decisions-place.tsx')),
});
const federation = createRoute({
  getParentRoute: () => root,
  path: '/federation',
  validateSearch: readMembersSearch,
  component: later(() => import('../federation/federation-place.tsx')),
});
const member = createRoute({
  getParentRoute: () => root,
  path: '/federation/members/$id',
  component: later(() => import('../federation/member-place.tsx')),
});
const invite = createRoute({
  getParentRoute: () => root,
  path: '/federation/invite',
  component: later(() => import('../federation/invite-place.tsx')),
});
const join = createRoute({
  getParentRoute: () => root,
  path: '/federation/join',
  component: later(() => import('../federation/join-place.tsx')),
});
const exchange = createRoute({
  getParentRoute: () => root,
  path: '/federation/exchange',
  validateSearch: readGivenSearch,
  component: later(() => import('../federation/exchange-place.tsx')),
});
const ledger = createRoute({
  getParentRoute: () => root,
  path: '/federation/ledger',
  validateSearch: readLedgerSearch,
  component: later(() => import('../federation/ledger-place.tsx')),
});
const lookup = createRoute({
  getParentRoute: () => root,
  path: '/federation/lookup',
  component: later(() => import('../federation/lookup-place.tsx')),
});
const map = createRoute({
  getParentRoute: () => root,
  path: '/federation/map',
  component: later(() => import('../federation/map-place.tsx')),
});
const imports = createRoute({
  getParentRoute: () => root,
  path: '/imports',
  component: later(() => import('../imports/imports-place.tsx')),
});
const heldBack = createRoute({
  getParentRoute: () => root,
  path: '/imports/held-back',
  validateSearch: readHeldBackSearch,
  component: later(() => import('../imports/held-back-place.tsx')),
});
const feeds = createRoute({
  getParentRoute: () => root,
  path: '/imports/feeds',
  validateSearch: readAddSearch,
  component: later(() => import('../imports/feeds-place.tsx')),
});
const report = createRoute({
  getParentRoute: () => root,
  path: '/imports/$id',
  validateSearch: readReportSearch,
  component: later(() => import('../imports/report-place.tsx')),
});
const settings = createRoute({
  getParentRoute: () => root,
  path: '/settings',
  component: later(() => import('../settings/settings-place.tsx')),
});
const access = createRoute({
  getParentRoute: () => root,
  path: '/settings/access',
  component: later(() => import('../settings/access-place.tsx')),
});
const audit = createRoute({
  getParentRoute: () => root,
  path: '/settings/audit',
  validateSearch: readAuditSearch,
  component: later(() => import('../settings/audit-place.tsx')),
});

export const router = createRouter({
  routeTree: root.addChildren([
    overview,
    signIn,
    providerAnswer,
    intel,
    intelObject,
    screening,
    source,
    outlets,
    law,
    lawEdit,
    lawOfHash,
    recipients,
    collections,
    decisions,
    federation,
    member,
    invite,
    join,
    exchange,
    ledger,
    lookup,
    map,
    imports,
    heldBack,
    feeds,
    report,
    settings,
    access,
    audit,
  ]),
  defaultPreload: 'intent',
  defaultPendingMs: 200,
  defaultErrorComponent: FaultPlace,
  scrollRestoration: false,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
