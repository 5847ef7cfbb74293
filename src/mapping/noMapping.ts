import type { Accelerator, BufferSpec } from '../accelerator/accelerator.js';
import { dataflowNames, dataflowOf } from '../dataflow/dataflows.js';
import { UserError } from '../document/userError.js';
import { bytes, describeNeed, fits } from './capacity.js';
import { footprint } from './footprint.js';
import type { Footprint } from './footprint.js';
import { mappedTensors } from './mapping.js';
import type { Mapping } from './mapping.js';
import { loopNames, wholeTile } from './problem.js';
import type { LayerProblem, LoopName } from './problem.js';
import { registerShortage } from './registerFiles.js';
import { halvings } from './tileSizes.js';

/**
 * Why a layer has no legal mapping on an accelerator: the buffers or register files that even the mapping which is nearest to legal
 * overflows, by how much, and what would make one legal: these capacities, a buffer that is not double, or another dataflow. Each was
 * tried. A smaller batch is never among them: tiles of one image are tried in any case.
 *
 * @throws Error when the layer does have a legal mapping
 */
export function noLegalMapping(problem: LayerProblem, accelerator: Accelerator): UserError {
  // With one slot for each tensor a mapping may fit that a search among those of the buffers' own slots has not seen.
  const ofAny = nearestToLegal(problem, accelerator, 'any slots');
  const slots = ofAny === undefined ? 'own slots' : 'any slots';
  const nearest = ofAny ?? nearestToLegal(problem, accelerator, slots);
  if (nearest === undefined) throw new Error(`layer ${problem.name}: a mapping fits and was not found`);
  const { lacks, enlarged } = nearest;
  const remedies = [
    ...(enlarged === undefined ? [] : [lacks.map(({ remedy }) => remedy).join(' and ')]),
    ...(slots === 'own slots'
      ? [`buffering: single of every tensor in a prescribed mapping.${problem.name}`]
      : []),
    ...singleBufferRemedies(problem, accelerator, slots),
    ...dataflowRemedies(problem, accelerator, slots),
  ];
  const [{ buffer }] = lacks;
  return new UserError(
    `layer ${problem.name}: no mapping fits ${accelerator.name}; the nearest, of ${tileText(nearest.mapping)}, needs ` +
      lacks.map(({ text }) => text).join(', and ') +
      (remedies.length === 0
        ? '; no single change was found that makes one fit'
        : `; would do: ${remedies.join('; or ')}`),
    (buffer && accelerator.places?.buffers[buffer.name]) ?? { file: accelerator.file },
  );
}

/** Slots that the buffers have by themselves, or also one for each tensor. */
type SlotChoice = 'own slots' | 'any slots';

/** A capacity that a mapping overflows. */
interface Lack {
  /** Absent where it is a register file. */
  readonly buffer?: BufferSpec;
  readonly excessBytes: number;
  readonly text: string;
  readonly remedy: string;
}

interface NearMapping {
  readonly mapping: Mapping;
  readonly lacks: readonly Lack[];
  /** The accelerator with the capacities that make the mapping legal, which was verified. */
  readonly enlarged: Accelerator | undefined;
}

/**
 * Of all mappings the one that overflows the fewest buffers, then by the fewest bytes, and, where none is overflown, the fewest
 * register files; undefined when one is legal.
 */
function nearestToLegal(
  problem: LayerProblem,
  accelerator: Accelerator,
  slots: SlotChoice,
): NearMapping | undefined {
  let best: { readonly mapping: Mapping; readonly buffers: Lack[]; readonly registers: Lack[] } | undefined;
  for (const mapping of thriftyMappings(problem, accelerator, slots)) {
    const buffers = bufferLacks(footprint(problem, mapping, accelerator), accelerator);
    if (best !== undefined && buffers.length > 0 && !isLess(buffers, best.buffers)) continue;
    const registers = registerLacks(problem, mapping, accelerator);
    if (buffers.length === 0 && registers.length === 0) return undefined;
    if (best === undefined || isLess(buffers, best.buffers) || isLess(registers, best.registers))
      best = { mapping, buffers, registers };
  }
  if (best === undefined) throw new Error(`layer ${problem.name} has no tiles`);
  const { mapping, buffers, registers } = best;
  const larger = enlarge(problem, mapping, accelerator);
  return {
    mapping,
    lacks: [...buffers, ...registers],
    enlarged: fits(problem, mapping, larger) ? larger : undefined,
  };
}

function isLess(a: readonly Lack[], b: readonly Lack[]): boolean {
  const excess = (lacks: readonly Lack[]): number => lacks.reduce((sum, each) => sum + each.excessBytes, 0);
  return a.length < b.length || (a.length === b.length && excess(a) < excess(b));
}

/**
 * Mappings of the least need: tiles of halved sizes, channels innermost, so that one tile of partial sums is kept at a time; with the
 * slots that the buffers have by themselves, and with one slot for each tensor.
 */
function* thriftyMappings(
  problem: LayerProblem,
  { array }: Accelerator,
  slots: SlotChoice,
): Generator<Mapping> {
  const whole = wholeTile(problem);
  const order: readonly LoopName[] = ['images', 'filters', 'rows', 'columns', 'channels'];
  const dataflows = array.dataflows ?? [undefined];
  for (const images of [...new Set([whole.images, 1])]) {
    for (const filters of halvings(whole.filters)) {
      for (const channels of halvings(whole.channels)) {
        for (const rows of halvings(whole.rows)) {
          for (const columns of rows === 1 ? halvings(whole.columns) : [whole.columns]) {
            const tile = { images, filters, channels, rows, columns };
            for (const dataflow of dataflows) {
              const mapping = { ...(dataflow !== undefined && { dataflow }), tile, order, phasesPerGroup: 1 };
              yield mapping;
              if (slots === 'any slots') yield { ...mapping, buffering: oneSlot };
            }
          }
        }
      }
    }
  }
}

const oneSlot = { ifmap: 'single', weight: 'single', psum: 'single', ofmap: 'single' } as const;

function bufferLacks(room: Footprint, { buffers }: Accelerator): Lack[] {
  return buffers.flatMap((buffer): Lack[] => {
    const neededBytes = needOf(room, buffer);
    const excessBytes = neededBytes - buffer.capacityBytes;
    if (excessBytes <= 0) return [];
    return [
      {
        buffer,
        excessBytes,
        text:
          `${bytes(neededBytes)} of buffer ${buffer.name} (${describeNeed(room, buffer)}), ` +
          `${bytes(excessBytes)} more than its ${bytes(buffer.capacityBytes)}`,
        remedy: `capacity: ${loadable(neededBytes, buffer)} B for buffer ${buffer.name}`,
      },
    ];
  });
}

/** Of all tensors in a buffer, and of the maps that are kept there. */
function needOf(room: Footprint, buffer: BufferSpec): number {
  return mappedTensors.reduce(
    (sum, tensor) => {
      const slots = room[tensor];
      if (slots?.buffer !== buffer || (tensor === 'ofmap' && room.ofmapInPlace)) return sum;
      return sum + slots.count * slots.slotBytes;
    },
    room.keptBytes.get(buffer) ?? 0,
  );
}

/** The least capacity of so many bytes that its banks divide evenly. */
function loadable(neededBytes: number, { banks }: BufferSpec): number {
  return Math.ceil(neededBytes / banks) * banks;
}

/** Every register file that is too small, found by enlarging one after the other. */
function registerLacks(problem: LayerProblem, mapping: Mapping, accelerator: Accelerator): Lack[] {
  const lacks: Lack[] = [];
  let changed = accelerator;
  for (;;) {
    const lack = registerShortage(problem, mapping, changed);
    if (lack === undefined) return lacks;
    const { file, neededBytes, capacityBytes } = lack;
    lacks.push({
      excessBytes: neededBytes - capacityBytes,
      text:
        `${bytes(neededBytes)} of the ${file} register file of each PE, ` +
        `${bytes(neededBytes - capacityBytes)} more than its ${bytes(capacityBytes)}`,
      remedy: `${neededBytes} B for array.registerFiles.${file}`,
    });
    const { array } = changed;
    changed = {
      ...changed,
      array: { ...array, registerFiles: { ...array.registerFiles, [file]: neededBytes } },
    };
  }
}

/** The accelerator with all capacities that a mapping needs. */
function enlarge(problem: LayerProblem, mapping: Mapping, accelerator: Accelerator): Accelerator {
  const room = footprint(problem, mapping, accelerator);
  let larger: Accelerator = {
    ...accelerator,
    buffers: accelerator.buffers.map((buffer) => {
      const needed = needOf(room, buffer);
      return needed <= buffer.capacityBytes ? buffer : { ...buffer, capacityBytes: loadable(needed, buffer) };
    }),
  };
  for (;;) {
    const lack = registerShortage(problem, mapping, larger);
    if (lack === undefined) return larger;
    const { array } = larger;
    const registerFiles = { ...array.registerFiles, [lack.file]: lack.neededBytes };
    larger = { ...larger, array: { ...array, registerFiles } };
  }
}

function isMappable(problem: LayerProblem, accelerator: Accelerator, slots: SlotChoice): boolean {
  for (const mapping of thriftyMappings(problem, accelerator, slots))
    if (fits(problem, mapping, accelerator)) return true;
  return false;
}

/** Buffers that would do without their second half. */
function singleBufferRemedies(problem: LayerProblem, accelerator: Accelerator, slots: SlotChoice): string[] {
  return accelerator.buffers
    .filter(({ doubleBuffered }) => doubleBuffered)
    .filter((single) => {
      const buffers = accelerator.buffers.map((buffer) =>
        buffer === single ? { ...buffer, doubleBuffered: false } : buffer,
      );
      return isMappable(problem, { ...accelerator, buffers }, slots);
    })
    .map(({ name }) => `doubleBuffered: false for buffer ${name}`);
}

/** Dataflows in which the layer has a mapping. */
function dataflowRemedies(problem: LayerProblem, accelerator: Accelerator, slots: SlotChoice): string[] {
  const { array } = accelerator;
  if (problem.kind === 'vector') return [];
  const able = dataflowNames()
    .filter((name) => !(array.dataflows ?? [array.dataflow]).includes(name))
    .filter((name) => array.skip === 'none' || dataflowOf(name).cannotSkip === undefined)
    .filter((name) =>
      isMappable(
        problem,
        { ...accelerator, array: { ...array, dataflow: name, dataflows: undefined } },
        slots,
      ),
    );
  return able.length === 0 ? [] : [`the dataflow ${able.join(' or ')}`];
}

function tileText({ tile }: Mapping): string {
  return `tiles of ${loopNames.map((loop) => `${tile[loop]} ${loop}`).join(', ')}`;
}
