import type { JSX } from 'react';
import { Place } from '../app/place.tsx';
import { useWords } from '../words/use-words.ts';
import { SharingTabs } from './sharing-tabs.tsx';

export default function P(): JSX.Element {
  const { say } = useWords();
  return (
    <Place title={say('place.sharing')} aside={<SharingTabs />}>
      {null}
    </Place>
  );
}
