import type { LayerCounts } from '../counts/layerCounts.js';

export type LayerKind = LayerCounts['kind'];

export const layerKinds: readonly LayerKind[] = [
  'conv2d',
  'fully-connected',
  'max-pool',
  'average-pool',
  'add',
  'relu',
];

/** What a figure of a table is: pJ, pJ per bit, mW, or um^2. */
export type FigureKind = 'energy' | 'energy-per-bit' | 'power' | 'area';

/** Key of an entry that holds a figure. */
export type FigureKey = 'energy' | 'power' | 'area';

/**
 * What a table prices, by component and action, named as Accelergy names them. An action is needed in every table, or what
 * it is of can do without: buffers have an SRAM table, a DRAM its own energy, and areas may be unknown.
 */
export const priced = {
  mac: {
    mac: { kind: 'energy', needed: true },
    gated: { kind: 'energy', needed: true },
    leak: { kind: 'power', needed: true },
    area: { kind: 'area', needed: false },
  },
  'register-file': {
    read: { kind: 'energy-per-bit', needed: true },
    write: { kind: 'energy-per-bit', needed: true },
    leak: { kind: 'power', needed: true },
    area: { kind: 'area', needed: false },
  },
  buffer: {
    read: { kind: 'energy', needed: false },
    write: { kind: 'energy', needed: false },
    leak: { kind: 'power', needed: false },
    area: { kind: 'area', needed: false },
    route: { kind: 'energy-per-bit', needed: true },
  },
  network: {
    deliver: { kind: 'energy-per-bit', needed: true },
    hop: { kind: 'energy-per-bit', needed: true },
  },
  'pattern-table': { read: { kind: 'energy-per-bit', needed: true } },
  decoder: {
    entry: { kind: 'energy', needed: true },
    mask: { kind: 'energy-per-bit', needed: true },
    symbol: { kind: 'energy', needed: true },
    area: { kind: 'area', needed: false },
  },
  'post-processor': {
    operation: { kind: 'energy', needed: true },
    leak: { kind: 'power', needed: true },
    area: { kind: 'area', needed: false },
  },
  dma: {
    transfer: { kind: 'energy-per-bit', needed: true },
    area: { kind: 'area', needed: false },
  },
  clock: { cycle: { kind: 'energy', needed: true } },
  chip: { leak: { kind: 'power', needed: true } },
  dram: {
    read: { kind: 'energy-per-bit', needed: false },
    write: { kind: 'energy-per-bit', needed: false },
  },
} as const satisfies Record<string, Record<string, { kind: FigureKind; needed: boolean }>>;

export type Component = keyof typeof priced;

export const components = Object.keys(priced) as Component[];

/** One action of one component. */
export interface Action {
  readonly component: Component;
  readonly action: string;
  readonly kind: FigureKind;
  readonly needed: boolean;
}

export const actions: readonly Action[] = components.flatMap((component) =>
  Object.entries(priced[component]).map(([action, figure]) => ({ component, action, ...figure })),
);

/** @throws Error for an action that there is not, which is a fault of the program */
export function actionNamed(component: Component, action: string): Action {
  const found = actions.find((each) => each.component === component && each.action === action);
  if (found === undefined) throw new Error(`no action ${component} ${action}`);
  return found;
}

export function keyOf(kind: FigureKind): FigureKey {
  return kind === 'energy-per-bit' ? 'energy' : kind;
}

/** Such as `mac gated`. */
export function nameOf({ component, action }: Pick<Action, 'component' | 'action'>): string {
  return `${component} ${action}`;
}
