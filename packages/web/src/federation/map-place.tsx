import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import type { JSX } from 'react';
import type { MemberView, PeerView } from '@comity/protocol/api';
import { Place } from '../app/place.tsx';
import { EmptyPlace } from '../kit/empty-place.tsx';
import { ProblemNote } from '../kit/problem-note.tsx';
import { Skeleton } from '../kit/skeleton.tsx';
import { visibleText } from '../words/visible-text.ts';
import { useWords } from '../words/use-words.ts';
import type { Words } from '../words/use-words.ts';
import { FederationTabs } from './federation-tabs.tsx';
import { membersQuery, ownMemberQuery, peersQuery } from './federation-queries.ts';
import { MemberMark } from './member-marks.tsx';
import { placesAround } from './places-around.ts';

/** The relations of this member: itself in the middle, the others around it by how they stand; a list says the same. */
export default function MapPlace(): JSX.Element {
  const words = useWords();
  const { say } = words;
  const self = useQuery(ownMemberQuery);
  const members = useQuery(membersQuery);
  const peers = useQuery(peersQuery);
  const rows = members.data?.rows ?? [];
  const peerOf = (id: string): PeerView | undefined => peers.data?.rows.find((peer) => peer.id === id);
  return (
    <Place title={say('fed.map')} heading={say('place.federation')} aside={<FederationTabs />}>
      <p className="muted">{say('map.lead')}</p>
      {members.isPending && <Skeleton />}
      {members.isError && <ProblemNote error={members.error} onRetry={() => void members.refetch()} />}
      {members.data && rows.length === 0 && (
        <EmptyPlace title={say('fed.alone')} action={<Link to="/federation">{say('fed.members')}</Link>}>
          {say('map.none.text')}
        </EmptyPlace>
      )}
      {rows.length > 0 && (
        <div className="fed-map">
          <Drawing self={visibleText(self.data?.member?.name ?? say('fed.self'))} members={rows} peerOf={peerOf} />
          <ul className="fed-map-list" aria-label={say('map.list')}>
            {rows.map((member) => (
              <li key={member.id}>
                <Link to="/federation/members/$id" params={{ id: member.id }}>
                  <bdi>{visibleText(member.name)}</bdi>
                </Link>
                <MemberMark member={member} />
                <span className="muted">{flowOf(member, peerOf(member.id), words)}</span>
              </li>
            ))}
          </ul>
        </div>
      )}
    </Place>
  );
}

interface DrawingProps {
  readonly self: string;
  readonly members: readonly MemberView[];
  readonly peerOf: (id: string) => PeerView | undefined;
}

const width = 640;
const height = 460;
/** Longer names are cut: the list beside has them whole. */
const nameCharsMax = 18;

/** Drawn from the same rows as the list beside it, which is what those read who do not see it. */
function Drawing({ self, members, peerOf }: DrawingProps): JSX.Element {
  const { say } = useWords();
  const navigate = useNavigate();
  const middle = { x: width / 2, y: height / 2 };
  const places = placesAround(members.length, { width, height });
  return (
    <figure className="fed-drawing">
      <svg viewBox={`0 0 ${width} ${height}`} aria-hidden="true">
        <defs>
          <marker id="fed-arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">
            <path d="M0 0.5 8 4 0 7.5z" />
          </marker>
        </defs>
        {members.map((member, at) => {
          const { x, y } = places[at]!;
          const peer = peerOf(member.id);
          const isJoined = member.state === 'joined' && !member.isFrozen;
          const [one, other] = sides(middle, { x, y }, isJoined ? 4 : 0);
          return (
            <g key={member.id} className={`map-way ${isJoined ? '' : 'map-way-idle'}`}>
              <line
                {...ends(one)}
                className={isJoined ? 'map-out' : undefined}
                markerEnd={isJoined ? 'url(#fed-arrow)' : undefined}
              />
              {(peer?.used.objects ?? 0) > 0 && (
                <line {...ends(other)} className="map-in" markerEnd="url(#fed-arrow)" />
              )}
            </g>
          );
        })}
        {members.map((member, at) => {
          const { x, y } = places[at]!;
          const name = visibleText(member.name);
          return (
            <g
              key={member.id}
              className={`map-node map-${member.isFrozen ? 'frozen' : member.state}`}
              onClick={() => void navigate({ to: '/federation/members/$id', params: { id: member.id } })}
            >
              <title>{`${name}: ${say(`member.state.${member.isFrozen ? 'frozen' : member.state}`)}`}</title>
              <circle cx={x} cy={y} r="20" />
              <text x={x} y={y + 5} className="map-code">
                {visibleText(member.country ?? name.slice(0, 1))}
              </text>
              <text x={x} y={y < middle.y - 40 ? y - 30 : y + 38}>
                {name.length > nameCharsMax ? `${name.slice(0, nameCharsMax - 1)}…` : name}
              </text>
            </g>
          );
        })}
        <g className="map-self">
          <circle cx={middle.x} cy={middle.y} r="26" />
          <text x={middle.x} y={middle.y + 46}>
            {self.length > nameCharsMax ? `${self.slice(0, nameCharsMax - 1)}…` : self}
          </text>
        </g>
      </svg>
      <figcaption className="muted small">{say('map.caption')}</figcaption>
    </figure>
  );
}

interface Point {
  readonly x: number;
  readonly y: number;
}

/** Two lines side by side between two places, off their circles: one there, one back. */
function sides(from: Point, to: Point, apart: number): readonly [readonly [Point, Point], readonly [Point, Point]] {
  const [dx, dy] = [to.x - from.x, to.y - from.y];
  const long = Math.hypot(dx, dy) || 1;
  const [ux, uy] = [dx / long, dy / long];
  const beside = (point: Point, along: number, off: number): Point => ({
    x: point.x + ux * along - uy * off,
    y: point.y + uy * along + ux * off,
  });
  return [
    [beside(from, 32, apart), beside(to, -25, apart)],
    [beside(to, -25, -apart), beside(from, 32, -apart)],
  ];
}

function ends([from, to]: readonly [Point, Point]): { x1: number; y1: number; x2: number; y2: number } {
  return { x1: from.x, y1: from.y, x2: to.x, y2: to.y };
}

/** What goes each way, as a sentence. */
function flowOf(member: MemberView, peer: PeerView | undefined, { say }: Words): string {
  if (member.state !== 'joined' || peer === undefined) return say('map.nothing');
  return [say('exchange.waiting', { count: peer.waiting }), say('exchange.lends', { count: peer.used.objects })].join(
    ' · ',
  );
}
