import { useNavigate } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import type { JSX, ReactNode } from 'react';
import { Icon } from '../kit/icon.tsx';
import { useWords } from '../words/use-words.ts';
import { importFiles, screenFiles } from './take-files.ts';

/** Files dropped anywhere: screened by default, or taken in as intelligence when dropped on that half. */
export function DropAnywhere({ children }: { readonly children: ReactNode }): JSX.Element {
  const { say } = useWords();
  const words = useWords();
  const navigate = useNavigate();
  const [over, setOver] = useState<'screen' | 'import' | undefined>();
  useEffect(() => {
    let leaving: ReturnType<typeof setTimeout> | undefined;
    const halfOf = (event: DragEvent): 'screen' | 'import' =>
      event.target instanceof Element && event.target.closest('[data-drop="import"]') !== null ? 'import' : 'screen';
    const move = (event: DragEvent): void => {
      if (!event.dataTransfer?.types.includes('Files')) return;
      event.preventDefault();
      event.dataTransfer.dropEffect = 'copy';
      clearTimeout(leaving);
      setOver(halfOf(event));
    };
    const leave = (): void => {
      clearTimeout(leaving);
      leaving = setTimeout(() => setOver(undefined), 80);
    };
    const drop = (event: DragEvent): void => {
      const files = [...(event.dataTransfer?.files ?? [])];
      setOver(undefined);
      if (files.length === 0) return;
      event.preventDefault();
      const take = halfOf(event) === 'import' ? importFiles : screenFiles;
      void take(files, { words, navigate });
    };
    document.addEventListener('dragover', move);
    document.addEventListener('dragleave', leave);
    document.addEventListener('drop', drop);
    return () => {
      clearTimeout(leaving);
      document.removeEventListener('dragover', move);
      document.removeEventListener('dragleave', leave);
      document.removeEventListener('drop', drop);
    };
  }, [words, navigate]);
  return (
    <div className="shell">
      {children}
      {over !== undefined && (
        <div className="drop-veil">
          <div className={over === 'screen' ? 'drop-half drop-over' : 'drop-half'} data-drop="screen">
            <Icon name="screening" />
            <strong>{say('drop.screen')}</strong>
            <span className="muted">{say('drop.screen.text')}</span>
          </div>
          <div className={over === 'import' ? 'drop-half drop-over' : 'drop-half'} data-drop="import">
            <Icon name="imports" />
            <strong>{say('drop.import')}</strong>
            <span className="muted">{say('drop.import.text')}</span>
          </div>
        </div>
      )}
    </div>
  );
}
