import type { JSX } from 'react';

/** Our own icons: 16 px, drawn with a 1.5 px line in the colour of the text. */
const drawings = {
  overview: 'M2 9.5h2.5L6.5 4l3 8 2-4.5H14',
  intel: 'M3 3.5h10M3 8h6M3 12.5h4M11.5 9.25a2 2 0 1 0 0 4 2 2 0 0 0 0-4zM13 12.75 14.5 14.25',
  screening: 'M2 3.5h12L9.75 8.5v4.75l-3.5-1.5V8.5z',
  sharing:
    'M4 6.25a1.75 1.75 0 1 0 0 3.5 1.75 1.75 0 0 0 0-3.5zM12 2.25a1.75 1.75 0 1 0 0 3.5 1.75 1.75 0 0 0 0-3.5zM12 10.25a1.75 1.75 0 1 0 0 3.5 1.75 1.75 0 0 0 0-3.5zM5.6 7.2l4.8-2.4M5.6 8.8l4.8 2.4',
  federation:
    'M8 6.25a1.75 1.75 0 1 0 0 3.5 1.75 1.75 0 0 0 0-3.5zM8 1.5a1.25 1.25 0 1 0 0 2.5 1.25 1.25 0 0 0 0-2.5zM13.25 10.5a1.25 1.25 0 1 0 0 2.5 1.25 1.25 0 0 0 0-2.5zM2.75 10.5a1.25 1.25 0 1 0 0 2.5 1.25 1.25 0 0 0 0-2.5zM8 4v2.25M9.5 9 12.2 11M6.5 9 3.8 11',
  imports: 'M8 2v7M5 6.5 8 9.5l3-3M2.5 10v3.5h11V10',
  settings: 'M2 4.5h6M12 4.5h2M2 11.5h2M8 11.5h6M10 2.75v3.5M6 9.75v3.5',
  search: 'M7 2.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9zM10.25 10.25 14 14',
  close: 'M4 4l8 8M12 4l-8 8',
  check: 'M3 8.5 6.5 12 13 4.5',
  copy: 'M6 5.5h7.5v8H6zM10.5 5.5v-3H3v8h3',
  down: 'M4 6l4 4 4-4',
  forward: 'M6 3.5 10.5 8 6 12.5',
  back: 'M10 3.5 5.5 8 10 12.5',
  alarm: 'M8 2 14.5 13.5h-13zM8 6.25v3.5M8 11.25v.75',
  recorded: 'M8 4.5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7z',
  pause: 'M5.5 3.5v9M10.5 3.5v9',
  play: 'M5 3v10l8-5z',
  plus: 'M8 3v10M3 8h10',
  trash: 'M3 4.5h10M6.5 4.5v-2h3v2M4.5 4.5l.5 9h6l.5-9',
  edit: 'M3 13l.5-2.75L10.75 3 13 5.25 5.75 12.5z',
  file: 'M4 2h5l3.5 3.5V14H4zM9 2v3.5h3.5',
  folder: 'M2 4h4.5L8 5.5h6v7.5H2z',
  socket: 'M5 2v3.5M11 2v3.5M3.5 5.5h9v2.25a4.5 4.5 0 0 1-9 0zM8 12.25V15',
  http: 'M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2zM2 8h12M8 2c-2.5 3-2.5 9 0 12M8 2c2.5 3 2.5 9 0 12',
  shield: 'M8 2l5 2v4c0 3-2 5-5 6-3-1-5-3-5-6V4z',
  undo: 'M3.5 6.5h6a3.25 3.25 0 0 1 0 6.5H6M6 3.5l-3 3 3 3',
  release: 'M5 7V5a3 3 0 0 1 5.75-1.25M3.5 7h9v6.5h-9z',
  export: 'M8 9.5v-7M5 5l3-3 3 3M2.5 10v3.5h11V10',
  clock: 'M8 2.5a5.5 5.5 0 1 0 0 11 5.5 5.5 0 0 0 0-11zM8 5v3l2 1.5',
  refresh: 'M13 8a5 5 0 1 1-1.5-3.5M13 2.5v3h-3',
  warning: 'M8 2.5a5.5 5.5 0 1 0 0 11 5.5 5.5 0 0 0 0-11zM8 5v3.5M8 10.25V11',
  revoked: 'M8 2.5a5.5 5.5 0 1 0 0 11 5.5 5.5 0 0 0 0-11zM4.25 11.75l7.5-7.5',
  rail: 'M2.5 3h11v10h-11zM6 3v10',
  full: 'M9.5 2.5h4v4M13.5 2.5 9 7M6.5 13.5h-4v-4M2.5 13.5 7 9',
  link: 'M6.5 9.5 9.5 6.5M7 5l1.5-1.5a2.8 2.8 0 0 1 4 4L11 9M9 11l-1.5 1.5a2.8 2.8 0 0 1-4-4L5 7',
  keyboard: 'M1.5 4h13v8h-13zM4 6.5h.5M6.75 6.5h.5M9.5 6.5h.5M12 6.5h.25M4.5 9.5h7',
} as const;

export type IconName = keyof typeof drawings;

/** Icons that point along the line turn round from right to left. */
const directional: ReadonlySet<IconName> = new Set(['forward', 'back', 'undo', 'rail']);

export function Icon({ name }: { readonly name: IconName }): JSX.Element {
  return (
    <svg
      className={directional.has(name) ? 'icon icon-directional' : 'icon'}
      viewBox="0 0 16 16"
      aria-hidden="true"
      focusable="false"
    >
      <path d={drawings[name]} />
    </svg>
  );
}

/** Two laws, each whole, and what they have in common. */
export function Mark(): JSX.Element {
  return (
    <svg className="mark" viewBox="0 0 32 32" aria-hidden="true" focusable="false">
      <circle cx="12" cy="16" r="9.5" />
      <circle cx="20" cy="16" r="9.5" />
      <path d="M16 7.4a9.5 9.5 0 0 1 0 17.2 9.5 9.5 0 0 1 0-17.2z" />
    </svg>
  );
}
