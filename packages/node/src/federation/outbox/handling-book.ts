import type { MemberId } from '@comity/protocol/base';
import type { Connection } from '../../store/index.ts';
import type { Handling } from '../federation.ts';

/** Where nobody said otherwise: as the objects say, passed on once, for a month, reports for half a year. */
const usual: Handling = { tlp: 'clear', hops: 1, leaseDays: { indicator: 30, report: 180 } };

/** How far what goes to a member is tightened. */
export function handlingOf(db: Connection, member: MemberId): Handling {
  const row = db
    .prepare<{ tlp: Handling['tlp']; hops: number; indicator_days: number; report_days: number }>(
      'select tlp, hops, indicator_days, report_days from peer_handling where member = ?',
    )
    .get(member);
  if (row === undefined) return usual;
  const { tlp, hops, indicator_days: indicator, report_days: report } = row;
  return { tlp, hops, leaseDays: { indicator, report } };
}

/** What is stated to everybody: how often what is lent may be passed on by whoever may do that most, and for how long whoever has it longest. */
export function widestHandling(db: Connection): Pick<Handling, 'hops' | 'leaseDays'> {
  const most = db
    .prepare<{ hops: number | null; indicator: number | null; report: number | null }>(
      'select max(hops) as hops, max(indicator_days) as indicator, max(report_days) as report from peer_handling',
    )
    .get();
  return {
    hops: Math.max(usual.hops, most?.hops ?? 0),
    leaseDays: {
      indicator: Math.max(usual.leaseDays.indicator, most?.indicator ?? 0),
      report: Math.max(usual.leaseDays.report, most?.report ?? 0),
    },
  };
}

/** What went out before is looked at again. */
export function setHandling(db: Connection, member: MemberId, { tlp, hops, leaseDays }: Handling): void {
  db.prepare(
    'insert or replace into peer_handling (member, tlp, hops, indicator_days, report_days) values (?, ?, ?, ?, ?)',
  ).run(member, tlp, hops, leaseDays.indicator, leaseDays.report);
  db.prepare('update peer_outbox set position_us = 0 where member = ?').run(member);
}
