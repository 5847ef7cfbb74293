import { expect } from 'chai';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../src/document/package.js';
import { loadPart } from '../../src/dram/loadPart.js';
import { psconv, inWorkspace } from '../cli/command.js';
import { dramsim3Ddr4 } from './fixtures.js';

const folder = join(packageRoot(), 'traces', 'dram');

describe('traces of the DRAM that are kept', () => {
  it('make the commands that were read line by line when they were kept', () =>
    inWorkspace(async (workspace) => {
      const words = [
        'replay',
        join(folder, 'mixed.dramsim3.trace'),
        '--part',
        'ddr4-2400',
        '--power-down',
        '200',
      ];
      const { code } = await psconv(workspace, [...words, '--commands', 'out', '--check']);
      expect(code).to.equal(0);
      expect(readFileSync(join(workspace, 'out'), 'utf8')).to.equal(
        readFileSync(join(folder, 'mixed.commands'), 'utf8'),
      );
    })).timeout(20_000);

  it('are compared with DRAMsim3 on the part that users can take, too', async () => {
    const part = await loadPart(join(packageRoot(), 'docs', 'examples', 'dramsim3-ddr4-2400.yaml'));
    expect(part.organisation).to.deep.equal(dramsim3Ddr4.organisation);
    expect(part.timing).to.deep.equal(dramsim3Ddr4.timing);
  });
});
