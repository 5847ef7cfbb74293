import { ifmapOperands, kernelTaps, weightOperand } from '../operands.js';
import type { IfmapOperand, WeightOperand } from '../operands.js';
import type { ArrayContext, PassShape } from '../pass.js';
import type { PeArray } from '../peArray.js';
import { consecutiveFolds, rotationOf } from './rotation.js';
import type { FilterFold, Rotation } from './rotation.js';
import { rowFolds } from './rowFolds.js';
import type { RowFold } from './rowFolds.js';

/** A pass in lock step while some positions are on the rows. */
interface Driven {
  readonly shape: PassShape;
  readonly context: ArrayContext;
  readonly array: PeArray;
  readonly rotation: Rotation;
  readonly rowFold: RowFold;
  readonly ifmapOperand: (position: number, channel: number, tap: number) => IfmapOperand;
}

/** What has to be in place when a step is over. Before step 0 no filter is at work. */
interface Coming {
  readonly step: number;
  readonly fold?: FilterFold | undefined;
}

/** Takes the array through a pass in lock step, as `lockStep.ts` describes it. */
export function driveLockStep(shape: PassShape, context: ArrayContext, array: PeArray): void {
  const folds = consecutiveFolds(shape, context.columns);
  const rotation = rotationOf(shape);
  const ifmapOperand = ifmapOperands(shape);
  for (const rowFold of rowFolds(shape.window, context.rows)) {
    const driven: Driven = { shape, context, array, rotation, rowFold, ifmapOperand };
    const { columns } = folds[0];
    array.use(rowFold.rows, columns);
    for (let step = -columns; step < 0; step++) {
      driveStep(driven, { step: step + 1, fold: step === -1 ? folds[0] : undefined }, () => 0);
    }
    folds.forEach((fold, index) => {
      driveFold(driven, fold, folds[index + 1]);
    });
  }
}

function driveFold(driven: Driven, fold: FilterFold, next: FilterFold | undefined): void {
  const { shape, context, array, rotation, rowFold } = driven;
  const { assignment, taps } = shape.streamed;
  forEachPe(rowFold, fold, (row, column) => {
    array.open(row, column, 0, (fold.first + column) * shape.positions + rowFold.start + row);
  });
  if (shape.readsPatternTable && assignment.kind === 'per-kernel')
    array.readPatternTable(fold.columns * shape.channelCount * taps);
  for (let step = 0; step < rotation.steps; step++) {
    const lists = tapLists(driven, fold, step);
    if (shape.readsPatternTable && assignment.kind === 'periodic' && lists.some((list) => list !== undefined))
      array.readPatternTable(taps);
    const isLast = step + 1 === rotation.steps;
    const coming = isLast ? next && { step: 0, fold: next } : { step: step + 1, fold };
    driveStep(driven, coming, () =>
      context.skip === 'activation'
        ? multiplyWithoutZeros(driven, fold, lists)
        : multiplyInStep(driven, lists),
    );
  }
  array.drain({ first: shape.firstChannels, last: shape.lastChannels });
}

/** @param multiply takes the ticks of the step, and returns how many */
function driveStep(driven: Driven, coming: Coming | undefined, multiply: () => number): void {
  const { shape, context, array, rotation, rowFold, ifmapOperand } = driven;
  const { taps } = shape.streamed;
  if (coming === undefined) {
    multiply();
    return;
  }
  const { step, fold } = coming;
  const readsWeights = fold !== undefined && context.skip === 'activation';
  const channel = rotation.channelAt(step, 0);
  if (channel !== undefined) {
    const elements = new Set<IfmapOperand>();
    for (let row = 0; row < rowFold.rows; row++) {
      for (let tap = 0; tap < taps; tap++) elements.add(ifmapOperand(rowFold.start + row, channel, tap));
    }
    array.fetchAhead('ifmap', [...elements]);
  }
  const lists = readsWeights ? tapLists(driven, fold, step) : [];
  const weights = lists.flatMap((list) => list?.map(({ operand }) => operand) ?? []);
  if (weights.length > 0) array.fetchAhead('weight', weights);

  const columns = fold?.columns ?? context.columns;
  let moves = channel !== undefined;
  for (let column = 1; column < columns; column++) moves ||= array.holds('ifmap', 0, column - 1, 0);
  if (multiply() === 0 && moves) array.tick();
  array.awaitAhead();

  if (fold !== undefined) array.narrow(fold.columns);
  array.handOn('ifmap', 'right');
  for (let row = 0; row < rowFold.rows; row++) {
    for (let tap = 0; tap < taps && channel !== undefined; tap++)
      array.latch('ifmap', row, 0, tap, ifmapOperand(rowFold.start + row, channel, tap));
    lists.forEach((list, column) =>
      list?.forEach(({ tap, operand }) => {
        array.latch('weight', row, column, tap, operand);
      }),
    );
  }
}

/** A tap that a column works on, and its weight. */
interface ListedTap {
  readonly channel: number;
  readonly tap: number;
  readonly operand: WeightOperand;
}

/** By column; undefined where the channel is an empty one. */
function tapLists(
  { shape, rotation }: Driven,
  fold: FilterFold,
  step: number,
): Array<ListedTap[] | undefined> {
  return Array.from({ length: fold.columns }, (_, column) => {
    const channel = rotation.channelAt(step, column);
    if (channel === undefined) return undefined;
    const filter = fold.first + column;
    const list: ListedTap[] = [];
    kernelTaps(shape, filter, channel).forEach((exists, tap) => {
      if (exists > 0) list.push({ channel, tap, operand: weightOperand(shape, filter, channel, tap) });
    });
    return list;
  });
}

/** All PEs of a column are at the same tap, whose weight its bus brings. */
function multiplyInStep(
  { context, array, rowFold }: Driven,
  lists: ReadonlyArray<readonly ListedTap[] | undefined>,
): number {
  const { macLanes } = context;
  const ticks = lists.reduce((most, list = []) => Math.max(most, Math.ceil(list.length / macLanes)), 0);
  for (let tick = 0; tick < ticks; tick++) {
    lists.forEach((list = [], column) => {
      const lanes = list.slice(tick * macLanes, (tick + 1) * macLanes);
      for (const { operand } of lanes) array.fetch('weight', operand);
      for (let row = 0; row < rowFold.rows; row++) {
        lanes.forEach(({ tap, operand }, lane) => {
          array.latch('weight', row, column, lane, operand);
          array.multiply(row, column, tap, lane, 0);
        });
      }
      array.idle((macLanes - lanes.length) * rowFold.rows);
    });
    array.tick();
  }
  return ticks;
}

/** Each PE goes through its list at its own pace. */
function multiplyWithoutZeros(
  { context, array, rowFold, ifmapOperand }: Driven,
  fold: FilterFold,
  lists: ReadonlyArray<readonly ListedTap[] | undefined>,
): number {
  const { macLanes } = context;
  const kept = Array.from({ length: rowFold.rows }, (_, row) =>
    lists.map((list = []) =>
      list.filter(({ channel, tap }) => !array.isZero(ifmapOperand(rowFold.start + row, channel, tap))),
    ),
  );
  const longest = kept.flat().reduce((most, list) => Math.max(most, list.length), 0);
  const ticks = Math.ceil(longest / macLanes);
  for (let tick = 0; tick < ticks; tick++) {
    forEachPe(rowFold, fold, (row, column) => {
      const lanes = kept[row][column].slice(tick * macLanes, (tick + 1) * macLanes);
      for (const { tap } of lanes) array.multiply(row, column, tap, tap, 0);
      array.idle(macLanes - lanes.length);
    });
    array.tick();
  }
  return ticks;
}

function forEachPe(
  { rows }: RowFold,
  { columns }: FilterFold,
  visit: (row: number, column: number) => void,
): void {
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) visit(row, column);
  }
}
