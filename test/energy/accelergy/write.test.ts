import { expect } from 'chai';
import fc from 'fast-check';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { readActionCounts } from '../../../src/energy/accelergy/actionCounts.js';
import { readArt } from '../../../src/energy/accelergy/areaReferenceTable.js';
import { readErt } from '../../../src/energy/accelergy/energyReferenceTable.js';
import { actionKey } from '../../../src/energy/accelergy/action.js';
import {
  writeActionCounts,
  writeArt,
  writeEnergyEstimation,
  writeErt,
} from '../../../src/energy/accelergy/write.js';
import { inFolder } from '../../document/fixtures.js';

const figure = fc.oneof(
  fc.double({ min: 0, noNaN: true, noDefaultInfinity: true }),
  fc.nat(),
  fc.constantFrom(1e-9, 1e21, 1.5e-300, Number.MAX_VALUE, Number.MIN_VALUE, 512),
);
/** Among them words that YAML takes for something else when they stand there plain. */
const word = fc.oneof(
  fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,8}$/),
  fc.constantFrom(
    'yes',
    'null',
    '1e3',
    '0x10',
    'a: b',
    '#c',
    '- d',
    '"e',
    "f'",
    '~',
    'on',
    'é',
    '*x',
    '&y',
    '12:30:00',
  ),
);
const range = fc.tuple(fc.nat(9), fc.nat(9)).map(([low, more]) => `[${low}..${low + more}]`);
const componentName = fc
  .array(
    fc.tuple(word, fc.option(range, { nil: '' })).map(([level, brackets]) => level + brackets),
    { minLength: 1, maxLength: 3 },
  )
  .map((levels) => levels.join('.'));
const actionArguments = fc.dictionary(
  word,
  fc.oneof(word, fc.string(), fc.integer(), fc.boolean(), fc.constant(null), figure),
  { maxKeys: 3, noNullPrototype: true },
);
const version = fc.constantFrom('0.2', '0.3', '0.4');
const action = { name: word, arguments: actionArguments };

const ert = fc.record({
  version,
  tables: fc.uniqueArray(
    fc.record({
      name: componentName,
      actions: fc.uniqueArray(fc.record({ ...action, energyPj: figure }), {
        maxLength: 4,
        selector: (each) => actionKey(each.name, each.arguments),
      }),
    }),
    { maxLength: 4, selector: ({ name }) => name },
  ),
});
const art = fc.record({
  version,
  tables: fc.uniqueArray(fc.record({ name: componentName, areaUm2: figure }), {
    selector: ({ name }) => name,
  }),
});
const counts = fc.record({
  version,
  components: fc.uniqueArray(
    fc.record({
      name: componentName,
      actions: fc.array(fc.record({ ...action, count: figure }), { maxLength: 4 }),
    }),
    { maxLength: 4, selector: ({ name }) => name },
  ),
});

/** Whether each value of an arbitrary comes back from the file that it is written to. */
async function comesBack<T>(
  arbitrary: fc.Arbitrary<T>,
  write: (value: T) => string,
  read: (path: string) => Promise<unknown>,
): Promise<void> {
  await inFolder(async (folder) => {
    const file = join(folder, 'f.yaml');
    await fc.assert(
      fc.asyncProperty(arbitrary, async (value) => {
        const text = write(value);
        expect(write(structuredClone(value))).to.equal(text);
        await writeFile(file, text);
        expect(await read(file)).to.deep.equal(value);
      }),
      { numRuns: 200 },
    );
  });
}

describe("Accelergy's files, as written", () => {
  it('give every energy reference table back', () => comesBack(ert, writeErt, readErt));
  it('give every area reference table back', () => comesBack(art, writeArt, readArt));
  it('give all action counts back', () => comesBack(counts, writeActionCounts, readActionCounts));

  it('give every energy estimation back', () => {
    const components = fc.array(fc.record({ name: componentName, energyPj: figure }));
    fc.assert(
      fc.property(version, components, figure, (version, components, totalPj) => {
        const text = writeEnergyEstimation({ version, components, totalPj });
        expect(parse(text)).to.deep.equal({
          energy_estimation: {
            version,
            components: components.map(({ name, energyPj }) => ({ name, energy: energyPj })),
            Total: totalPj,
          },
        });
      }),
    );
  });

  it('have the keys, the text of the version and the empty arguments that Accelergy 0.4 writes', () => {
    const text = writeErt({
      version: '0.4',
      tables: [{ name: 's.PE[0..3].mac', actions: [{ name: 'mac', arguments: {}, energyPj: 1e-9 }] }],
    });
    expect(text).to.equal(`ERT:
  version: "0.4"
  tables:
    - name: s.PE[0..3].mac
      actions:
        - name: mac
          arguments: {}
          energy: 1.0e-9
`);
  });

  it('leave out the arguments of a count that has none, which Accelergy 0.4 cannot evaluate', () => {
    const text = writeActionCounts({
      version: '0.4',
      components: [{ name: 's.mac', actions: [{ name: 'mac', arguments: {}, count: 3e22 }] }],
    });
    expect(text).to.equal(`action_counts:
  version: "0.4"
  local:
    - name: s.mac
      action_counts:
        - name: mac
          counts: 3.0e+22
`);
  });

  it('have no number that YAML 1.1 takes for a text, and no text that it takes for something else', () => {
    fc.assert(
      fc.property(ert, (table) => {
        const text = writeErt(table);
        expect(parse(text, { version: '1.1', merge: false })).to.deep.equal(parse(text));
      }),
    );
    fc.assert(
      fc.property(fc.double({ min: 0, noNaN: true, noDefaultInfinity: true }), (energyPj) => {
        const text = writeErt({
          version: '0.4',
          tables: [{ name: 'a', actions: [{ name: 'b', arguments: {}, energyPj }] }],
        });
        // An integer or a float of YAML 1.1 (yaml.org/type/float.html), which wants the point and the exponent's sign.
        expect(text).to.match(/energy: (\d+|\d+\.\d+(e[-+]\d+)?)\n$/);
      }),
    );
  });

  it('write shared arguments out, without aliases', () => {
    const shared = { x: 1 };
    const text = writeErt({
      version: '0.4',
      tables: [
        {
          name: 'a',
          actions: [
            { name: 'read', arguments: shared, energyPj: 1 },
            { name: 'write', arguments: shared, energyPj: 2 },
          ],
        },
      ],
    });
    expect(text).to.not.match(/[&*]/);
  });
});
