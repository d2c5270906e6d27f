import { visibleText } from './visible-text.ts';

/** Numbers, amounts and times as one locale writes them. Made once a locale: `Intl` formatters are slow to make. */
export interface Figures {
  count(value: number): string;
  /** Short form of a large number: `1.2M`. */
  short(value: number): string;
  bytes(value: number): string;
  bytesPerSecond(value: number): string;
  percent(share: number): string;
  /** `3 min ago`, `in 2 h`; `now` within a minute. Instants in milliseconds. */
  relative(atMs: number, nowMs: number): string;
  /** How long ago, as a length of time: `5 hr`. */
  span(fromMs: number, nowMs: number): string;
  /** To the second, with the zone. */
  exact(atMs: number, utc: boolean): string;
  /** Time of day, or the date when it is not today. */
  clock(atMs: number, nowMs: number, utc: boolean): string;
  /** The date alone, as one says it: `3 Dec 2026`. */
  day(atMs: number): string;
  /** Name of a country by its two letters; the letters where there is none. */
  country(code: string): string;
  /** Names somebody else chose, with unseen characters made visible. */
  list(items: readonly string[]): string;
  /** Plural category of a number. */
  plural(value: number): Intl.LDMLPluralRule;
}

const byteUnits = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const;
const spans = [
  { unit: 'year', ms: 365 * 86_400_000 },
  { unit: 'month', ms: 30 * 86_400_000 },
  { unit: 'day', ms: 86_400_000 },
  { unit: 'hour', ms: 3_600_000 },
  { unit: 'minute', ms: 60_000 },
  { unit: 'second', ms: 1000 },
] as const;

export function createFigures(locale: string): Figures {
  const plain = new Intl.NumberFormat(locale);
  const short = new Intl.NumberFormat(locale, { notation: 'compact', maximumFractionDigits: 1 });
  const percent = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 1 });
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: 'auto', style: 'short' });
  const list = new Intl.ListFormat(locale, { type: 'conjunction' });
  const days = new Intl.DateTimeFormat(locale, { year: 'numeric', month: 'short', day: 'numeric' });
  const countries = new Intl.DisplayNames(locale, { type: 'region', fallback: 'code' });
  const plurals = new Intl.PluralRules(locale);
  const lengths = (['day', 'hour', 'minute'] as const).map((unit) => ({
    ms: spans.find((span) => span.unit === unit)?.ms ?? 1,
    form: new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'short' }),
  }));
  const unitForms = (units: readonly string[]): Intl.NumberFormat[] =>
    units.map(
      (unit, index) =>
        new Intl.NumberFormat(locale, {
          style: 'unit',
          unit,
          unitDisplay: 'short',
          maximumFractionDigits: index < 2 ? 0 : 1,
        }),
    );
  const wholeBytes = new Intl.NumberFormat(locale, {
    style: 'unit',
    unit: 'byte',
    unitDisplay: 'long',
    maximumFractionDigits: 0,
  });
  const amounts = [wholeBytes, ...unitForms(byteUnits).slice(1)];
  const rates = unitForms(byteUnits.map((unit) => `${unit}-per-second`));
  const zoned = (utc: boolean, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat =>
    new Intl.DateTimeFormat(locale, { ...options, hour12: false, ...(utc ? { timeZone: 'UTC' } : {}) });
  const both = <T>(make: (utc: boolean) => T): readonly [T, T] => [make(false), make(true)];
  const exact = both((utc) =>
    zoned(utc, {
      year: 'numeric',
      month: 'short',
      day: 'numeric',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
      timeZoneName: 'short',
    }),
  );
  const timeOfDay = both((utc) => zoned(utc, { hour: '2-digit', minute: '2-digit', second: '2-digit' }));
  const dayOfYear = both((utc) => zoned(utc, { month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit' }));
  const dayOnly = both((utc) => zoned(utc, { year: 'numeric', month: 'numeric', day: 'numeric' }));

  const amountOf = (value: number, forms: readonly Intl.NumberFormat[]): string => {
    const index = value < 1 ? 0 : Math.min(Math.floor(Math.log10(value) / 3), forms.length - 1);
    return forms[index]?.format(value / 1000 ** index) ?? plain.format(value);
  };
  return {
    count: (value) => plain.format(value),
    short: (value) => short.format(value),
    bytes: (value) => amountOf(value, amounts),
    bytesPerSecond: (value) => amountOf(value, rates),
    percent: (share) => percent.format(share),
    relative(atMs, nowMs) {
      const away = atMs - nowMs;
      if (Math.abs(away) < 55_000) return relative.format(0, 'second');
      const span = spans.find(({ ms }) => Math.abs(away) >= ms * 0.95) ?? spans[5];
      return relative.format(Math.round(away / span.ms), span.unit);
    },
    span(fromMs, nowMs) {
      const long = Math.max(0, nowMs - fromMs);
      const index = lengths.findIndex(({ ms }) => long >= ms);
      const { ms, form } = lengths[index] ?? lengths[lengths.length - 1]!;
      return form.format(Math.max(1, Math.round(long / ms)));
    },
    exact: (atMs, utc) => exact[utc ? 1 : 0].format(atMs),
    clock(atMs, nowMs, utc) {
      const zone = utc ? 1 : 0;
      const today = dayOnly[zone].format(atMs) === dayOnly[zone].format(nowMs);
      return (today ? timeOfDay : dayOfYear)[zone].format(atMs);
    },
    day: (atMs) => days.format(atMs),
    country: (code) => (/^[A-Z]{2}$/.test(code) ? (countries.of(code) ?? code) : visibleText(code)),
    list: (items) => list.format(items.map(visibleText)),
    plural: (value) => plurals.select(value),
  };
}
