import type { Plugin } from 'vite';

/** Leaves out the strings React Aria carries for languages the page does not speak (about a fifth of its size). */
export function onlyOurLocales(locales: readonly string[]): Plugin {
  const strings = /\/(?:react-aria|react-stately|react-aria-components)\/.*\/([a-z]{2}-[A-Z]{2})\.m?js$/;
  return {
    name: 'only-our-locales',
    enforce: 'pre',
    load(id) {
      const locale = strings.exec(id)?.[1];
      return locale === undefined || locales.includes(locale) ? null : 'export default {};';
    },
  };
}
