import { expect } from 'chai';
import fc from 'fast-check';
import { mapLayer } from '../../src/search/mapLayer.js';
import { convProblem } from '../../src/mapping/layerProblem.js';
import { dmaProgram } from '../../src/schedule/dmaProgram.js';
import { storeLayer } from '../../src/storage/formats.js';
import { cases, int8, machines } from '../machine/arbitraries.js';

const schedules = fc
  .tuple(cases({ precisions: [int8] }), machines)
  .map(([{ modelLayer, images }, accelerator]) => {
    const { layer, supports } = modelLayer;
    const storage = storeLayer('auto', { supports, precision: int8.weight }, layer.name);
    try {
      return mapLayer(convProblem(layer, int8, storage, images), accelerator).schedule;
    } catch {
      return undefined;
    }
  })
  .filter((schedule) => schedule !== undefined);

describe('the program of the DMA engine', () => {
  it('has every transfer once, those of a step in their order, and waits for nothing that comes later', () => {
    fc.assert(
      fc.property(schedules, (schedule) => {
        const { operations, steps } = dmaProgram(schedule);
        const transfers = schedule.steps.flatMap(({ transfersBefore, store }) => [
          ...transfersBefore.map(({ transfer }) => transfer),
          ...(store === undefined ? [] : [store.transfer]),
        ]);
        const moved = new Set(operations.map(({ transfer }) => transfer));
        expect(operations).to.have.length(transfers.length);
        expect(transfers.every((transfer) => moved.has(transfer))).to.equal(true);
        schedule.steps.forEach(({ transfersBefore }, index) => {
          const { first, last } = steps[index];
          const own = operations.slice(first, last).map(({ transfer }) => transfer);
          const loads = transfersBefore.map(({ transfer }) => transfer);
          const places = loads.map((transfer) => own.indexOf(transfer));
          expect(places.every((place, at) => place > (places[at - 1] ?? -1))).to.equal(true);
          for (const { waitsFor } of operations.slice(first, last)) {
            if ('step' in waitsFor) expect(waitsFor.step).to.be.below(index);
            if ('operation' in waitsFor) expect(waitsFor.operation).to.be.below(last);
          }
        });
      }),
    );
  });

  it('stores behind the loads that may run ahead, and no later', () => {
    fc.assert(
      fc.property(schedules, (schedule) => {
        const { operations, steps } = dmaProgram(schedule);
        const { ifmap, weight, ofmap, psum } = schedule.footprint;
        const ahead = ifmap.count > 1 || (weight?.count ?? 1) > 1 ? 2 : 1;
        fc.pre(ofmap.count === 2 && psum === undefined && !schedule.problem.residual);
        schedule.steps.forEach(({ store }, index) => {
          if (store === undefined) return;
          const at = operations.findIndex(({ transfer }) => transfer === store.transfer);
          const next = steps.at(index + ahead);
          if (index + ahead < steps.length && next !== undefined) expect(at).to.be.at.least(next.last);
          const after = steps[index + ahead + 1];
          if (after !== undefined) expect(at).to.be.below(after.first);
        });
      }),
    );
  });
});
