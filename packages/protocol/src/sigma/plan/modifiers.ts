import { quote } from '../../base/index.ts';
import type { Operator } from '../read/rule-shape.ts';
import { malformed, unsupported } from '../sigma-error.ts';
import type { SigmaPath } from '../sigma-error.ts';
import { base64Of, base64Offsets, utf16Text, utf8Text } from './encodings.ts';
import type { Utf16Form } from './encodings.ts';
import { fillPlaceholders } from './placeholders.ts';
import type { Placeholders } from './placeholders.ts';
import { literalOf, mapLiterals, opened } from './text-value.ts';
import { timeParts } from './tree.ts';
import type { Standing, TextPart, TimePart } from './tree.ts';
import { dashAlternatives } from './windash.ts';

/** A value on its way through the modifiers of its key. */
export type ModifiedValue =
  /** `raw`: as written, while no modifier changed it. `isBytes`: one character a byte. */
  | { readonly kind: 'text'; readonly parts: readonly TextPart[]; readonly raw?: string; readonly isBytes: boolean }
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'boolean'; readonly value: boolean }
  | { readonly kind: 'null' }
  | { readonly kind: 'exists'; readonly wanted: boolean }
  | { readonly kind: 'expression'; readonly source: string; readonly flags: string }
  | { readonly kind: 'network'; readonly text: string }
  | { readonly kind: 'field'; readonly name: string; readonly standing: Standing }
  | { readonly kind: 'compared'; readonly operator: Operator; readonly value: number }
  | { readonly kind: 'time'; readonly part: TimePart; readonly operator: Operator; readonly value: number };

/** What a modifier may look up. */
export interface ModifierContext {
  readonly path: SigmaPath;
  readonly placeholders: Placeholders;
}

type Text = Extract<ModifiedValue, { kind: 'text' }>;
type Modifier = (value: ModifiedValue, context: ModifierContext, name: string) => readonly ModifiedValue[];

/** A text with other parts: what was written is gone. */
function changed(parts: readonly TextPart[], isBytes: boolean): Text {
  return { kind: 'text', parts, isBytes };
}

/** A value as text, for modifiers of texts; numbers and truth values are the text they are written as. */
function textOf(value: ModifiedValue, { path }: ModifierContext, name: string): Text {
  if (value.kind === 'text') return value;
  if (value.kind === 'number' || value.kind === 'boolean') {
    const raw = String(value.value);
    return { kind: 'text', parts: [raw], raw, isBytes: false };
  }
  return malformed(`${quote(name)} is applied to what is no text`, path);
}

/** The text as it was written. */
function rawOf(value: ModifiedValue, context: ModifierContext, name: string): string {
  const { raw } = textOf(value, context, name);
  return raw ?? unsupported(`${quote(name)} comes after a modifier that changes the text`, context.path);
}

function standing(kind: Standing, before: boolean, behind: boolean): Modifier {
  return (value, context, name) => {
    if (value.kind === 'field') return [{ ...value, standing: kind }];
    // An expression is found anywhere as it is.
    if (value.kind === 'expression' && kind === 'contains') return [value];
    const { parts, isBytes } = textOf(value, context, name);
    return [changed(opened(parts, before, behind), isBytes)];
  };
}

function utf16(form: Utf16Form): Modifier {
  return (value, context, name) => {
    const { parts } = textOf(value, context, name);
    return [
      changed(
        mapLiterals(parts, (text) => utf16Text(text, form)),
        true,
      ),
    ];
  };
}

/** The bytes of a text, one character each; a wildcard has none. */
function bytesOf(value: ModifiedValue, context: ModifierContext, name: string): string {
  const { parts, isBytes } = textOf(value, context, name);
  const text = literalOf(parts) ?? malformed(`${quote(name)} is applied to wildcards`, context.path);
  return isBytes ? text : utf8Text(text);
}

function flag(sign: string): Modifier {
  return (value, { path }, name) => {
    if (value.kind !== 'expression') malformed(`${quote(name)} does not follow "re"`, path);
    return [{ ...value, flags: value.flags.includes(sign) ? value.flags : value.flags + sign }];
  };
}

function compare(operator: Operator): Modifier {
  return (value, context, name) => {
    if (value.kind === 'time') return [{ ...value, operator }];
    return [{ kind: 'compared', operator, value: numberOf(value, context, name) }];
  };
}

function numberOf(value: ModifiedValue, context: ModifierContext, name: string): number {
  if (value.kind === 'number') return value.value;
  const raw = value.kind === 'text' ? (value.raw ?? '') : '';
  const isNumber = /^-?\d{1,15}(?:\.\d{1,15})?$/.test(raw);
  return isNumber ? Number(raw) : malformed(`${quote(name)} is applied to what is no number`, context.path);
}

function time(part: TimePart): Modifier {
  return (value, context, name) => [{ kind: 'time', part, operator: 'eq', value: numberOf(value, context, name) }];
}

const modifiers: ReadonlyMap<string, Modifier> = new Map<string, Modifier>([
  ['contains', standing('contains', true, true)],
  ['startswith', standing('startswith', false, true)],
  ['endswith', standing('endswith', true, false)],
  [
    'exists',
    (value, { path }) => {
      if (value.kind !== 'boolean') malformed('"exists" is neither true nor false', path);
      return [{ kind: 'exists', wanted: value.value }];
    },
  ],
  [
    'windash',
    (value, context, name) => {
      const { parts, isBytes } = textOf(value, context, name);
      return dashAlternatives(parts, context.path).map((each) => changed(each, isBytes));
    },
  ],
  ['re', (value, context, name) => [{ kind: 'expression', source: rawOf(value, context, name), flags: '' }]],
  ['i', flag('i')],
  ['m', flag('m')],
  ['s', flag('s')],
  ['cidr', (value, context, name) => [{ kind: 'network', text: rawOf(value, context, name) }]],
  ['base64', (value, context, name) => [changed([base64Of(bytesOf(value, context, name))], false)]],
  [
    'base64offset',
    (value, context, name) => base64Offsets(bytesOf(value, context, name)).map((text) => changed([text], false)),
  ],
  ['utf16le', utf16('le')],
  ['wide', utf16('le')],
  ['utf16be', utf16('be')],
  ['utf16', utf16('marked')],
  [
    'expand',
    (value, context, name) => {
      const { parts, isBytes } = textOf(value, context, name);
      return fillPlaceholders(parts, context.placeholders, context.path).map((each) => changed(each, isBytes));
    },
  ],
  [
    'fieldref',
    (value, context, name) => {
      const text = literalOf(textOf(value, context, name).parts);
      if (text === undefined || text === '') malformed('"fieldref" names no field', context.path);
      return [{ kind: 'field', name: text, standing: 'equal' }];
    },
  ],
  ['lt', compare('lt')],
  ['lte', compare('lte')],
  ['gt', compare('gt')],
  ['gte', compare('gte')],
  ...timeParts.map((part): [string, Modifier] => [part, time(part)]),
]);

/** Names of modifiers that are no change of a value but of the whole key. */
const ofTheKey: ReadonlySet<string> = new Set(['all', 'neq', 'cased']);

/** Whether a modifier of this name is in the specification. */
export function isModifier(name: string): boolean {
  return modifiers.has(name) || ofTheKey.has(name);
}

/** What a modifier makes of a value: one value, or several of which any is meant. Throws SigmaError. */
export function applyModifier(name: string, value: ModifiedValue, context: ModifierContext): readonly ModifiedValue[] {
  return modifiers.get(name)!(value, context, name);
}
