import { createContext, use, useEffect, useLayoutEffect, useRef } from 'react';
import type { JSX, ReactNode } from 'react';
import { useWords } from '../words/use-words.ts';
import { IconButton } from './button.tsx';

/** Sections stand right below the heading of a page; in the pane its own heading is between. */
const SectionInPane = createContext(false);

export interface InspectorProps {
  /** What is open, as its heading. */
  readonly title: ReactNode;
  /** What it is for those who hear it. */
  readonly label: string;
  readonly onClose: () => void;
  /** Buttons beside the heading. */
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}

/** The pane beside a list; over it where there is no room. Escape closes it and the list has the focus again. */
export function Inspector({ title, label, onClose, actions, children }: InspectorProps): JSX.Element {
  const { say } = useWords();
  const pane = useRef<HTMLElement>(null);
  useEffect(() => {
    const closeOnEscape = (event: KeyboardEvent): void => {
      if (event.key !== 'Escape' || event.defaultPrevented) return;
      const inField = event.target instanceof HTMLElement && event.target.matches('input, textarea, [role="dialog"] *');
      if (!inField) onClose();
    };
    document.addEventListener('keydown', closeOnEscape);
    return () => document.removeEventListener('keydown', closeOnEscape);
  }, [onClose]);
  useLayoutEffect(() => {
    const closing = pane.current;
    return () => {
      if (closing?.contains(document.activeElement)) {
        document.querySelector<HTMLElement>('[role="row"][tabindex="0"]')?.focus();
      }
    };
  }, []);
  return (
    <aside className="inspector" aria-label={label} ref={pane}>
      <header className="inspector-head">
        <h2 className="inspector-title">{title}</h2>
        <div className="inspector-actions">
          {actions}
          <IconButton icon="close" name={say('act.close')} onPress={onClose} />
        </div>
      </header>
      <SectionInPane value>
        <div className="inspector-body">{children}</div>
      </SectionInPane>
    </aside>
  );
}

/** One subject of the pane, or of a page of its own, under its own small heading. */
export function Section({ title, children }: { readonly title: string; readonly children: ReactNode }): JSX.Element {
  const isInPane = use(SectionInPane);
  return (
    <section className="section">
      {isInPane ? <h3>{title}</h3> : <h2>{title}</h2>}
      {children}
    </section>
  );
}

export interface FactsProps {
  readonly facts: readonly (readonly [name: string, value: ReactNode] | undefined)[];
}

/** Names and what they are, in two columns. */
export function Facts({ facts }: FactsProps): JSX.Element {
  return (
    <dl className="facts">
      {facts.map(
        (fact) =>
          fact && (
            <div key={fact[0]} className="fact">
              <dt>{fact[0]}</dt>
              <dd>{fact[1]}</dd>
            </div>
          ),
      )}
    </dl>
  );
}
