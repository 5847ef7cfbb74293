import { figure, spreadText, table } from '../print/table.js';
import type { Table } from '../print/table.js';
import { estimateLayers } from '../subject/estimate.js';
import { layerEffort, layerOf64, writeLayerScenario } from '../subject/layerScenario.js';
import type { LayerSetting } from '../subject/layerScenario.js';
import { prepareSubject } from '../subject/prepare.js';
import type { Subject } from '../subject/prepare.js';
import { tileExecution } from '../subject/tileExecution.js';
import { inTurns, timed, totals } from '../timing/inTurns.js';
import type { Turns, TurnLimits } from '../timing/inTurns.js';
import { fitPowerLaw } from '../timing/slope.js';
import { spreadOf } from '../timing/spread.js';
import type { Spread } from '../timing/spread.js';

/** How the time of a 3x3 layer grows with one quantity. */
export interface Growth {
  readonly quantity: string;
  /** What else there is to know, so short that it fits a panel of the plot. */
  readonly about: string;
  readonly tile: GrowthCurve;
  readonly estimate: GrowthCurve;
}

export interface GrowthCurve {
  readonly points: ReadonlyArray<{ readonly x: number; readonly ms: Spread }>;
  /** Of log(time) over log(size), fitted to each round on its own. */
  readonly slope: Spread;
  /** The line through the medians: ms = factor * x^slope. */
  readonly fit: { readonly slope: number; readonly factor: number };
}

interface Quantity {
  readonly name: string;
  readonly about: string;
  /** @returns the subject of each size */
  readonly subjects: (folder: string, sizes: readonly number[]) => Promise<ReadonlyMap<number, Subject>>;
  /** What is drawn to the right, if not the size itself. */
  readonly xOf?: (size: number, subject: Subject) => number;
  readonly sizes: readonly number[];
}

const mapped = async (folder: string, setting: Omit<LayerSetting, 'variant'>): Promise<Subject> =>
  prepareSubject(await writeLayerScenario(folder, { ...setting, variant: 'dense' }), { effort: layerEffort });

function eachMapped(settingOf: (size: number) => Omit<LayerSetting, 'variant'>): Quantity['subjects'] {
  return async (folder, sizes) => {
    const subjects = new Map<number, Subject>();
    for (const size of sizes) subjects.set(size, await mapped(folder, settingOf(size)));
    return subjects;
  };
}

const quantities: readonly Quantity[] = [
  {
    name: 'MACs',
    about: '64 channels and filters, maps of 8x8 to 128x128',
    sizes: [8, 16, 32, 64, 128],
    subjects: eachMapped((side) => ({ channels: 64, side })),
    xOf: (_, { effectualMacs }) => effectualMacs,
  },
  {
    name: 'channels',
    about: 'as many filters as channels, maps of 16x16',
    sizes: [16, 32, 64, 128, 256, 512],
    subjects: eachMapped((channels) => ({ channels, side: 16 })),
  },
  {
    name: 'PEs',
    about: 'the 64-channel layer, one mapping for all arrays',
    sizes: [4, 8, 16, 32, 64],
    subjects: async (folder, sizes) => {
      const subject = await mapped(folder, layerOf64);
      return new Map(sizes.map((side) => [side, onArray(subject, side)]));
    },
    xOf: (side) => side * side,
  },
  {
    name: 'KiB of buffers',
    about: 'the 64-channel layer, mapped anew for each size',
    sizes: [40, 80, 160, 320, 640, 1280],
    subjects: eachMapped((bufferKib) => ({ ...layerOf64, bufferKib })),
  },
];

/** The same mapping on a square array of another size. */
function onArray(subject: Subject, side: number): Subject {
  const { accelerator } = subject.plan;
  const array = { ...accelerator.array, rows: side, columns: side };
  return { ...subject, plan: { ...subject.plan, accelerator: { ...accelerator, array } } };
}

/**
 * @param folder for the scenarios
 * @param asked names of quantities, and how many sizes of each, the smallest ones
 */
export async function measureGrowth(
  folder: string,
  limits: TurnLimits,
  asked: { readonly quantities: readonly string[]; readonly sizes: number },
): Promise<Growth[]> {
  const measured: Growth[] = [];
  for (const { name, about, sizes, subjects: make, xOf = (size: number) => size } of quantities) {
    if (!asked.quantities.includes(name)) continue;
    const subjects = await make(folder, sizes.slice(0, asked.sizes));
    const works = [...subjects].flatMap(([size, subject]) => [
      [`tile ${size}`, tileExecution(subject, 'commands')] as const,
      [`estimate ${size}`, estimateOf(subject)] as const,
    ]);
    const turns = inTurns(Object.fromEntries(works), limits);
    const xs = new Map([...subjects].map(([size, subject]) => [size, xOf(size, subject)]));
    measured.push({
      quantity: name,
      about,
      tile: curveOf('tile', turns, xs),
      estimate: curveOf('estimate', turns, xs),
    });
  }
  return measured;
}

function estimateOf({ plan }: Subject): () => { readonly estimate: number } {
  return () => ({
    estimate: timed(() => {
      estimateLayers(plan, 'commands');
    }),
  });
}

function curveOf(work: string, turns: Turns<string>, xs: ReadonlyMap<number, number>): GrowthCurve {
  const curves = [...xs].map(([size, x]) => ({ x, ms: totals(turns[`${work} ${size}`]) }));
  const rounds = curves[0].ms.map((_, round) => curves.map(({ x, ms }) => ({ x, y: ms[round] })));
  const points = curves.map(({ x, ms }) => ({ x, ms: spreadOf(ms) }));
  return {
    points,
    slope: spreadOf(rounds.map((round) => fitPowerLaw(round).slope)),
    fit: fitPowerLaw(points.map(({ x, ms }) => ({ x, y: ms.median }))),
  };
}

export function growthTable(measured: readonly Growth[]): Table {
  const range = ({ points }: GrowthCurve): string =>
    `${figure(points[0].ms.median)} to ${figure(points[points.length - 1].ms.median)}`;
  return table({
    title: 'Growth of a dense 3x3 layer: time over size as a power law, with DRAM commands',
    head: [
      ...['quantity', 'from', 'to', 'tile execution, ms', 'slope'],
      ...['estimate, ms', 'slope of the estimate', 'what grows'],
    ],
    rows: measured.map(({ quantity, about, tile, estimate }) => [
      quantity,
      ...[tile.points[0].x, tile.points[tile.points.length - 1].x].map((x) => x.toLocaleString('en')),
      ...[range(tile), spreadText(tile.slope), range(estimate), spreadText(estimate.slope), about],
    ]),
    note: 'Goals: the slope of the tile execution is at most 1 in MACs and about 0 in PEs. A slope is fitted to each round on its own.',
  });
}
