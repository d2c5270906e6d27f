// Runs before the first paint, so that a page in the dark or from right to left never flashes the other way.
// Key and fields are those of src/settings/preferences.ts.
(() => {
  let kept = {};
  try {
    kept = JSON.parse(localStorage.getItem('comity.preferences') ?? '{}') ?? {};
  } catch {
    // Storage is forbidden or holds something else: the defaults stand.
  }
  const root = document.documentElement;
  if (kept.theme === 'light' || kept.theme === 'dark') root.dataset.theme = kept.theme;
  const language = typeof kept.language === 'string' ? kept.language : (navigator.language ?? 'en');
  root.lang = language.startsWith('ar') ? 'ar' : 'en';
  const direction = kept.direction === 'ltr' || kept.direction === 'rtl' ? kept.direction : undefined;
  root.dir = direction ?? (root.lang === 'ar' ? 'rtl' : 'ltr');
})();
