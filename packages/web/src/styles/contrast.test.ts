import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

const css = readFileSync(join(import.meta.dirname, 'tokens.css'), 'utf8');

type Theme = 'light' | 'dark';

/** The colour of a token in a theme, as tokens.css has it. */
function colourOf(token: string, theme: Theme): string {
  const both = new RegExp(`--${token}: light-dark\\((#[0-9a-f]{6}), (#[0-9a-f]{6})\\)`).exec(css);
  const one = new RegExp(`--${token}: (#[0-9a-f]{6})`).exec(css);
  const colour = both ? both[theme === 'light' ? 1 : 2] : one?.[1];
  assert.ok(colour, `tokens.css has no colour --${token}`);
  return colour;
}

/** Relative luminance, WCAG 2.2. */
function luminanceOf(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrastOf(one: string, other: string): number {
  const [light = 0, dark = 0] = [luminanceOf(one), luminanceOf(other)].toSorted((a, b) => b - a);
  return (light + 0.05) / (dark + 0.05);
}

const texts = ['text', 'muted', 'accent', 'critical', 'high', 'medium', 'good'];
const grounds = ['paper', 'surface', 'sunken', 'chosen', 'hover'];

for (const theme of ['light', 'dark'] as const) {
  test(`every text colour has a contrast of 4.5 on every ground, ${theme}`, () => {
    for (const text of texts) {
      for (const ground of grounds) {
        const contrast = contrastOf(colourOf(text, theme), colourOf(ground, theme));
        assert.ok(contrast >= 4.5, `--${text} on --${ground}: ${contrast.toFixed(2)}`);
      }
    }
    assert.ok(contrastOf(colourOf('on-accent', theme), colourOf('accent', theme)) >= 4.5);
    assert.ok(contrastOf(colourOf('on-accent', theme), colourOf('accent-strong', theme)) >= 4.5);
    assert.ok(contrastOf(colourOf('text', theme), colourOf('found', theme)) >= 4.5);
  });

  test(`edges of controls and the focus ring have a contrast of 3 on every ground, ${theme} (WCAG 2.2, 1.4.11)`, () => {
    for (const ground of grounds) {
      for (const edge of ['edge', 'accent']) {
        const contrast = contrastOf(colourOf(edge, theme), colourOf(ground, theme));
        assert.ok(contrast >= 3, `--${edge} on --${ground}: ${contrast.toFixed(2)}`);
      }
    }
  });
}

test('TLP labels are in the colours of TLP 2.0 on black', () => {
  const colours = { red: '#ff2b2b', amber: '#ffc000', green: '#33ff00', clear: '#ffffff' };
  assert.equal(colourOf('tlp-ground', 'light'), '#000000');
  for (const [label, colour] of Object.entries(colours)) assert.equal(colourOf(`tlp-${label}`, 'dark'), colour);
});

test('the measure tells a pair that is too weak', () => {
  assert.ok(contrastOf('#ffffff', '#9aa4ae') < 4.5);
  assert.equal(contrastOf('#ffffff', '#000000'), 21);
});
