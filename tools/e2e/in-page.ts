/** Functions that run inside the page: sent there as text, so they may use nothing of this module but types. */

interface PageElement {
  readonly textContent: string | null;
  readonly scrollWidth: number;
  readonly clientWidth: number;
  readonly dir: string;
  readonly nextElementSibling: PageElement | null;
  readonly className: string;
  getBoundingClientRect(): Readonly<Record<'top' | 'bottom' | 'left' | 'right', number>>;
  readonly dataset: Readonly<Record<string, string | undefined>>;
  getAttribute(name: string): string | null;
  scrollBy(inline: number, block: number): void;
}

// What the functions need of a browser; the checkers of the other tools must not see its names.
declare const document: {
  readonly activeElement: PageElement | null;
  readonly documentElement: PageElement;
  querySelector(selector: string): PageElement | null;
  querySelectorAll(selector: string): readonly PageElement[];
};
declare const requestAnimationFrame: (call: () => void) => void;
declare const getSelection: () => { toString(): string } | null;
declare const dispatchEvent: (event: Event) => boolean;
declare const localStorage: { setItem(key: string, value: string): void };
declare const DataTransfer: new () => { readonly items: { add(file: File): void } };

export const keepPreferences = (kept: string): void => localStorage.setItem('comity.preferences', kept);

export const selectedText = (): string => getSelection()?.toString() ?? '';

export const focusedText = (): string | null | undefined => document.activeElement?.textContent;

export const focusedIndex = (): string | null | undefined => document.activeElement?.getAttribute('data-index');

export const hasFocusOn = (index: string): boolean => document.activeElement?.getAttribute('data-index') === index;

export const hasFewerRowsThan = (count: number): boolean => document.querySelectorAll('.rows-body .row').length < count;

export const isFourthRowOtherThan = (text: string): boolean =>
  !document.querySelectorAll('.row')[3]?.textContent?.includes(text);

export const hasTheme = (theme: string): boolean => document.documentElement.dataset['theme'] === theme;

export const hasDirection = (direction: string): boolean => document.documentElement.dir === direction;

/** How much wider than their places the page, its content, its lists and what is open beside it are, in px. */
export const overflowPx = (): number =>
  Math.max(
    ...[
      document.documentElement,
      ...document.querySelectorAll('.content, .rows, .inspector-body, .value-card-body'),
    ].map((place) => place.scrollWidth - place.clientWidth),
  );

/** What reaches out of its place at the side, the innermost: tag, classes and the beginning of its text. */
export const stickingOut = (): string[] => {
  const places = [...document.querySelectorAll('.content, .inspector-body')];
  const edges = places.map((place) => place.getBoundingClientRect());
  return [...document.querySelectorAll('.content *, .inspector-body *')]
    .filter((element) => {
      const { left, right } = element.getBoundingClientRect();
      return edges.every((edge) => left < edge.left - 1 || right > edge.right + 1);
    })
    .slice(-4)
    .map((element) => `${element.className} "${(element.textContent ?? '').slice(0, 40)}"`);
};

/** By how much the heading reaches into what is below it, in px. */
export const headingOverlapPx = (): number => {
  const head = document.querySelector('.place-head');
  const heading = document.querySelector('h1')?.getBoundingClientRect().bottom ?? 0;
  return heading - (head?.nextElementSibling?.getBoundingClientRect().top ?? heading);
};

export const textOfPage = (): string => document.documentElement.textContent ?? '';

/** Whether the script of a place, loaded ahead of time, has come. */
export const hasLoadedScript = (name: string): boolean =>
  performance.getEntriesByType('resource').some((entry) => entry.name.includes(name));

/** As a machine without any network tells its pages. */
export const loseNetwork = (): boolean => dispatchEvent(new Event('offline'));

/** Scrolls a list by 60 screens; how long each step took until it was painted, in ms, the quickest first. */
export const scrollMs = async (): Promise<number[]> => {
  const frame = document.querySelector('.rows');
  const stepsMs: number[] = [];
  for (let step = 0; step < 60; step += 1) {
    const fromMs = performance.now();
    frame?.scrollBy(0, 900);
    await new Promise<void>((done) => requestAnimationFrame(() => setTimeout(done)));
    stepsMs.push(performance.now() - fromMs);
  }
  return stepsMs.sort((one, other) => one - other);
};

/** What is dragged when one file is. */
export const transferOf = ({ name, text }: { name: string; text: string }): unknown => {
  const transfer = new DataTransfer();
  transfer.items.add(new File([text], name));
  return transfer;
};

interface Finding {
  readonly id: string;
  readonly help: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[];
}

/** Findings of axe, which must have been put into the page before. */
export const axeFindings = async (): Promise<string[]> => {
  const { axe } = globalThis as unknown as { axe: { run(options: unknown): Promise<{ violations: Finding[] }> } };
  const { violations } = await axe.run({ resultTypes: ['violations'] });
  return violations.map(
    ({ id, help, nodes }) => `${id}: ${help}\n    ${nodes[0]?.html}\n    ${nodes[0]?.failureSummary}`,
  );
};
