import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { parseStixId } from '@comity/protocol/base';
import { markingIdOfPap, papMarkingObjects, paps, tlpMarkingObjects, tlps } from '@comity/protocol/markings';
import type { Tlp } from '@comity/protocol/markings';
import { recipientKinds } from '@comity/protocol/sharing';
import type { RecipientKind, SharingAction } from '@comity/protocol/sharing';
import { noCharter } from '../decide/charter.ts';
import { decide } from '../decide/decide.ts';
import { facetsOf } from '../decide/facets-of.ts';
import { labelledText } from '../exit/labelled-text.ts';
import { permitAll } from '../facets-for-tests.ts';
import { Guard } from './guard.ts';

const id = parseStixId('indicator--00000000-0000-4000-8000-000000000001');
const own = (number: number) => `marking-definition--00000000-0000-4000-8000-00000000000${number}`;
const nobody = (): boolean => false;

function passes(run: () => unknown): boolean {
  try {
    run();
    return true;
  } catch (error) {
    assert.equal((error as { code?: string }).code, 'SHARING_REFUSED');
    return false;
  }
}
const guard = (kind: RecipientKind, action: SharingAction = 'forward') => new Guard(kind, action, nobody);
const marked = (refs: readonly string[], rest: Record<string, unknown> = {}) =>
  JSON.stringify({ type: 'indicator', id, object_marking_refs: refs, ...rest });
const tlpIds = tlpMarkingObjects.map((marking) => marking.id as string);
const papIds = papMarkingObjects.map((marking) => marking.id as string);
const idOf = (tlp: Tlp): string => tlpMarkingObjects.find((marking) => marking.tlp === tlp)?.id ?? '';

/** Definitions a text may refer to, some of which nobody can read. */
const definitions: Record<string, Record<string, unknown>> = {
  [own(1)]: { definition_type: 'tlp', definition: { tlp: 'amber' } },
  [own(2)]: { definition_type: 'statement', definition: { statement: 'Not to be sold' } },
  [own(3)]: { extensions: { 'extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d': { tlp_2_0: 'green' } } },
  [own(4)]: { definition_type: 'unheard-of', definition: {} },
  [own(5)]: { extensions: { 'extension-definition--f8d78575-edfd-406e-8e84-6162a8450f5b': { pap: 'red' } } },
  [own(6)]: { definition_type: 'tlp', definition: { tlp: 'purple' } },
};
const define = (ref: string) => ({ type: 'marking-definition', id: ref, ...definitions[ref] });
const find = (ref: string) => (Object.hasOwn(definitions, ref) ? (define(ref) as never) : undefined);
const ref = fc.constantFrom(...tlpIds, ...tlpIds, ...papIds, ...Object.keys(definitions), own(9));
const object = fc.record(
  {
    object_marking_refs: fc.array(ref, { maxLength: 3 }),
    granular_markings: fc.array(fc.record({ selectors: fc.constant(['pattern']), marking_ref: ref }), { maxLength: 2 }),
  },
  { requiredKeys: [] },
);

test('the guard says of a text what the floor says of it: TLP, PAP, parts, statements, unreadable markings', () => {
  const action = fc.constantFrom<SharingAction>(
    'show',
    'store',
    'match',
    'block',
    'query-outside',
    'forward',
    'publish',
  );
  fc.assert(
    fc.property(object, fc.constantFrom(...recipientKinds), action, (markings, kind, use) => {
      // Nothing is sent to the owner or a person; in the house only labels count.
      fc.pre(kind !== 'owner' && kind !== 'person' && !(kind === 'organisation' && use !== 'forward'));
      const text = JSON.stringify({ type: 'indicator', id, pattern: 'x', ...markings });
      const stored = {
        id,
        type: 'indicator',
        modifiedUs: 1,
        text,
        tlp: 'amber+strict',
        leaseUntilUs: undefined,
        recalled: false,
        own: false,
      } as const;
      const label = facetsOf({ ...stored, tlp: 'clear' }, 1, {
        findMarking: find,
        find: () => undefined,
        isRead: nobody,
        hopsLeftOf: () => undefined,
      });
      // What the text itself says: an unmarked one has no label here.
      const isMarked = (markings.object_marking_refs ?? []).some(
        (each) => tlpIds.includes(each) || each === own(1) || each === own(3),
      );
      const facets = { ...label, tlp: isMarked ? label.tlp : label.tlp === 'red' ? 'red' : undefined } as const;
      const recipient = {
        key: `${kind}:x`,
        kind,
        groups: [],
        sector: '',
        country: '',
        channel: { encrypted: true, hidesOrigin: true },
      };
      const floor = decide(facets, recipient, use, { charter: noCharter, law: permitAll }).result === 'allow';
      const bundle = JSON.stringify({
        type: 'bundle',
        objects: [...Object.keys(definitions).map(define), JSON.parse(text)],
      });
      const inHouse = kind === 'organisation' && (facets.caveat || facets.unreadMarking);
      if (!inHouse)
        assert.equal(
          passes(() => new Guard(kind, use, nobody).stix(bundle)),
          floor,
          text,
        );
    }),
    { numRuns: 3000 },
  );
});

test('what the floor lets out, labelled as it is handled, the guard lets out', () => {
  fc.assert(
    fc.property(
      object,
      fc.constantFrom(...tlps),
      fc.constantFrom('client', 'member', 'public'),
      (markings, tlp, kind) => {
        const text = JSON.stringify({ type: 'indicator', id, ...markings });
        const deps = { findMarking: find, find: () => undefined, isRead: nobody, hopsLeftOf: () => undefined };
        const facets = facetsOf(
          { id, type: 'indicator', modifiedUs: 1, text, tlp, leaseUntilUs: undefined, recalled: false, own: false },
          1,
          deps,
        );
        const recipient = {
          key: 'x',
          kind,
          groups: [],
          sector: '',
          country: '',
          channel: { encrypted: true, hidesOrigin: true },
        } as const;
        if (decide(facets, recipient, 'forward', { charter: noCharter, law: permitAll }).result === 'deny') return;
        assert.ok(facets.tlp !== undefined);
        const leaving = labelledText(text, facets, find);
        const sent = new Guard(kind, 'forward', nobody);
        for (const definition of leaving.definitionIds)
          if (find(definition)) sent.stix(JSON.stringify(define(definition)));
        assert.equal(sent.stix(leaving.text), leaving.text);
      },
    ),
    { numRuns: 1000 },
  );
});

test('each label stops where it must, in each spelling of its id', () => {
  const widest: Record<Tlp, readonly RecipientKind[]> = {
    clear: ['organisation', 'client', 'member', 'public'],
    green: ['organisation', 'client', 'member'],
    amber: ['organisation', 'client'],
    'amber+strict': ['organisation'],
    red: [],
  };
  for (const { id: marking, tlp } of tlpMarkingObjects)
    assert.deepEqual(
      (['organisation', 'client', 'member', 'public'] as const).filter((kind) =>
        passes(() => guard(kind).stix(marked([marking]))),
      ),
      widest[tlp],
      marking,
    );
  for (const kind of ['client', 'member', 'public'] as const) {
    assert.ok(!passes(() => guard(kind).stix(marked([]))), 'no label');
    assert.ok(!passes(() => guard(kind, 'publish').stix(marked([idOf('green')]))));
  }
});

test('what is anywhere in a text is looked at: bundles in bundles, envelopes, lists', () => {
  const red: unknown = JSON.parse(marked([idOf('red')]));
  for (const text of [
    red,
    [red],
    { objects: [red] },
    { type: 'bundle', objects: [{ type: 'bundle', objects: [red] }] },
  ])
    assert.ok(!passes(() => guard('client').stix(JSON.stringify(text))), JSON.stringify(text));
  assert.ok(passes(() => guard('client').stix('{"type":"bundle","objects":[]}')));
  assert.ok(!passes(() => guard('client').stix('no JSON')));
  let deep: unknown = red;
  for (let depth = 0; depth < 20; depth += 1) deep = { objects: [deep] };
  assert.ok(!passes(() => guard('client').stix(JSON.stringify(deep))));
});

test('a definition that says two things under one id is believed in neither', () => {
  const twice = guard('client');
  const define2 = (tlp: string) =>
    JSON.stringify({ type: 'marking-definition', id: own(7), definition_type: 'tlp', definition: { tlp } });
  twice.stix(define2('red'));
  twice.stix(define2('green'));
  assert.ok(!passes(() => twice.stix(marked([own(7)]))));
});

test('a block list needs PAP GREEN or CLEAR, a publication no PAP:RED', () => {
  const blocked = paps.filter((pap) =>
    passes(() => guard('public', 'block').stix(marked([idOf('clear'), markingIdOfPap(pap)]))),
  );
  assert.deepEqual(blocked, ['clear', 'green']);
  const published = paps.filter((pap) =>
    passes(() => guard('public', 'publish').stix(marked([idOf('clear'), markingIdOfPap(pap)]))),
  );
  assert.deepEqual(published, ['clear', 'green', 'amber']);
});

const tag = (...names: readonly string[]) => names.map((name) => ({ name }));
test('MISP is as strict as its strictest tag, at any depth; without one it stays (MISP core format)', () => {
  const event = (tags: readonly string[], rest: Record<string, unknown> = {}) =>
    JSON.stringify({ Event: { uuid: 'e', info: 'i', Tag: tag(...tags), ...rest } });
  assert.ok(passes(() => guard('member').misp(event(['tlp:green']))));
  assert.ok(passes(() => guard('public').misp(event(['tlp:white', 'PAP:GREEN']))));
  assert.ok(passes(() => guard('public').misp(event(['TLP:CLEAR']))));
  assert.ok(!passes(() => guard('member').misp(event([]))));
  assert.ok(!passes(() => guard('member').misp(event(['tlp:green', 'tlp:red']))));
  assert.ok(!passes(() => guard('member').misp(event(['tlp:purple']))));
  assert.ok(!passes(() => guard('client').misp(event(['tlp:ex:chr']))));
  const inner = { Object: [{ Attribute: [{ value: 'x', Tag: tag('tlp:amber+strict') }] }] };
  assert.ok(!passes(() => guard('client').misp(event(['tlp:green'], inner))));
  assert.ok(
    !passes(() => guard('public', 'publish').misp(event(['tlp:clear'], { Attribute: [{ Tag: tag('pap:red') }] }))),
  );
  assert.ok(
    !passes(() =>
      guard('member').misp(JSON.stringify({ response: [JSON.parse(event(['tlp:green'])), JSON.parse(event([]))] })),
    ),
  );
  assert.ok(
    !passes(() =>
      guard('member').misp(
        JSON.stringify({ response: { Attribute: [{ value: 'x', Tag: tag('tlp:green') }, { value: 'y' }] } }),
      ),
    ),
  );
  assert.ok(passes(() => guard('member').misp(JSON.stringify({ Attribute: [{ value: 'x', Tag: tag('tlp:green') }] }))));
});

test('a list says its label in the first line, or stays', () => {
  assert.ok(passes(() => guard('member').list('# TLP:GREEN PAP:AMBER\nevil.example\n')));
  for (const text of ['evil.example\n', '# TLP:AMBER+STRICT\nx\n', '#TLP:PURPLE\n', 'x\n# TLP:CLEAR\n', '# TLP:CLEAR'])
    assert.ok(!passes(() => guard('member').list(text)), text);
  assert.ok(!passes(() => guard('public', 'block').list('# TLP:CLEAR\n')));
  assert.ok(passes(() => guard('public', 'block').list('# TLP:CLEAR PAP:GREEN\n')));
});

test('any JSON is answered with a yes or with SHARING_REFUSED', () => {
  fc.assert(
    fc.property(fc.json(), (text) => {
      passes(() => guard('client').stix(text));
      passes(() => guard('client').misp(text));
      passes(() => guard('client').list(text));
    }),
  );
});

test('the guard reads the label of a match in both forms, and lets it go to an organisation of ours alone', () => {
  const own = (tlp?: unknown) => JSON.stringify({ type: 'match', id: 'match-0', ...(tlp !== undefined && { tlp }) });
  const ecs = (tlp?: unknown) =>
    JSON.stringify({ event: { id: 'match-0' }, threat: { indicator: { marking: tlp === undefined ? {} : { tlp } } } });
  for (const form of [own, ecs]) {
    for (const label of ['CLEAR', 'TLP:GREEN', 'amber', 'AMBER+STRICT', undefined, 'PURPLE', 7])
      assert.equal(guard('organisation').match(form(label)), form(label), String(label));
    for (const label of ['RED', 'TLP:RED', 'tlp:red'])
      assert.ok(!passes(() => guard('organisation').match(form(label))), label);
    for (const kind of recipientKinds.filter((each) => each !== 'organisation'))
      assert.ok(!passes(() => guard(kind).match(form('CLEAR'))), kind);
    assert.ok(!passes(() => guard('organisation', 'publish').match(form('CLEAR'))));
  }
  // Of two labels the stricter, of a list each, and what is no match is none of ours.
  assert.ok(
    !passes(() => guard('organisation').match(JSON.stringify({ tlp: 'CLEAR', ...(JSON.parse(ecs('RED')) as object) }))),
  );
  assert.ok(!passes(() => guard('organisation').match(`[${own('CLEAR')},${own('RED')}]`)));
  assert.ok(!passes(() => guard('organisation').match('no JSON')));
});

/** An item by which `origin` or a relay of it lends an object under terms. */
const peerItem = (
  terms: { tlp: unknown; pap?: unknown },
  { path = ['a'], stated = terms.tlp }: { path?: unknown; stated?: unknown } = {},
) => JSON.stringify({ kind: 'lent', path, terms, statement: { origin: 'a', terms: { tlp: stated } } });
const throughPeer = (item: string, object: string, kind: RecipientKind = 'member') =>
  passes(() => guard(kind).peer(item, object));

test('AMBER goes to another member from its origin alone, GREEN also from whoever it came through', () => {
  const widest = (path: unknown) =>
    ['clear', 'green', 'amber', 'amber+strict', 'red'].filter((tlp) =>
      throughPeer(peerItem({ tlp }, { path }), marked([idOf(tlp as Tlp)])),
    );
  assert.deepEqual(widest(['a']), ['clear', 'green', 'amber']);
  for (const path of [['a', 'b'], ['b'], [], 'a', null, { length: 1, 0: 'a' }])
    assert.deepEqual(widest(path), ['clear', 'green'], JSON.stringify(path));
  const amber = peerItem({ tlp: 'amber' });
  assert.ok(!throughPeer(amber, marked([idOf('amber')]), 'public'), 'an origin has no more rights elsewhere');
  assert.ok(!passes(() => guard('member').stix(marked([idOf('amber')]))), 'nor by another way out');
});

test('the terms an object is lent under are no looser than its own label, nor than what its origin signed', () => {
  const grades: readonly Tlp[] = ['clear', 'green', 'amber'];
  for (const tlp of grades)
    for (const stated of grades)
      for (const label of grades)
        assert.equal(
          throughPeer(peerItem({ tlp }, { stated }), marked([idOf(label)])),
          grades.indexOf(tlp) >= Math.max(grades.indexOf(stated), grades.indexOf(label)),
          `lent as ${tlp}, stated as ${stated}, labelled ${label}`,
        );
  const part = { granular_markings: [{ selectors: ['pattern'], marking_ref: idOf('amber') }] };
  assert.ok(!throughPeer(peerItem({ tlp: 'green' }), marked([idOf('clear')], part)), 'a part counts as the whole');
  const two = `[${marked([idOf('clear')])},${marked([idOf('red')])}]`;
  assert.ok(!throughPeer(peerItem({ tlp: 'clear' }), two), 'of two the stricter');
});

test('an object that bears no label goes under the one its origin signed, and an item that names none goes nowhere', () => {
  for (const object of [marked([]), JSON.stringify({ type: 'indicator', id })]) {
    assert.ok(throughPeer(peerItem({ tlp: 'green' }), object));
    assert.ok(throughPeer(peerItem({ tlp: 'amber' }, { stated: 'green' }), object));
    assert.ok(!throughPeer(peerItem({ tlp: 'green' }, { stated: 'amber' }), object));
  }
  const part = { granular_markings: [{ selectors: ['pattern'], marking_ref: idOf('green') }] };
  assert.ok(!throughPeer(peerItem({ tlp: 'green' }), marked([], part)), 'of which a part says more than nothing');
  for (const tlp of [undefined, 7, '', 'purple', ['green'], 'green '])
    assert.ok(!throughPeer(peerItem({ tlp }), marked([idOf('clear')])), String(tlp));
  for (const item of ['[]', '7', 'null', '{}', 'no JSON']) assert.ok(!throughPeer(item, marked([idOf('clear')])), item);
  assert.ok(!throughPeer(peerItem({ tlp: 'clear' }), 'no JSON'));
  const open = peerItem({ tlp: 'clear' });
  assert.ok(!throughPeer(open, marked([own(2)])), 'a restriction in words that nobody read');
  assert.ok(!throughPeer(open, marked([idOf('clear'), own(9)])), 'a marking whose definition is not there');
});

test('any item and any object beside it are answered with a yes or with SHARING_REFUSED', () => {
  fc.assert(fc.property(fc.json(), fc.json(), (item, object) => void throughPeer(item, object)));
});
