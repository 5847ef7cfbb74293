import { expect } from 'chai';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readActionCounts } from '../../../src/energy/accelergy/actionCounts.js';
import { readArt } from '../../../src/energy/accelergy/areaReferenceTable.js';
import { readErt } from '../../../src/energy/accelergy/energyReferenceTable.js';
import { inFolder, refusal } from '../../document/fixtures.js';

function read<T>(reader: (path: string) => Promise<T>, text: string): Promise<T> {
  return inFolder(async (folder) => {
    const file = join(folder, 'f.yaml');
    await writeFile(file, text);
    return reader(file);
  });
}

/** What comes after the file's name: `line:column: message`. */
async function refused(reader: (path: string) => Promise<unknown>, text: string): Promise<string> {
  return (await refusal(() => read(reader, text))).replace(/^.*f\.yaml:/, '');
}

const newErt = `ERT:
    version: '0.4'
    tables:
      - name: system.PE[0..3].mac
        actions:
          - name: leak
            arguments:
                global_cycle_seconds: 1e-09
                mode: "1"
            energy: 0.0
          - name: compute
            arguments: {}
            energy: 0.207692
            estimator: something
        more: unused
`;

describe("Accelergy's energy reference table", () => {
  it('is read as 0.4 writes it, past keys that nothing here needs', async () => {
    expect(await read(readErt, newErt)).to.deep.equal({
      version: '0.4',
      tables: [
        {
          name: 'system.PE[0..3].mac',
          actions: [
            { name: 'leak', arguments: { global_cycle_seconds: 1e-9, mode: '1' }, energyPj: 0 },
            { name: 'compute', arguments: {}, energyPj: 0.207692 },
          ],
        },
      ],
    });
  });

  it('is read as 0.3 writes it: a number as version, nothing as arguments', async () => {
    const text = `ERT:
  version: 0.3
  tables:
  - name: pe.mac
    actions:
    - name: idle
      arguments: null
      energy: 0.00801
    - name: mac
      energy: 1
`;
    expect(await read(readErt, text)).to.deep.equal({
      version: '0.3',
      tables: [
        {
          name: 'pe.mac',
          actions: [
            { name: 'idle', arguments: {}, energyPj: 0.00801 },
            { name: 'mac', arguments: {}, energyPj: 1 },
          ],
        },
      ],
    });
  });

  it('is read as 0.2 writes it: components and actions by name', async () => {
    const text = `ERT:
  tables:
    simple.PE.mac:
      idle:
        arguments: null
        energy: 0.5
      read:
      - arguments: {data_delta: 0}
        energy: 4
      - arguments: {data_delta: 1}
        energy: 6
  version: 0.2
`;
    expect(await read(readErt, text)).to.deep.equal({
      version: '0.2',
      tables: [
        {
          name: 'simple.PE.mac',
          actions: [
            { name: 'idle', arguments: {}, energyPj: 0.5 },
            { name: 'read', arguments: { data_delta: 0 }, energyPj: 4 },
            { name: 'read', arguments: { data_delta: 1 }, energyPj: 6 },
          ],
        },
      ],
    });
  });

  const entry = (action: string): string =>
    `ERT:\n  version: 0.4\n  tables:\n  - name: a.b\n    actions:\n    - ${action}\n`;
  const component = (name: string): string => `  - {name: '${name}', actions: []}\n`;
  const faults: Array<[string, string, RegExp]> = [
    ['an area table', 'ART:\n  version: 0.3\n', /^1:1: expected the top key "ERT", got "ART"$/],
    ['a file of no keys', '{}', /^1:1: expected the top key "ERT", got none$/],
    ['a list', '- ERT\n', /^1:1: expected a mapping with the top key "ERT", got list$/],
    [
      'a missing energy',
      entry('{name: read}'),
      /^6:7: ERT.tables\[0\].actions\[0\]: missing key "energy"; expected non-negative energy in pJ$/,
    ],
    [
      'a negative energy',
      entry('{name: read, energy: -1}'),
      /^6:28: .*energy: expected non-negative energy in pJ, got -1$/,
    ],
    [
      'an infinite energy',
      entry('{name: read, energy: .inf}'),
      /^6:28: .*expected non-negative energy in pJ, got Infinity$/,
    ],
    [
      'an energy that is no number',
      entry('{name: read, energy: .nan}'),
      /^6:28: .*expected non-negative energy in pJ, got NaN$/,
    ],
    [
      'an energy as a text',
      entry('{name: read, energy: 1 pJ}'),
      /^6:28: .*expected non-negative energy in pJ, got "1 pJ"$/,
    ],
    [
      'an action without a name',
      entry('{energy: 1}'),
      /^6:7: .*missing key "name"; expected name of an action$/,
    ],
    [
      'a list as an argument',
      entry('{name: read, energy: 1, arguments: {x: [1]}}'),
      /^6:46: .*arguments.x: expected number, text, true or false, got list$/,
    ],
    [
      'a repeated action',
      entry('{name: read, energy: 1}\n    - {name: read, arguments: {}, energy: 2}'),
      /^7:14: .*expected each once, got "read" again$/,
    ],
    [
      'an action repeated with its arguments in another order',
      entry(
        '{name: r, arguments: {x: 1, y: 2}, energy: 1}\n    - {name: r, arguments: {y: 2, x: 1}, energy: 1}',
      ),
      /^7:14: .*got "r" \(y: 2, x: 1\) again$/,
    ],
    [
      'a repeated component',
      `ERT:\n  version: 0.4\n  tables:\n${component('a.b')}${component('a.b')}`,
      /^5:12: ERT.tables\[1\].name: expected each once, got "a.b" again$/,
    ],
    [
      'a bad component name',
      `ERT:\n  version: 0.4\n  tables:\n${component('a..b')}`,
      /^4:12: .*expected component name such as "system.PE\[0..167\].mac", got "a..b"$/,
    ],
    [
      'an unknown version',
      'ERT:\n  version: 0.5\n  tables: []\n',
      /^2:12: ERT.version: expected version of Accelergy's files, one of 0.2, 0.3, 0.4, got "?0.5"?$/,
    ],
    ['a missing version', 'ERT:\n  tables: []\n', /^1:1: ERT: missing key "version"/],
    [
      'missing tables',
      'ERT:\n  version: 0.4\n',
      /^1:1: ERT: missing key "tables"; expected list or mapping$/,
    ],
    [
      'a negative energy in the old form',
      'ERT:\n  version: 0.2\n  tables:\n    a.b:\n      read:\n      - energy: -3\n',
      /^6:17: .*read\[0\].energy: expected non-negative energy in pJ, got -3$/,
    ],
    [
      'a plain number in the old form',
      'ERT:\n  version: 0.2\n  tables:\n    a.b:\n      read: 3\n',
      /^5:13: ERT.tables."a.b".read: expected list or mapping with the keys arguments, energy, got 3$/,
    ],
    [
      'a repeated action in the old form',
      'ERT:\n  version: 0.2\n  tables:\n    a.b:\n      read:\n      - energy: 3\n      - energy: 3\n',
      /^7:9: .*expected each once, got "read" again$/,
    ],
    [
      'a bad component name in the old form',
      'ERT:\n  version: 0.2\n  tables:\n    a]b: {}\n',
      /^4:5: .*expected component name such as/,
    ],
  ];
  for (const [what, text, expected] of faults) {
    it(`is refused for ${what}, at its place`, async () => {
      expect(await refused(readErt, text)).to.match(expected);
    });
  }
});

describe("Accelergy's area reference table", () => {
  it('is read with its areas in um^2', async () => {
    const text = `ART:
    version: '0.4'
    tables:
      - name: system.DRAM[1..1]
        area: 0.0
      - name: system.PE[1..168].mac
        area: 191.82
`;
    expect(await read(readArt, text)).to.deep.equal({
      version: '0.4',
      tables: [
        { name: 'system.DRAM[1..1]', areaUm2: 0 },
        { name: 'system.PE[1..168].mac', areaUm2: 191.82 },
      ],
    });
  });

  const table = (rows: string): string => `ART:\n  version: 0.3\n  tables:\n${rows}`;
  const faults: Array<[string, string, RegExp]> = [
    ['an energy table', newErt, /^1:1: expected the top key "ART", got "ERT"$/],
    [
      'a missing area',
      table('  - name: a\n'),
      /^4:5: ART.tables\[0\]: missing key "area"; expected non-negative area in um\^2$/,
    ],
    [
      'a negative area',
      table('  - name: a\n    area: -2\n'),
      /^5:11: .*expected non-negative area in um\^2, got -2$/,
    ],
    [
      'a repeated component',
      table('  - {name: a, area: 1}\n  - {name: a, area: 1}\n'),
      /^5:12: .*got "a" again$/,
    ],
  ];
  for (const [what, text, expected] of faults) {
    it(`is refused for ${what}, at its place`, async () => {
      expect(await refused(readArt, text)).to.match(expected);
    });
  }
});

describe("Accelergy's action counts", () => {
  it('are read from a tree, whose names come before those of its components', async () => {
    const text = `action_counts:
  version: 0.3
  subtree:
    - name: chip
      local:
        - name: GLB
          action_counts:
            - name: read
              arguments: {data_delta: 1}
              counts: 20
      subtree:
        - name: PE[2].lane
          local:
            - name: mac[0]
              action_counts:
                - {name: mac, counts: 1.5}
  local:
    - name: dram
      action_counts: []
`;
    expect(await read(readActionCounts, text)).to.deep.equal({
      version: '0.3',
      components: [
        { name: 'dram', actions: [] },
        { name: 'chip.GLB', actions: [{ name: 'read', arguments: { data_delta: 1 }, count: 20 }] },
        { name: 'chip.PE[2].lane.mac[0]', actions: [{ name: 'mac', arguments: {}, count: 1.5 }] },
      ],
    });
  });

  it('keep an action that stands there twice twice, as the counts of simulators do', async () => {
    const text = `action_counts:
  local:
  - action_counts:
    - {counts: 878, name: write}
    - {counts: 13931, name: write}
    name: chip.PE[162].psum_spad
  version: 0.2
`;
    const { components } = await read(readActionCounts, text);
    expect(components[0]?.actions.map(({ count }) => count)).to.deep.equal([878, 13931]);
  });

  const node = (counts: string): string =>
    `action_counts:\n  version: 0.3\n  local:\n  - name: a\n    action_counts:\n    - ${counts}\n`;
  const faults: Array<[string, string, RegExp]> = [
    ['an energy table', newErt, /^1:1: expected the top key "action_counts", got "ERT"$/],
    [
      'a list without a version',
      'action_counts:\n- name: a\n',
      /^1:1: action_counts: expected mapping with the keys version, local, subtree, got list$/,
    ],
    [
      'a negative count',
      node('{name: r, counts: -1}'),
      /^6:25: .*counts: expected non-negative number of actions, got -1$/,
    ],
    [
      'a count that is no number',
      node('{name: r, counts: many}'),
      /^6:25: .*expected non-negative number of actions, got "many"$/,
    ],
    ['an infinite count', node('{name: r, counts: .inf}'), /^6:25: .*got Infinity$/],
    [
      'a missing count',
      node('{name: r}'),
      /^6:7: .*missing key "counts"; expected non-negative number of actions$/,
    ],
    [
      'a misspelt key',
      node('{name: r, counts: 1, argument: {x: 1}}'),
      /^6:28: .*unknown key; did you mean "arguments"\?/,
    ],
    [
      'a key that is not known beside them',
      'action_counts:\n  version: 0.3\n  local:\n  - {name: a, action_counts: [], subtree: []}\n',
      /^4:34: .*unknown key; the keys here are name, action_counts$/,
    ],
    [
      'a misspelt tree',
      'action_counts:\n  version: 0.3\n  local: []\n  subtrees: []\n',
      /^4:3: .*unknown key; did you mean "subtree"\?/,
    ],
    [
      'neither components nor tree',
      'action_counts:\n  version: 0.3\n',
      /^1:1: action_counts: expected the key local or subtree, got neither$/,
    ],
    [
      'a branch without leaves',
      'action_counts:\n  version: 0.3\n  subtree:\n  - name: a\n',
      /^4:5: .*expected the key local or subtree, got neither$/,
    ],
    [
      'a repeated component',
      'action_counts:\n  version: 0.3\n  local: [{name: a.b, action_counts: []}]\n  subtree:\n  - name: a\n    local: [{name: b, action_counts: []}]\n',
      /^6:20: .*expected each once, got "a.b" again$/,
    ],
  ];
  for (const [what, text, expected] of faults) {
    it(`are refused for ${what}, at its place`, async () => {
      expect(await refused(readActionCounts, text)).to.match(expected);
    });
  }

  it('are refused when the file is empty', async () => {
    expect(await refusal(() => read(readActionCounts, ''))).to.match(
      /f\.yaml: expected a YAML mapping, got an empty file$/,
    );
  });
});
