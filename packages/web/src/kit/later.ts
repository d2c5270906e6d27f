import { ComityError } from '@comity/protocol/base';
import { lazy } from 'react';
import type { ComponentType, LazyExoticComponent } from 'react';

export type LaterPart<P> = LazyExoticComponent<ComponentType<P>> & { readonly preload: () => Promise<void> };

type Load<P> = () => Promise<{ default: ComponentType<P> }>;

const preloads: (() => Promise<void>)[] = [];

/** A part of the page whose script is a file of its own, loaded when the part is first shown if not before. */
export function later<P = object>(load: Load<P>): LaterPart<P> {
  const part = lazy(async () => {
    try {
      return await load();
    } catch (cause) {
      throw new ComityError('NODE_UNREACHABLE', 'Cannot load this part of the page', { cause });
    }
  });
  // A part that cannot be loaded ahead of time is asked for again when it is shown; then it says so.
  const preload = (): Promise<void> => load().then(noop, noop);
  preloads.push(preload);
  return Object.assign(part, { preload });
}

/** Loads what is left, one after the other, so that no place is missing once the node does not answer. */
export async function loadLaterParts(): Promise<void> {
  // A part that is loaded may bring further ones: the list grows while it is walked.
  for (const preload of preloads) await preload();
}

function noop(): void {}
