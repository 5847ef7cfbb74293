import { gatedMacs } from './actionCosts.js';
import type { Accelerator } from '../accelerator/accelerator.js';
import type { LayerCounts } from '../counts/layerCounts.js';
import { UserError } from '../document/userError.js';
import type { PrecisionSet } from '../model/model.js';
import { registerTensors } from '../dataflow/counters.js';
import { tensors, type Tensor } from '../tensor/dataSpace.js';
import { precisionKey, type ActionCosts, type EnergyTable, type FigureSource } from './energyTable.js';
import { dramEnergyOf } from './dram.js';
import type { LayerEnergy } from './layerEnergy.js';
import { lookUpSram, type SramPoint } from './sram.js';

/**
 * The energy of one layer: sum of (action count x energy of the action) + leakage power x latency.
 *
 * MACs are charged as performed or gated; buffers by the port word, read or written, of one bank; DRAM by whole bursts, or by the
 * commands of a real part; registers and the pattern table by the bit.
 *
 * @throws UserError when the accelerator's node is not the table's, when the table lacks the precision,
 *   or when a buffer lies outside the SRAM measurements
 */
export function evaluateEnergy(
  counts: LayerCounts,
  accelerator: Accelerator,
  precision: PrecisionSet,
  table: EnergyTable,
): LayerEnergy {
  const costs = costsFor(accelerator, precision, table);
  const tensorsPj: Record<Tensor, number> = { ifmap: 0, weight: 0, index: 0, psum: 0, ofmap: 0 };

  let registerFiles = 0;
  for (const tensor of registerTensors) {
    const { reads, writes } = counts.registers[tensor];
    const pj =
      costs.registerBits[tensor] *
      (reads * costs.registerReadPjPerBit + writes * costs.registerWritePjPerBit);
    registerFiles += pj;
    tensorsPj[tensor] += pj;
  }

  const buffers: Record<string, number> = {};
  const { rows, columns, macLanes } = accelerator.array;
  let leakageMw = costs.peLeakageMw * rows * columns * macLanes;
  for (const buffer of accelerator.buffers) {
    const bank = bankOf(buffer.name, accelerator, table);
    leakageMw += bank.leakageMw * buffer.banks;
    const accesses = counts.buffers[buffer.name];
    let bufferPj = 0;
    for (const tensor of tensors) {
      const access = accesses?.[tensor];
      if (access === undefined) continue;
      const pj = access.readTransactions * bank.readPj + access.writeTransactions * bank.writePj;
      bufferPj += pj;
      tensorsPj[tensor] += pj;
    }
    buffers[buffer.name] = bufferPj;
  }

  const dram = dramEnergyOf(counts, accelerator.dram);
  for (const tensor of tensors) tensorsPj[tensor] += dram.tensorsPj[tensor];

  const patternTable = counts.patternTableReadBits * costs.patternTableReadPjPerBit;
  const { entries, maskBits, symbols } = counts.decoding;
  const decoder =
    entries * costs.decodeEntryPj + maskBits * costs.decodeMaskPjPerBit + symbols * costs.decodeSymbolPj;
  tensorsPj.index += patternTable + decoder;

  const mac = counts.macs.performed * costs.macPj + counts.macs.gated * costs.gatedMacPj;
  const postProcessor = counts.postProcessorOperations * costs.postProcessorPj[counts.kind];
  // 1 mW x 1 ps = 1e-3 pJ
  const leakage = leakageMw * counts.latencyPs * 1e-3;
  const bufferTotal = Object.values(buffers).reduce((sum, pj) => sum + pj, 0);

  const totalPj =
    mac + registerFiles + bufferTotal + postProcessor + patternTable + decoder + dram.totalPj + leakage;
  if (!Number.isFinite(totalPj)) throw new Error(`layer ${counts.layer}: counts are incomplete`);
  return {
    layer: counts.layer,
    componentsPj: {
      ...{ mac, registerFiles, buffers, postProcessor, patternTable, decoder },
      dram: dram.totalPj,
      ...(dram.parts && { dramParts: dram.parts }),
      leakage,
    },
    tensorsPj,
    withoutTensorPj: mac + postProcessor + leakage + dram.withoutTensorPj,
    totalPj,
    latencyPs: counts.latencyPs,
    effectualMacs: counts.macs.effectual,
    sources: sourcesOf(counts.macs.gated > 0, costs, accelerator, table),
  };
}

/**
 * Everything that could make `evaluateEnergy` refuse, without counts: worth asking before a long run.
 *
 * @throws UserError as `evaluateEnergy` does
 */
export function checkEnergy(accelerator: Accelerator, precision: PrecisionSet, table: EnergyTable): void {
  costsFor(accelerator, precision, table);
  for (const buffer of accelerator.buffers) bankOf(buffer.name, accelerator, table);
}

/** The SRAM figures of one bank of a buffer: energies, leakage, area, access time. */
export function bankOf(bufferName: string, accelerator: Accelerator, table: EnergyTable): SramPoint {
  const buffer = accelerator.buffers.find((each) => each.name === bufferName);
  if (buffer === undefined) throw new Error(`accelerator ${accelerator.name} has no buffer ${bufferName}`);
  const { cell, capacityBytes, banks, wordBits } = buffer;
  return lookUpSram(
    table.sram,
    { buffer: buffer.name, cell, technologyNm: table.technologyNm, capacityBytes, banks, wordBits },
    accelerator.places?.buffers[buffer.name] ?? { file: accelerator.file },
  );
}

function costsFor(accelerator: Accelerator, precision: PrecisionSet, table: EnergyTable): ActionCosts {
  if (accelerator.technologyNm !== table.technologyNm) {
    throw new UserError(
      `technology: accelerator "${accelerator.name}" is of ${accelerator.technologyNm} nm but its energy table ` +
        `"${table.name}" is of ${table.technologyNm} nm; energies are not scaled between nodes, ` +
        `so name a table of ${accelerator.technologyNm} nm`,
      accelerator.places?.technology ?? { file: accelerator.file },
    );
  }
  const costs = table.costs.get(precisionKey(precision));
  if (costs === undefined) {
    throw new UserError(
      `energy table "${table.name}" does not cover ${precisionKey(precision)}; ` +
        `it covers ${[...table.costs.keys()].join('; ')}. Add entries for it, or choose another precision`,
      { file: table.file },
    );
  }
  return costs;
}

function sourcesOf(
  isGated: boolean,
  costs: ActionCosts,
  accelerator: Accelerator,
  table: EnergyTable,
): FigureSource[] {
  const { family, source } = table.sram;
  const sram = { family, source, foreign: family !== table.family, derived: false };
  return [
    ...costs.sources.filter(({ component }) => isGated || component !== gatedMacs),
    { component: 'buffers', ...sram },
    { component: 'leakage', ...sram },
    {
      component: 'dram',
      family: accelerator.dram.kind === 'flat' ? 'flat' : accelerator.dram.part.name,
      source: accelerator.dram.source,
      foreign: true,
      derived: false,
    },
  ];
}
