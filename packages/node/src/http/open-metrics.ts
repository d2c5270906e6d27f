/** One family of a metrics answer: its samples share name, type and help. */
export interface MetricFamily {
  /** Without the `_total` of counters. */
  readonly name: string;
  readonly type: 'gauge' | 'counter' | 'info';
  readonly help: string;
  readonly unit?: string;
  readonly samples: readonly { readonly labels?: Readonly<Record<string, string>>; readonly value: number }[];
}

export const openMetricsType = 'application/openmetrics-text; version=1.0.0; charset=utf-8';

/** Spec: OpenMetrics 1.0, "Text format"; a family with no sample is left out. */
export function openMetricsText(families: readonly MetricFamily[]): string {
  const lines = families.flatMap((family) => {
    if (family.samples.length === 0) return [];
    return [
      `# TYPE ${family.name} ${family.type}`,
      ...(family.unit === undefined ? [] : [`# UNIT ${family.name} ${family.unit}`]),
      `# HELP ${family.name} ${escapeText(family.help)}`,
      ...family.samples.map(
        ({ labels, value }) => `${family.name}${suffixes[family.type]}${labelsText(labels)} ${value}`,
      ),
    ];
  });
  return `${lines.join('\n')}\n# EOF\n`;
}

const suffixes = { gauge: '', counter: '_total', info: '_info' } as const;

function labelsText(labels: Readonly<Record<string, string>> = {}): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escapeText(value)}"`);
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}

function escapeText(text: string): string {
  return text
    .replaceAll('\\', String.raw`\\`)
    .replaceAll('\n', String.raw`\n`)
    .replaceAll('"', String.raw`\"`);
}
