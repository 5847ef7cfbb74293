import { expect } from 'chai';
import { packageRoot } from '../../src/document/package.js';
import { psconv } from './command.js';

const scale = (...words: string[]) => psconv(packageRoot(), ['scale', ...words]);
const points = ['--from', '65 nm @ 1.3 V', '--to', '32 nm @ 0.9 V'];

describe('psconv scale', function () {
  this.timeout(60_000);

  it('prints the four factors and what they are between', async () => {
    const { code, stdout, stderr } = await scale(...points);
    expect(stderr).to.equal('');
    expect(code).to.equal(0);
    expect(stdout).to.contain('65 nm @ 1.3 V to 32 nm @ 0.9 V, hp');
    // 0.4571 / 2.604: the example of Stillmaker and Baas, Section 4.2.1, as its erratum corrects it
    expect(stdout).to.match(/│ energy +│ +0\.1756 │/);
    expect(stdout).to.match(/│ delay +│ +0\.4973 │/);
    expect(stdout).to.match(/│ power +│ +0\.1774 │/);
    expect(stdout).to.match(/│ area +│ +0\.31 │/);
  });

  it('helps', async () => {
    const { code, stdout } = await scale('--help');
    expect(code).to.equal(0);
    expect(stdout).to.match(/^Usage: psconv scale/);
    expect(stdout).to.contain('65 nm @ 1.3 V');
  });

  it('prints notes below the table', async () => {
    const { stdout } = await scale('--from', '40nm@0.9V', '--to', '0.028 um @ 900 mV', '--flavour', 'lp');
    expect(stdout.trim().split('\n').slice(-2)).to.deep.equal([
      '40 nm is taken as 45 nm, the nearest node of the method',
      '28 nm is taken as 32 nm, the nearest node of the method',
    ]);
  });

  it('prints JSON with all digits', async () => {
    const { code, stdout } = await scale(...points, '--flavour', 'lp', '--json');
    expect(code).to.equal(0);
    const printed = JSON.parse(stdout) as Record<string, Record<string, number>>;
    expect(printed).to.have.all.keys('from', 'to', 'factors', 'notes');
    expect(printed.from).to.deep.equal({ technologyNm: 65, voltage: 1.3, flavour: 'lp' });
    expect(printed.to).to.deep.equal({ technologyNm: 32, voltage: 0.9, flavour: 'lp' });
    expect(printed.factors).to.have.all.keys('energy', 'delay', 'power', 'area');
    expect(printed.factors.energy).to.be.closeTo(
      (0.9559 * 0.81 - 0.7823 * 0.9 + 0.471) / (3.755 * 1.69 - 4.398 * 1.3 + 1.975),
      1e-12,
    );
    expect(printed.notes).to.have.length(1);
  });

  const refused: ReadonlyArray<readonly [string, readonly string[], RegExp]> = [
    ['a point without a voltage', ['--from', '65 nm', '--to', '32 nm @ 0.9 V'], /--from: .*"65 nm @ 1\.3 V"/],
    ['a node without a unit', ['--from', '65 nm @ 1 V', '--to', '32 @ 0.9 V'], /--to: .*"32" without a unit/],
    ['a voltage in nm', ['--from', '65 nm @ 1 nm', '--to', '32 nm @ 0.9 V'], /--from: expected voltage/],
    ['a negative voltage', ['--from', '65 nm @ -1 V', '--to', '32 nm @ 1 V'], /--from: expected positive/],
    [
      'an unknown node',
      ['--from', '5 nm @ 0.7 V', '--to', '32 nm @ 1 V'],
      /5 nm: expected a node .* 10, 7 nm/,
    ],
    [
      'a voltage too high',
      ['--from', '65 nm @ 1 V', '--to', '32 nm @ 1.2 V'],
      /1\.2 V at 32 nm: expected 0\.5/,
    ],
  ];
  for (const [what, words, message] of refused) {
    it(`refuses ${what} in one line`, async () => {
      const { code, stdout, stderr } = await scale(...words);
      expect(stderr).to.match(message);
      expect(stderr.trim().split('\n')).to.have.length(1);
      expect(stderr).to.match(/^psconv: /);
      expect(stdout).to.equal('');
      expect(code).to.equal(2);
    });
  }

  it('refuses an unknown flavour and a missing point', async () => {
    const flavour = await scale(...points, '--flavour', 'ulp');
    expect(flavour.stderr).to.match(/'ulp' is invalid.*hp, lp/);
    expect(flavour.code).to.equal(2);
    const missing = await scale('--from', '65 nm @ 1.3 V');
    expect(missing.stderr).to.contain("'--to <point>' not specified");
    expect(missing.code).to.equal(2);
  });
});
