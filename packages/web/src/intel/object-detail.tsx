import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { JSX } from 'react';
import type { IntelObjectView } from '@comity/protocol/api';
import { defang } from '@comity/protocol/values';
import { Facts, Section } from '../kit/beside.tsx';
import { Button } from '../kit/button.tsx';
import { KindMark, ReliabilityMark, StateMark, TlpChip } from '../kit/chips.tsx';
import { copyText } from '../kit/copy.ts';
import { FirstFew } from '../kit/first-few.tsx';
import { Moment } from '../kit/moment.tsx';
import { Lines, Untrusted } from '../kit/untrusted.tsx';
import { ValueText } from '../kit/value-text.tsx';
import { ReleaseDialog } from '../imports/release-dialog.tsx';
import { visibleText } from '../words/visible-text.ts';
import { useWords } from '../words/use-words.ts';
import { ObjectDeliveries } from '../federation/object-deliveries.tsx';
import { ObjectFindings } from './object-findings.tsx';
import { ObjectMatches } from './object-matches.tsx';
import { Correlations, Relationships } from './object-neighbours.tsx';
import { ObjectSharing } from './object-sharing.tsx';
import { ObjectText } from './object-text.tsx';
import { TextBlock } from '../kit/text-block.tsx';

export interface ObjectDetailProps {
  readonly object: IntelObjectView;
}

/** Values shown before the rest is asked for. */
const valuesFirst = 8;

/** All there is to know about one object. */
export default function ObjectDetail({ object }: ObjectDetailProps): JSX.Element {
  const { say } = useWords();
  return (
    <>
      <p className="inspector-marks">
        <StateMark state={object.state} />
        {object.values[0] ? (
          <KindMark kind={object.values[0].kind} />
        ) : (
          <span className="kind">{visibleText(object.type)}</span>
        )}
        <TlpChip tlp={object.markings.tlp} />
      </p>
      {object.name !== '' && object.values[0] !== undefined && object.name !== object.values[0].value && (
        <p className="object-name">
          <Untrusted text={object.name} />
        </p>
      )}
      <Why object={object} />
      <Pattern object={object} />
      <Provenance object={object} />
      <Markings object={object} />
      <ObjectDeliveries id={object.id} />
      <ObjectSharing id={object.id} />
      {object.type === 'indicator' && <ObjectMatches id={object.id} count={object.matchCount} />}
      <Correlations object={object} />
      <Relationships object={object} />
      <Section title={say('object.times')}>
        <Facts
          facts={[
            [say('object.firstListed'), <Moment key="first" at={object.firstSeenAt} form="both" />],
            [say('object.lastListed'), <Moment key="last" at={object.lastSeenAt} form="both" />],
            object.validUntil === undefined
              ? undefined
              : [say('object.validUntil'), <Moment key="until" at={object.validUntil} form="both" />],
            object.confidence === undefined
              ? undefined
              : [say('object.confidence'), say('object.ofHundred', { confidence: object.confidence })],
            object.versions.length < 2
              ? undefined
              : [say('object.versions'), <Versions key="versions" object={object} />],
          ]}
        />
      </Section>
      <ObjectFindings object={object} />
      <ObjectText text={object.text} />
    </>
  );
}

function Why({ object }: ObjectDetailProps): JSX.Element {
  const { say } = useWords();
  const [releasing, setReleasing] = useState(false);
  const values = object.values.map(({ value }) => value);
  return (
    <Section title={say('object.why')}>
      <p className="sentence">
        <Untrusted text={object.stateReason} />
      </p>
      {object.knownGood && (
        <p className="sentence">
          {say('object.knownGood', { list: object.knownGood.list })}{' '}
          <code dir="ltr">{visibleText(object.knownGood.entry)}</code>
        </p>
      )}
      {object.release && (
        <p className="sentence">
          {say('object.released', { by: object.release.by, reason: object.release.reason })}{' '}
          <Moment at={object.release.at} />
        </p>
      )}
      {object.screened?.complete === false && (
        <p className="sentence">{say('object.partly', { reason: object.screened.reason ?? '' })}</p>
      )}
      {object.state === 'held-back' && values.length > 0 && (
        <>
          <Button icon="release" onPress={() => setReleasing(true)}>
            {say('act.release')}
          </Button>
          <ReleaseDialog values={values} isOpen={releasing} onClose={() => setReleasing(false)} />
        </>
      )}
    </Section>
  );
}

function Pattern({ object }: ObjectDetailProps): JSX.Element | null {
  const { say } = useWords();
  if (object.values.length === 0 && object.pattern === undefined) return null;
  const texts = object.values.map(({ value }) => defang(value));
  return (
    <Section
      title={object.values.length > 1 ? say('object.values', { count: object.values.length }) : say('object.listed')}
    >
      {object.values.length > 1 && (
        <FirstFew className="value-list" count={valuesFirst}>
          {object.values.map(({ kind, value, port }) => (
            <li key={`${kind} ${value} ${port ?? ''}`}>
              <ValueText value={value} port={port} focusable />
              <KindMark kind={kind} />
            </li>
          ))}
        </FirstFew>
      )}
      {object.pattern !== undefined && (
        <TextBlock look="pattern">
          <Lines text={object.pattern} />
        </TextBlock>
      )}
      <p className="section-foot">
        {texts.length > 0 && (
          <Button
            look="quiet"
            icon="copy"
            onPress={() => void copyText(texts.join('\n'), say('copied.many', { count: texts.length }))}
          >
            {say('act.copyDefanged')}
          </Button>
        )}
        {object.pattern !== undefined && (
          <Button look="quiet" icon="copy" onPress={() => void copyText(object.pattern ?? '', say('copied.pattern'))}>
            {say('act.copyPattern')}
          </Button>
        )}
      </p>
    </Section>
  );
}

function Provenance({ object }: ObjectDetailProps): JSX.Element {
  const { say } = useWords();
  return (
    <Section title={say('object.sources', { count: object.provenance.length })}>
      <ul className="sources">
        {object.provenance.map((one, index) => (
          <li key={`${one.source.id} ${index}`}>
            <Link to="/intel" search={{ source: one.source.id }} className="source-name">
              <Untrusted text={one.source.name} />
            </Link>
            <ReliabilityMark grade={one.source.reliability} />
            <span className="muted small source-when">
              {say('object.listedFrom')} <Moment at={one.firstSeenAt} />
              {one.lastSeenAt !== one.firstSeenAt && (
                <>
                  {' '}
                  {say('object.listedTo')} <Moment at={one.lastSeenAt} />
                </>
              )}
              {one.place !== undefined && (
                <>
                  {' · '}
                  <bdi className="mono">{visibleText(one.place)}</bdi>
                </>
              )}
              {one.confidence !== undefined && ` · ${say('object.sureness', { confidence: one.confidence })}`}
            </span>
          </li>
        ))}
      </ul>
    </Section>
  );
}

function Markings({ object }: ObjectDetailProps): JSX.Element {
  const { say } = useWords();
  const { markings } = object;
  return (
    <Section title={say('object.markings')}>
      <Facts
        facts={[
          [
            'TLP',
            <div key="tlp">
              <TlpChip tlp={markings.tlp} />{' '}
              <span className="muted">
                {say(markings.tlpFrom === 'object' ? 'object.tlpOwn' : 'object.tlpDefault')}
              </span>
              {markings.tlpReason !== undefined && (
                <p className="sentence">
                  <Untrusted text={markings.tlpReason} />
                </p>
              )}
            </div>,
          ],
          markings.pap === undefined
            ? undefined
            : [
                'PAP',
                <bdi key="pap" className="mono">
                  {visibleText(markings.pap)}
                </bdi>,
              ],
          markings.iep === undefined ? undefined : ['IEP', <Untrusted key="iep" text={markings.iep} />],
          ...markings.statements.map(
            (text, index) => [`${say('object.statement')} ${index + 1}`, <Untrusted key="text" text={text} />] as const,
          ),
        ]}
      />
    </Section>
  );
}

function Versions({ object }: ObjectDetailProps): JSX.Element {
  const { say } = useWords();
  return (
    <ul>
      {object.versions.map((version) => (
        <li key={`${version.modifiedAt} ${version.source} ${version.live} ${version.conflict}`}>
          <Moment at={version.modifiedAt} form="both" /> <Untrusted text={version.source} />
          {version.live && <span className="muted"> {say('object.live')}</span>}
          {version.conflict && <span className="high"> {say('object.conflict')}</span>}
        </li>
      ))}
    </ul>
  );
}
