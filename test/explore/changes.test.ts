import { expect } from 'chai';
import type { Accelerator } from '../../src/accelerator/accelerator.js';
import { loadAccelerator } from '../../src/accelerator/loadAccelerator.js';
import { withDram } from '../../src/accelerator/withDram.js';
import { dataflowNames } from '../../src/dataflow/dataflows.js';
import { UserError } from '../../src/document/userError.js';
import { changesOf } from '../../src/explore/changes.js';
import { machine } from '../machine/arbitraries.js';

function changed(accelerator: Accelerator, wanted: string): Accelerator {
  const found = changesOf(accelerator).find(({ change }) => change === wanted);
  if (found === undefined) throw new Error(`there is no change ${wanted}`);
  return found.apply(accelerator);
}

describe('one-step changes of a machine', () => {
  const given = machine({
    buffers: machine().buffers.map((each, index) => ({ ...each, doubleBuffered: index > 0 })),
  });

  it('are each of one thing, which they double or turn on', () => {
    const { array, buffers, postProcessor, decoder, dram } = given;
    if (dram.kind !== 'flat') throw new Error('expected a flat DRAM');
    const [first, ...others] = buffers;
    const ofBuffer = (change: object): object => ({
      ...given,
      buffers: [{ ...first, ...change }, ...others],
    });
    const ofArray = (change: object): object => ({ ...given, array: { ...array, ...change } });
    const ports = buffers.map((each) => ({ ...each, ports: 2 }));
    const expected: Record<string, object> = {
      'capacity:ifmap-buffer': ofBuffer({ capacityBytes: 16384 }),
      'word:ifmap-buffer': ofBuffer({ wordBits: 64 }),
      'ports:ifmap-buffer': ofBuffer({ ports: 2 }),
      'double-buffering:ifmap-buffer': ofBuffer({ doubleBuffered: true }),
      'rows:array': ofArray({ rows: 8 }),
      'columns:array': ofArray({ columns: 8 }),
      'mac-lanes:array': ofArray({ macLanes: 2 }),
      'rows:array-and-ports': { ...ofArray({ rows: 8 }), buffers: ports },
      'columns:array-and-ports': { ...ofArray({ columns: 8 }), buffers: ports },
      'mac-lanes:array-and-ports': { ...ofArray({ macLanes: 2 }), buffers: ports },
      'lanes:post-processor': { ...given, postProcessor: { lanes: 2 * postProcessor.lanes } },
      'entries-per-cycle:decoder': { ...given, decoder: { entriesPerCycle: 2 * decoder.entriesPerCycle } },
      'bandwidth:dram': { ...given, dram: { ...dram, bandwidthBytesPerSecond: 6.4e9 } },
    };
    for (const [change, accelerator] of Object.entries(expected))
      expect(changed(given, change), change).to.deep.equal(accelerator);
    for (const dataflow of dataflowNames().filter((name) => name !== 'output-stationary'))
      expect(changed(given, `dataflow:${dataflow}`).array.dataflow).to.equal(dataflow);
    const names = changesOf(given).map(({ change }) => change);
    const ofOthers = names.filter((name) => /:(weight|output)-buffer$/.test(name));
    expect(ofOthers).to.have.length(6);
    expect(names).to.have.length(Object.keys(expected).length + 6 + dataflowNames().length - 1);
    expect(new Set(names).size).to.equal(names.length);
  });

  it('double the channels of a part, its controller and energy as before', async () => {
    const edge = await loadAccelerator('edge-16x16');
    const { dram } = edge;
    const after = changed(edge, 'channels:dram').dram;
    if (dram.kind !== 'commands' || after.kind !== 'commands') throw new Error('expected parts');
    expect(after).to.deep.equal({
      ...dram,
      controller: { ...dram.controller, channels: 4 },
      bandwidthBytesPerSecond: 2 * dram.bandwidthBytesPerSecond,
    });
    const given = { ...edge, dram: { ...dram, energyPjPerBit: 3, source: 'test' } };
    expect(changed(given, 'channels:dram').dram).to.include({ energyPjPerBit: 3, source: 'test' });
  });

  it('refuse channels that the address map has no place for', async () => {
    const one = await withDram(given, 'ddr3-1600');
    const { dram } = one;
    if (dram.kind !== 'commands') throw new Error('expected a part');
    const mapped = {
      ...one,
      dram: { ...dram, controller: { ...dram.controller, addressMap: 'row-bank-column' } },
    };
    expect(() => changed(mapped, 'channels:dram')).to.throw(
      UserError,
      'expected an address map that covers every bit',
    );
  });

  it('add a dataflow to an array that has several', () => {
    const dataflows = ['output-stationary', 'lock-step'];
    const several = machine({ array: { ...given.array, dataflows } });
    expect(changed(several, 'dataflow:row-stationary').array).to.include({ dataflow: 'output-stationary' });
    expect(changed(several, 'dataflow:row-stationary').array.dataflows).to.deep.equal([
      ...dataflows,
      'row-stationary',
    ]);
    expect(changesOf(several).some(({ change }) => change === 'dataflow:lock-step')).to.equal(false);
  });
});
