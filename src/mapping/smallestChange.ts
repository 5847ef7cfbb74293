import type { Accelerator } from '../accelerator/accelerator.js';
import { fits } from './capacity.js';
import { footprint } from './footprint.js';
import { mappedTensors } from './mapping.js';
import type { Mapping } from './mapping.js';
import { loopNames, wholeTile } from './problem.js';
import type { LayerProblem } from './problem.js';

/** A size that a user gives and that may be made smaller. */
export interface Size {
  /** As the user writes it, such as `filters` or `p`. */
  readonly name: string;
  readonly size: number;
  /** The mapping with another size, all else unchanged; undefined where that is none. */
  at(size: number): Mapping | undefined;
}

/** The sizes of a tiling: its five loops, and those of its PE sets. */
export function sizesOfTiling(mapping: Mapping): Size[] {
  const { tile, rowStationary } = mapping;
  const loops = loopNames.map((name): Size => ({
    name,
    size: tile[name],
    at: (size) => withoutOverlap({ ...mapping, tile: { ...tile, [name]: size } }),
  }));
  if (rowStationary === undefined) return loops;
  const sets = (['e', 'p', 'q', 'r', 't'] as const).map((name): Size => ({
    name: `peSets.${name}`,
    size: rowStationary[name],
    at: (size) => ({ ...mapping, rowStationary: { ...rowStationary, [name]: size } }),
  }));
  return [...loops, ...sets];
}

/** PE sets that are larger than the tile are no mapping. */
function withoutOverlap(mapping: Mapping): Mapping | undefined {
  const { tile, rowStationary } = mapping;
  if (rowStationary === undefined) return mapping;
  const { e, p, q, r, t } = rowStationary;
  return e > tile.rows || p * t > tile.filters || q * r > tile.channels ? undefined : mapping;
}

/**
 * What makes a mapping that is too large fit, found by trying: of all sizes the one that has to shrink least, and the buffering or
 * order that does it without any. Empty when no such change alone does.
 */
export function changesThatFit(
  problem: LayerProblem,
  mapping: Mapping,
  accelerator: Accelerator,
  sizes: readonly Size[],
): string[] {
  const isLegal = (changed: Mapping | undefined): boolean =>
    changed !== undefined && fits(problem, changed, accelerator);
  let best: { readonly name: string; readonly from: number; readonly to: number } | undefined;
  for (const { name, size: from, at } of sizes) {
    const to = smallerSizes(from).find((size) => isLegal(at(size)));
    if (to !== undefined && (best === undefined || to / from > best.to / best.from))
      best = { name, from, to };
  }
  return [
    ...(best === undefined ? [] : [`${best.name} of at most ${best.to} in place of ${best.from}`]),
    ...otherChanges(problem, mapping, accelerator).flatMap(({ name, changed }) =>
      isLegal(changed) ? [name] : [],
    ),
  ];
}

/** More sizes than this are not tried one by one, but only those that cut evenly. */
const mostTried = 1024;

function smallerSizes(size: number): number[] {
  if (size <= mostTried) return Array.from({ length: size - 1 }, (_, i) => size - 1 - i);
  const even = new Set<number>();
  for (let parts = 2; parts <= mostTried; parts++) even.add(Math.ceil(size / parts));
  for (let rest = Math.ceil(size / mostTried) - 1; rest >= 1; rest--) even.add(rest);
  return [...even];
}

interface NamedChange {
  readonly name: string;
  readonly changed: Mapping;
}

/** Changes that leave the tile as it is, or larger. */
function otherChanges(problem: LayerProblem, mapping: Mapping, accelerator: Accelerator): NamedChange[] {
  const room = footprint(problem, mapping, accelerator);
  const single = mappedTensors.flatMap((tensor): NamedChange[] =>
    (room[tensor]?.count ?? 1) === 1
      ? []
      : [
          {
            name: `buffering: { ${tensor}: single }`,
            changed: { ...mapping, buffering: { ...mapping.buffering, [tensor]: 'single' } },
          },
        ],
  );
  if (room.psum === undefined) return single;
  const { channels } = wholeTile(problem);
  const innermost = [...mapping.order.filter((loop) => loop !== 'channels'), 'channels' as const];
  return [
    ...single,
    ...(mapping.tile.channels < channels
      ? [
          {
            name: `all ${channels} channels in a tile, which leaves fewer partial sums to keep`,
            changed: { ...mapping, tile: { ...mapping.tile, channels } },
          },
        ]
      : []),
    ...(room.psum.count > 1
      ? [
          {
            name: 'channels as the innermost loop, which leaves one tile of partial sums to keep',
            changed: { ...mapping, order: innermost },
          },
        ]
      : []),
  ];
}
