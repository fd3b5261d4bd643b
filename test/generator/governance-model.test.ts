import { describe, expect, test } from 'vitest';
import { kindsMeeting, threatsOfPart } from '../../generator/governance/coverage.ts';
import { model, type Model } from '../../generator/governance/entries.ts';
import { strideLetters, type Feature } from '../../generator/governance/model.ts';

const { assets, constraints, controls, decisions, flows, nodes, threats, zones } = model;
const ids = (entries: readonly { readonly id: string }[]) => entries.map(({ id }) => id);

/** Ids that are named somewhere and stand nowhere. */
function dangling(checked: Model): string[] {
  const lost = (where: string, named: readonly string[], known: readonly string[]) =>
    named.filter((id) => !known.includes(id)).map((id) => `${where} names ${id}`);
  const known = ids(checked.controls);
  return [
    ...checked.nodes.flatMap(({ id, zone }) => lost(id, [zone], ids(checked.zones))),
    ...checked.flows.flatMap(({ id, from, to }) => lost(id, [from, to], ids(checked.nodes))),
    ...checked.threats.flatMap((threat) => [
      ...lost(threat.id, threat.flows, ids(checked.flows)),
      ...lost(threat.id, threat.assets, ids(checked.assets)),
      ...lost(
        threat.id,
        threat.mitigations.map(({ control }) => control),
        known,
      ),
    ]),
    ...checked.decisions.flatMap(({ id, confirmedBy }) => lost(id, confirmedBy, known)),
    ...checked.constraints.flatMap(({ id, why, check }) => [
      ...lost(id, [why], [...known, ...ids(checked.decisions)]),
      ...lost(id, check.kind === 'test' ? [check.control] : [], known),
    ]),
  ];
}

/** Questions of STRIDE that nobody asked, or answered twice, for a flow that crosses a boundary. */
function unanswered(checked: Model): string[] {
  const zoneOf = new Map(checked.nodes.map(({ id, zone }) => [id, zone]));
  return checked.flows
    .filter(({ from, to }) => zoneOf.get(from) !== zoneOf.get(to))
    .flatMap(({ id, dismissed }) =>
      strideLetters
        .filter((letter) => {
          const asked = checked.threats.some(
            (threat) => threat.flows.includes(id) && threat.stride.includes(letter),
          );
          return asked === (dismissed[letter] !== undefined);
        })
        .map((letter) => `${id} ${letter}`),
    );
}

describe('the model', () => {
  test('names each thing once', () => {
    for (const entries of [assets, constraints, controls, decisions, flows, nodes, threats, zones])
      expect(new Set(ids(entries)).size).toBe(entries.length);
  });

  test('has 53 controls', () => {
    expect(controls).toHaveLength(53);
  });

  test('names nothing that it lacks', () => {
    expect(dangling(model)).toEqual([]);
  });

  test('asks every question of STRIDE for every flow that crosses a boundary', () => {
    expect(unanswered(model)).toEqual([]);
  });

  test('every flow crosses a boundary', () => {
    const zoneOf = new Map(nodes.map(({ id, zone }) => [id, zone]));
    expect(flows.filter(({ from, to }) => zoneOf.get(from) === zoneOf.get(to))).toEqual([]);
  });

  test('every control stands against a threat, or says why not', () => {
    const used = threats.flatMap(({ mitigations }) => mitigations.map(({ control }) => control));
    const idle = controls.filter(
      ({ id, noThreat }) => used.includes(id) === (noThreat !== undefined),
    );
    expect(ids(idle)).toEqual([]);
  });

  test('a control of a part stands against a threat that is there whenever the part is', () => {
    const implied = new Map<Feature | undefined, readonly (Feature | undefined)[]>([
      ['google', ['oauth']],
      ['github', ['oauth']],
    ]);
    const lost = controls.filter(({ id, where }) => {
      const present = [undefined, where, ...(implied.get(where) ?? [])];
      return !threats.some(
        (threat) =>
          present.includes(threat.where) &&
          threat.mitigations.some(({ control }) => control === id),
      );
    });
    expect(ids(lost)).toEqual([]);
  });

  test('every asset is threatened, and every flow carries a threat', () => {
    const threatened = threats.flatMap((threat) => [...threat.assets, ...threat.flows]);
    expect(ids([...assets, ...flows]).filter((id) => !threatened.includes(id))).toEqual([]);
  });

  test('says of each threat what happens, how bad it is and why, what is left, and how one notices', () => {
    for (const { story, because, residual, notice, mitigations } of threats) {
      for (const text of [story, residual, notice]) expect(text).toMatch(/^[A-Z].{10,}\.$/s);
      expect(because).toMatch(/^[a-zA-Z0-9].{10,}[^.]$/);
      expect(mitigations.length).toBeGreaterThan(0);
    }
  });

  test('a claim that a person makes holds for 180 days at most, and ends where it is attested', () => {
    for (const { shown, attestation } of controls) {
      expect(attestation === undefined).toBe(!shown.includes('attested'));
      expect(attestation?.days ?? 1).toBeGreaterThan(0);
      expect(attestation?.days ?? 1).toBeLessThanOrEqual(180);
    }
  });

  test('a part of the app that nobody knows meets no threat by itself', () => {
    expect(threatsOfPart('routes', 'POST /api/auth/magic')).toEqual([]);
    expect(threatsOfPart('tables', 'constructor')).toEqual([]);
    expect(threatsOfPart('hosts', 'collector.example.net')).toEqual([]);
  });

  test('a threat is met by parts of some kinds, and of no others', () => {
    const kindsOf = (id: string) => threats.filter((threat) => threat.id === id).map(kindsMeeting);
    expect(kindsOf('flood')).toEqual([['routes', 'pages', 'bindings']]);
    expect(kindsOf('lost-data')).toEqual([['tables', 'bindings', 'crons']]);
    expect(kindsOf('powerful-operator')).toEqual([[]]);
  });
});

describe('the check of the model notices', () => {
  test('a threat that names a control, a flow or an asset that is not there', () => {
    const [first, ...rest] = threats;
    if (first === undefined) throw new Error('there are no threats');
    const harmed = (changed: Partial<typeof first>) => ({
      ...model,
      threats: [{ ...first, ...changed }, ...rest],
    });
    expect(dangling(harmed({ mitigations: [{ control: 'AUTH-99' }] }))).toHaveLength(1);
    expect(dangling(harmed({ flows: ['nowhere'] }))).toHaveLength(1);
    expect(dangling(harmed({ assets: ['nothing'] }))).toHaveLength(1);
  });

  test('a flow of which a question was not asked', () => {
    const harmed = flows.map((flow) => (flow.id === 'logging' ? { ...flow, dismissed: {} } : flow));
    expect(unanswered({ ...model, flows: harmed })).toEqual([
      'logging S',
      'logging T',
      'logging D',
      'logging E',
    ]);
  });
});
