import { Link } from '@tanstack/react-router';
import type { JSX } from 'react';
import type { Overview } from '@comity/protocol/api';
import { Bars } from '../kit/bars.tsx';
import { useLive } from '../live/live.ts';
import { useWords } from '../words/use-words.ts';

/** Three figures and their course: what was found, what goes through, what it is held against. */
export function Summary({ overview }: { readonly overview: Overview }): JSX.Element {
  return (
    <div className="summary">
      <Found overview={overview} />
      <Flow overview={overview} />
      <Held overview={overview} />
    </div>
  );
}

function Found({ overview: { matches } }: { readonly overview: Overview }): JSX.Element {
  const { say, figures } = useWords();
  const names = matches.perHour.map((count, index) => say('summary.hour', { count, ago: 23 - index }));
  return (
    <section className="summary-part">
      <h2 className="summary-name">{say('summary.matches')}</h2>
      <p className="summary-figure">
        {figures.count(matches.last24h)}
        <span className={matches.alarms24h > 0 ? 'summary-note alarm-text' : 'summary-note'}>
          {say('summary.alarms', { count: matches.alarms24h })}
        </span>
      </p>
      <Bars values={matches.perHour} names={names} label={say('summary.perHour')} strong={(index) => index === 23} />
      <p className="bars-ends small muted" aria-hidden="true">
        <span>{say('summary.dayAgo')}</span>
        <span>{say('summary.peak', { count: Math.max(...matches.perHour) })}</span>
        <span>{say('summary.now')}</span>
      </p>
    </section>
  );
}

/** Beats shown: five minutes of them. */
const beatsShown = 20;

function Flow({ overview }: { readonly overview: Overview }): JSX.Element {
  const { say, figures } = useWords();
  const { beats } = useLive();
  const now = beats.at(-1) ?? overview;
  const rates = beats.slice(-beatsShown).map((beat) => beat.recordsPerSecond);
  const course = [...Array.from({ length: beatsShown - rates.length }, () => 0), ...rates];
  return (
    <section className="summary-part">
      <h2 className="summary-name">{say('summary.flow')}</h2>
      <p className="summary-figure">
        {figures.count(Math.round(now.recordsPerSecond))}
        <span className="summary-note">{figures.bytesPerSecond(now.bytesPerSecond)}</span>
      </p>
      <Bars
        values={course}
        names={course.map((rate, index) =>
          say('summary.beat', { rate: figures.count(Math.round(rate)), ago: (beatsShown - 1 - index) * 15 }),
        )}
        label={say('summary.flowCourse')}
      />
      <p className="bars-ends small muted" aria-hidden="true">
        <span>{say('summary.fiveMinutes')}</span>
        <span>{say('summary.now')}</span>
      </p>
    </section>
  );
}

function Held({ overview }: { readonly overview: Overview }): JSX.Element {
  const { say, figures } = useWords();
  const { indicators } = overview;
  return (
    <section className="summary-part">
      <h2 className="summary-name">{say('summary.values')}</h2>
      <p className="summary-figure">
        {figures.count(overview.tableValues)}
        <span className="summary-note">{say('summary.objects', { count: overview.objects })}</span>
      </p>
      <ul className="summary-states">
        <li>
          <Link to="/intel" search={{ state: 'active' }}>
            {say('summary.active')}
          </Link>
          <span className="figures">{figures.count(indicators.active)}</span>
        </li>
        <li>
          <Link to="/imports/held-back">{say('summary.heldBack')}</Link>
          <span className="figures">{figures.count(indicators.heldBack)}</span>
        </li>
        <li>
          <Link to="/intel" search={{ state: 'expired' }}>
            {say('summary.expired')}
          </Link>
          <span className="figures">{figures.count(indicators.expired)}</span>
        </li>
      </ul>
    </section>
  );
}
