import type { JSX } from 'react';
import type { ImportReportView } from '@comity/protocol/api';
import { Section } from '../kit/beside.tsx';
import { FindingLine } from '../kit/finding.tsx';
import { FirstFew } from '../kit/first-few.tsx';
import { useWords } from '../words/use-words.ts';

/** Rules shown before the rest is asked for: what became of the objects is below them. */
const findingsFirst = 3;

/** What the objects of an import break of the STIX standard, a line a rule; nothing when they break nothing. */
export function ReportFindings({ report }: { readonly report: ImportReportView }): JSX.Element | null {
  const { say, figures } = useWords();
  if (report.findings.length === 0) return null;
  return (
    <Section title={say('report.findings', { count: report.validated })}>
      <FirstFew className="findings findings-counted" count={findingsFirst}>
        {report.findings.map((finding) => (
          <li key={finding.code}>
            <b className="figures">{figures.count(finding.count)}</b>
            <FindingLine finding={finding} place={finding.place} />
          </li>
        ))}
      </FirstFew>
    </Section>
  );
}
