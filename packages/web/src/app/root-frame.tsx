import { useQuery } from '@tanstack/react-query';
import { Outlet, useLocation } from '@tanstack/react-router';
import { ComityError } from '@comity/protocol/base';
import { useEffect } from 'react';
import type { JSX } from 'react';
import { loadLaterParts } from '../kit/later.ts';
import { NoticeStack } from '../kit/notice-stack.tsx';
import { Skeleton } from '../kit/skeleton.tsx';
import { ValueCardHost } from '../intel/value-card-host.tsx';
import { followLive } from '../live/live.ts';
import { DropAnywhere } from './drop-anywhere.tsx';
import { KeyHelp } from './key-help.tsx';
import { node, queries } from './node.ts';
import { Rail } from './rail.tsx';
import { sessionQuery } from './shared-queries.ts';
import { SignedOutPage, UnreachablePage } from './signed-out-page.tsx';

/** The frame of every place: only for those who are signed in. */
export function RootFrame(): JSX.Element {
  const signingIn = useLocation({ select: (location) => /^\/sign-in(?:\/|$)/.test(location.pathname) });
  return signingIn ? <Outlet /> : <SessionGate />;
}

function SessionGate(): JSX.Element {
  const session = useQuery(sessionQuery);
  if (session.isPending) return <Skeleton />;
  if (session.isError && session.error instanceof ComityError && session.error.code === 'NOT_SIGNED_IN') {
    return <SignedOutPage />;
  }
  if (session.data === undefined)
    return <UnreachablePage error={session.error} onRetry={() => void session.refetch()} />;
  return <Shell />;
}

function Shell(): JSX.Element {
  useEffect(() => {
    const following = new AbortController();
    void followLive(node, queries, following.signal);
    void loadLaterParts();
    return () => following.abort();
  }, []);
  return (
    <DropAnywhere>
      <Rail />
      <Outlet />
      <ValueCardHost />
      <KeyHelp />
      <NoticeStack />
    </DropAnywhere>
  );
}
