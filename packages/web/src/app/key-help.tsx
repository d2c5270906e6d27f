import { useNavigate } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import type { JSX } from 'react';
import { Dialog } from '../kit/dialog.tsx';
import { useWords } from '../words/use-words.ts';

const keys = [
  { key: '/', does: 'keys.search' },
  { key: 'j k', does: 'keys.move' },
  { key: 'Enter', does: 'keys.open' },
  { key: 'x', does: 'keys.choose' },
  { key: 'i', does: 'keys.card' },
  { key: 'Esc', does: 'keys.close' },
  { key: 'g o', does: 'place.overview' },
  { key: 'g i', does: 'place.intel' },
  { key: 'g s', does: 'place.screening' },
  { key: 'g f', does: 'place.federation' },
  { key: 'g m', does: 'place.imports' },
  { key: '?', does: 'keys.help' },
] as const;

const goTo = { o: '/', i: '/intel', s: '/screening', f: '/federation', m: '/imports' } as const;
/** Between `g` and the letter of the place, in ms. */
const chordMs = 1500;

/** The keys of the whole page; `?` lists them all. */
export function KeyHelp(): JSX.Element {
  const { say } = useWords();
  const navigate = useNavigate();
  const [isOpen, setOpen] = useState(false);
  useEffect(() => {
    let goingUntilMs = 0;
    const press = (event: KeyboardEvent): void => {
      const writing =
        event.target instanceof Element && event.target.closest('input, textarea, [role="dialog"]') !== null;
      if (writing || event.ctrlKey || event.metaKey || event.altKey) return;
      const now = Date.now();
      const place =
        now < goingUntilMs && Object.hasOwn(goTo, event.key) ? goTo[event.key as keyof typeof goTo] : undefined;
      goingUntilMs = event.key === 'g' ? now + chordMs : 0;
      if (place !== undefined) void navigate({ to: place });
      else if (event.key === '?') setOpen(true);
      else if (event.key === '/') document.querySelector<HTMLInputElement>('input[type="search"]')?.focus();
      else return;
      event.preventDefault();
      event.stopPropagation();
    };
    document.addEventListener('keydown', press, { capture: true });
    return () => document.removeEventListener('keydown', press, { capture: true });
  }, [navigate]);
  return (
    <Dialog title={say('keys.title')} isOpen={isOpen} onClose={() => setOpen(false)}>
      <dl className="keys">
        {keys.map(({ key, does }) => (
          <div key={key} className="key-row">
            <dt dir="ltr">
              {key.split(' ').map((one) => (
                <kbd key={one}>{one}</kbd>
              ))}
            </dt>
            <dd>{say(does)}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
