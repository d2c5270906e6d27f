import { useState } from 'react';
import type { JSX } from 'react';
import { Section } from '../kit/beside.tsx';
import { Button } from '../kit/button.tsx';
import { copyText } from '../kit/copy.ts';
import { visiblePieces } from '../words/visible-text.ts';
import { useWords } from '../words/use-words.ts';
import { TextBlock } from '../kit/text-block.tsx';

/** Characters shown; the whole is copied. */
const charsShown = 20_000;

/** The object byte for byte as it was received: not prettified, its unseen characters made visible. */
export function ObjectText({ text }: { readonly text: string }): JSX.Element {
  const { say, figures } = useWords();
  const [isOpen, setOpen] = useState(false);
  return (
    <Section title={say('object.text')}>
      <p className="section-foot">
        <Button look="quiet" icon={isOpen ? 'close' : 'file'} onPress={() => setOpen(!isOpen)} aria-expanded={isOpen}>
          {isOpen ? say('act.hide') : say('object.showText', { size: figures.bytes(text.length) })}
        </Button>
        <Button look="quiet" icon="copy" onPress={() => void copyText(text, say('copied.text'))}>
          {say('act.copyText')}
        </Button>
      </p>
      {isOpen && (
        <TextBlock look="record record-tall">
          {shownText(text.slice(0, charsShown))}
          {text.length > charsShown && <span className="muted"> …</span>}
        </TextBlock>
      )}
    </Section>
  );
}

/** Line breaks and tabs of JSON are its own; all else that is unseen is escaped. */
function shownText(text: string): string {
  return visiblePieces(text)
    .map((piece) => (piece.escaped === 'U+000A' ? '\n' : piece.escaped === 'U+0009' ? '  ' : piece.text))
    .join('');
}
