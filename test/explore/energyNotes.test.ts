import { expect } from 'chai';
import { join } from 'node:path';
import { packageRoot } from '../../src/document/package.js';
import { loadScenario } from '../../src/explore/scenario.js';
import { scenarioNotes } from '../../src/explore/notes.js';

describe('what is said of the energy figures of a run', () => {
  const notesWith = async (buffers: readonly string[]): Promise<string[]> => {
    const scenario = await loadScenario(join(packageRoot(), 'configs/scenarios/resnet20-cifar10.yaml'));
    const { energyTable } = scenario;
    const [first] = energyTable.entries;
    const entry = { ...first, when: { buffer: buffers } };
    return scenarioNotes(
      { ...scenario, energyTable: { ...energyTable, entries: [...energyTable.entries, entry] } },
      [],
    );
  };

  it('names buffers that the table prices and the machine does not have', async () => {
    expect(await notesWith(['weight-bufer', 'ifmap-buffer'])).to.include(
      'energy table edge-45nm has figures for buffers that edge-16x16 does not have: weight-bufer',
    );
    expect((await notesWith(['ifmap-buffer'])).join()).not.to.include('does not have');
  });

  it('repeats what the table wants to be said', async () => {
    const scenario = await loadScenario(join(packageRoot(), 'configs/scenarios/eyeriss-isca16.yaml'));
    expect(scenarioNotes(scenario, []).join('\n')).to.match(
      /energy table eyeriss-isca16: .*multiples of the energy of a 16-bit MAC/,
    );
  });
});
