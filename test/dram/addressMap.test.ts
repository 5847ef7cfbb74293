import { expect } from 'chai';
import fc from 'fast-check';
import { addressOf, extract, parseAddressMap, placeOf } from '../../src/dram/addressMap.js';
import { plainPart } from './fixtures.js';

const part = plainPart();
const single = { channels: 1, ranks: 1 };

describe('an address map', () => {
  it('takes fields from the most significant bits down, above the bits of a burst', () => {
    const map = parseAddressMap('row-bankgroup-bank-column', part, single);
    expect(map.capacityBytes).to.equal(1024 * 4 * 16 * 64);
    expect(placeOf(map, 0)).to.deep.equal({ channel: 0, bank: 0, row: 0, column: 0 });
    expect(placeOf(map, 5)).to.include({ bank: 0, column: 5 });
    expect(placeOf(map, 16)).to.include({ bank: 1, column: 0 });
    expect(placeOf(map, 32 + 3)).to.include({ bank: 2, column: 3 });
    expect(placeOf(map, 64)).to.include({ bank: 0, row: 1 });
  });

  it('splits a field where a number of bits says so', () => {
    const map = parseAddressMap('row-bank-column-bankgroup-column:1', part, single);
    const places = Array.from({ length: 6 }, (_, burst) => placeOf(map, burst));
    expect(places.map(({ bank, column }) => [bank, column])).to.deep.equal([
      [0, 0],
      [0, 1],
      [2, 0],
      [2, 1],
      [0, 2],
      [0, 3],
    ]);
  });

  it('is understood in two letters a field, and without fields of one value', () => {
    const long = parseAddressMap('row-channel-rank-bank-bankgroup-column', part, single);
    const short = parseAddressMap('rochrababgco', part, single);
    expect(short).to.deep.equal(long);
    expect(parseAddressMap('row-bank-bankgroup-column', part, single)).to.deep.equal(long);
  });

  it('gives every burst a place of its own, and its address back', () => {
    const words = fc.constantFrom('channel', 'rank', 'bankgroup', 'bank', 'row', 'column');
    const order = fc.uniqueArray(words, { minLength: 6, maxLength: 6 });
    fc.assert(
      fc.property(order, fc.integer({ min: 0, max: 2 ** 18 - 1 }), fc.nat(3), (names, burst, split) => {
        const text = split === 0 ? names.join('-') : `column:${split}-${names.join('-')}`;
        const map = parseAddressMap(text, part, { channels: 2, ranks: 2 });
        expect(map.bursts).to.equal(2 ** 18);
        expect(addressOf(map, placeOf(map, burst))).to.equal(burst * 64);
      }),
    );
  });

  it('decodes addresses above 2^31 bursts', () => {
    const huge = plainPart({}, { rows: 2 ** 20, columns: 2048 });
    const map = parseAddressMap('row-bankgroup-bank-column', huge, { channels: 1, ranks: 1 });
    expect(map.bursts).to.equal(2 ** 30);
    const two = parseAddressMap('channel-row-bankgroup-bank-column', huge, { channels: 4, ranks: 1 });
    expect(extract(two.channel, 2 ** 32 - 1)).to.equal(3);
    expect(placeOf(two, 2 ** 32 - 1)).to.deep.equal({ channel: 3, bank: 3, row: 2 ** 20 - 1, column: 255 });
  });

  const refused = (text: string, settings = single): string => {
    try {
      parseAddressMap(text, part, settings);
    } catch (error) {
      return (error as Error).message;
    }
    throw new Error('was taken');
  };

  it('is refused where it does not cover all bits, with what is missing', () => {
    expect(refused('row-bank-column')).to.contain('bankgroup has 1 bits, the map gives it 0');
    expect(refused('row-bank-bankgroup-column', { channels: 4, ranks: 1 })).to.contain('channel has 2 bits');
    expect(refused('row-bank-bankgroup-column:2')).to.contain('column has 4 bits, the map gives it 2');
    expect(refused('row-bank-bankgroup-column:3-column:3')).to.contain(
      'column has 4 bits, the map gives it 6',
    );
  });

  it('is refused where words are not fields or stand twice', () => {
    expect(refused('row-bnak-bankgroup-column')).to.contain('did you mean "bank"?');
    expect(refused('row-row-bank-bankgroup-column')).to.contain('with row twice');
    expect(refused('row-bank:x-bankgroup-column')).to.contain('number of bits after the colon');
    expect(refused('row-bank-bankgroup-column', { channels: 3, ranks: 1 })).to.contain(
      'power of two of channels',
    );
  });
});
