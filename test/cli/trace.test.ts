import { expect } from 'chai';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { inWorkspace, psconv } from './command.js';

describe('psconv trace', function () {
  this.timeout(60_000);

  it('is refused where the DRAM is flat, and for formats that there are not', () =>
    inWorkspace(async (folder) => {
      const words = ['trace', 'scenario.yaml', '--dram', '--out', 'a.trace', '--format'];
      const flat = await psconv(folder, [...words, 'dramsim3']);
      expect(flat.stderr).to.match(
        /^psconv: machine\.yaml: expected an accelerator with a DRAM part behind a controller/,
      );
      const unknown = await psconv(folder, [...words, 'dramsim2']);
      expect(unknown.stderr).to.match(/^psconv: expected a trace format of .*did you mean "dramsim3"\?\n$/);
      expect([flat.code, unknown.code]).to.deep.equal([2, 2]);
      expect(existsSync(join(folder, 'a.trace'))).to.equal(false);
    }));
});
