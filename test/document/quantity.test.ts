import { expect } from 'chai';
import fc from 'fast-check';
import { z } from 'zod';
import { dimensions, specOf } from '../../src/document/dimension.js';
import type { Dimension } from '../../src/document/dimension.js';
import { toEditorSchema } from '../../src/document/jsonSchema.js';
import { quantity } from '../../src/document/quantity.js';
import type { QuantityOptions } from '../../src/document/quantity.js';

const all = Object.keys(dimensions) as Dimension[];

const read = (dimension: Dimension, given: unknown, options?: QuantityOptions): number =>
  quantity(dimension, options).parse(given);
const fault = (dimension: Dimension, given: unknown, options?: QuantityOptions): string => {
  const { error } = quantity(dimension, options).safeParse(given);
  expect(error?.issues).to.have.lengthOf(1);
  return String(error?.issues[0]?.message);
};

describe('a quantity', () => {
  it('is a number of the base unit', () => {
    expect(read('bytes', '108 KiB')).to.equal(110592);
    expect(read('bytes', '0.3 GB')).to.equal(300_000_000);
    expect(read('bytes', '1 TiB')).to.equal(2 ** 40);
    expect(read('bytes', '16 bits')).to.equal(2);
    expect(read('frequency', '1 GHz')).to.equal(1e9);
    expect(read('bandwidth', '12.8 GB/s')).to.equal(12.8e9);
    expect(read('bandwidth', '8 Gbit/s')).to.equal(1e9);
    expect(read('time', '100 ns')).to.equal(100_000);
    expect(read('energy', '0.2 pJ')).to.equal(0.2);
    expect(read('energy', '3 nJ')).to.equal(3000);
    expect(read('energyPerBit', '8 pJ/bit')).to.equal(8);
    expect(read('energyPerBit', '8 pJ/B')).to.equal(1);
    expect(read('power', '2 W')).to.equal(2000);
    expect(read('length', '45 nm')).to.equal(45);
    expect(read('length', '0.13 um')).to.equal(130);
    expect(read('bits', '128 bit')).to.equal(128);
    expect(read('bits', '128 bits')).to.equal(128);
    expect(read('bits', '16 B')).to.equal(128);
    expect(read('voltage', '900 mV')).to.equal(0.9);
    expect(read('area', '36 um^2')).to.equal(36);
    expect(read('area', '2 mm^2')).to.equal(2e6);
  });

  it('may be written without a space, in exponents, or as arithmetic', () => {
    expect(read('bytes', '108KiB')).to.equal(110592);
    expect(read('time', '1e-7 s')).to.equal(100_000);
    expect(read('bytes', '2 * 54 KiB')).to.equal(110592);
  });

  it('may be a plain integer when it is a size in bytes', () => {
    expect(read('bytes', 4096)).to.equal(4096);
  });

  it('has an example of each dimension that it accepts', () => {
    for (const dimension of all) expect(read(dimension, specOf(dimension).example)).to.be.above(0);
  });

  it('takes every unit that it offers, and gives back what was written', () => {
    for (const dimension of all) {
      for (const unit of specOf(dimension).units) {
        const one = read(dimension, `8 ${unit}`, { max: Infinity }) / 8;
        fc.assert(
          fc.property(fc.integer({ min: 1, max: 125 }), (count) => {
            const value = read(dimension, `${8 * count} ${unit}`, { max: Infinity });
            expect(value / (8 * count)).to.be.closeTo(one, one * 1e-13);
          }),
          { numRuns: 10 },
        );
      }
    }
  });

  it('round-trips any whole number of bytes and any number of six digits', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2 ** 40 }), (bytes) => {
        expect(read('bytes', `${bytes} B`)).to.equal(bytes);
      }),
      { numRuns: 50 },
    );
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 999_999 }),
        fc.integer({ min: -3, max: 0 }),
        (digits, exponent) => {
          const value = Number(`${digits}e${exponent}`);
          for (const dimension of ['energy', 'length', 'time', 'power', 'energyPerBit'] as const) {
            expect(read(dimension, `${value} ${specOf(dimension).base}`)).to.equal(value);
          }
        },
      ),
      { numRuns: 50 },
    );
  });
});

describe('a quantity is refused', () => {
  it('without a unit, with the units that there are', () => {
    expect(fault('length', 45)).to.equal(
      'expected length such as "45 nm" (nm, um, mm), got 45 without a unit',
    );
    expect(fault('length', '45')).to.equal(
      'expected length such as "45 nm" (nm, um, mm), got "45" without a unit',
    );
    expect(fault('bytes', '45')).to.contain('(B, kB, MB, GB, KiB, MiB, GiB), got "45" without a unit');
  });

  it('without a number', () => {
    expect(fault('length', 'nm')).to.match(/got "nm" without a number$/);
    expect(fault('length', '')).to.match(/got "" without a number$/);
  });

  it('with the unit of another dimension, in every dimension', () => {
    for (const dimension of all) {
      const other = dimension === 'time' ? '1 V' : '1 ns';
      const found = dimension === 'time' ? 'voltage (V)' : 'time (ps)';
      expect(fault(dimension, other)).to.contain(`got "${other}": that is ${found}`);
    }
  });

  it('with an unknown unit, with the one that was meant', () => {
    expect(fault('length', '2 km')).to.match(/"km" is no unit known here; did you mean "nm"\?$/);
    expect(fault('frequency', '1 Ghz')).to.match(/did you mean "GHz"\?$/);
    expect(fault('bytes', '108 KB')).to.match(/write kB for 1000 bytes or KiB for 1024$/);
  });

  it('when it is negative, zero, not a number or infinite', () => {
    for (const dimension of all) {
      const { base, noun } = specOf(dimension);
      expect(fault(dimension, `-3 ${base}`)).to.equal(`expected positive ${noun}, got "-3 ${base}"`);
      expect(fault(dimension, `0 ${base}`)).to.equal(`expected positive ${noun}, got "0 ${base}"`);
      expect(fault(dimension, NaN)).to.match(/got NaN/);
      expect(fault(dimension, Infinity)).to.match(/got Infinity/);
      expect(fault(dimension, `1/0 * ${base}`)).to.match(/it comes to Infinity$/);
    }
    expect(fault('bytes', -1)).to.equal('expected positive size, got -1');
    expect(fault('bytes', 0)).to.equal('expected positive size, got 0');
  });

  it('when it is absurd', () => {
    expect(fault('bytes', '2 TiB')).to.equal('expected size of at most 1 TiB, got "2 TiB"');
    expect(fault('bytes', 1e15)).to.equal('expected size of at most 1 TiB, got 1000000000000000');
    expect(fault('frequency', '2 THz')).to.equal('expected frequency of at most 1 THz, got "2 THz"');
    expect(fault('time', '1e9 s')).to.equal('expected time of at most 1000 s, got "1e9 s"');
    expect(fault('bits', '2 Mibit')).to.equal('expected width of at most 1 Mibit, got "2 Mibit"');
  });

  it('when it is no whole number of bytes or bits', () => {
    expect(fault('bytes', '9 bits')).to.equal('expected size in whole B, got "9 bits" (1.125 B)');
    expect(fault('bits', '1.5 bit')).to.equal('expected width in whole bit, got "1.5 bit" (1.5 bit)');
    expect(fault('bytes', 1.5)).to.match(/, got 1.5$/);
  });

  it('when it is no text at all', () => {
    expect(fault('length', ['45 nm'])).to.match(/, got list$/);
    expect(fault('bytes', { B: 3 })).to.match(/, got mapping$/);
    expect(fault('length', undefined)).to.match(/, got nothing$/);
    expect(fault('length', true)).to.match(/, got true$/);
  });

  it('outside the bounds that its place sets', () => {
    expect(read('time', '0 ns', { zero: true })).to.equal(0);
    expect(fault('time', '-1 ns', { zero: true })).to.equal('expected non-negative time, got "-1 ns"');
    expect(fault('length', '0.5 nm', { min: 1 })).to.equal('expected length of at least 1 nm, got "0.5 nm"');
    expect(fault('length', '91 nm', { max: 90 })).to.equal('expected length of at most 90 nm, got "91 nm"');
  });
});

describe('the JSON Schema of a quantity', () => {
  it('is a text with an example', () => {
    const schema = toEditorSchema(z.strictObject({ clock: quantity('frequency') }), 'clock');
    expect(schema).to.deep.include({
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      title: 'clock',
    });
    expect(schema.properties).to.deep.equal({
      clock: {
        type: 'string',
        description: 'frequency with its unit, one of Hz, kHz, MHz, GHz',
        examples: ['1 GHz'],
      },
    });
  });

  it('admits integers for sizes in bytes', () => {
    const schema = toEditorSchema(z.strictObject({ capacity: quantity('bytes') }), 'buffer');
    expect(JSON.stringify(schema)).to.contain('"anyOf":[{"type":"string"').and.contain('"type":"integer"');
  });
});
