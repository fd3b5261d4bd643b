import { constraints } from './constraints.ts';
import { controls } from './controls.ts';
import { decisions } from './decisions.ts';
import { featuresOf, type Files } from './files.ts';
import type { Control, Feature } from './model.ts';
import { assets, flows, nodes, zones } from './system.ts';
import { accountThreats } from './threats-accounts.ts';
import { dataThreats } from './threats-data.ts';
import { operationThreats } from './threats-operation.ts';

/** All that could happen to an application of any kind. */
export const threats = [...accountThreats, ...dataThreats, ...operationThreats];

/** Everything there is to say about any application. */
export const model = { assets, constraints, controls, decisions, flows, nodes, threats, zones };

export type Model = typeof model;

/** A control's number, for lists of all 53. */
export function controlOf(id: string): Control {
  const found = controls.find((control) => control.id === id);
  if (found === undefined) throw new Error(`There is no control ${id}`);
  return found;
}

/** What there is to say about one application: entries about parts that it lacks are left out. */
export function modelOf(files: Files) {
  const has = featuresOf(files);
  const present = <E extends { readonly where?: Feature }>(entries: readonly E[]) =>
    entries.filter(({ where }) => has(where));
  return {
    has,
    assets: present(assets),
    constraints: present(constraints),
    decisions: present(decisions),
    flows: present(flows),
    nodes: present(nodes),
    threats: present(threats),
    zones,
    controls,
  };
}
