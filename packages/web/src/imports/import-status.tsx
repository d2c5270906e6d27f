import type { JSX } from 'react';
import type { ImportReportView } from '@comity/protocol/api';
import { Icon } from '../kit/icon.tsx';
import { useWords } from '../words/use-words.ts';

/** How far an import is. */
export function ImportStatus({ report }: { readonly report: ImportReportView }): JSX.Element {
  const { say, figures } = useWords();
  if (report.status === 'running') {
    const share = report.bytesTotal ? Math.min(1, report.bytesRead / report.bytesTotal) : undefined;
    return (
      <span className="status status-pulling">
        <progress aria-label={say('report.running')} {...(share === undefined ? {} : { value: share })} />
        <span className="figures">
          {share === undefined ? figures.bytes(report.bytesRead) : figures.percent(share)}
        </span>
      </span>
    );
  }
  return (
    <span className={`status status-${report.status === 'failed' ? 'failing' : 'done'}`}>
      <Icon name={report.status === 'failed' ? 'warning' : 'check'} />
      {say(`report.${report.status}`)}
    </span>
  );
}
