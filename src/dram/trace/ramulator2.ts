import type { RequestFormat } from './format.js';
import { withinDram } from './geometry.js';
import type { TraceGeometry } from './geometry.js';
import type { TraceLine } from './traceLine.js';

const operations = ['LD', 'ST', 'R', 'W'];

/**
 * Both request traces of Ramulator 2 (CMU-SAFARI/ramulator2, src/ramulator/frontend/impl/memory_trace at c5b1c3a4), line by line:
 * `LD|ST <address>`, decimal or hexadecimal after `0x`, of its LoadStoreTrace, and `R|W <channel>,<rank>,...,<column>`, decimal, of
 * its ReadWriteTrace. Its lines are two fields and one space. They have no times: each request comes as soon as the one before it
 * has been taken.
 *
 * Written are loads and stores. Earlier revisions of LoadStoreTrace (as 2b9b3aed) took loads for writes and stores for reads.
 */
export const ramulator2: RequestFormat = {
  kind: 'requests',
  name: 'ramulator2',
  description: 'requests as Ramulator 2 reads them: LD|ST <address>, or R|W <channel>,<rank>,...,<column>',
  recognises: (line) => operations.includes(line.split(/\s+/, 1)[0]),
  read(line, geometry, onRequest) {
    const operation = line.oneOf(operations);
    if (operation < 0) throw line.faultOf('LD, ST, R or W');
    const isVector = operation >= 2;
    line.expect(isVector ? `an address vector, ${levelNames(geometry)}` : 'an address');
    const address = isVector
      ? addressOfVector(line, geometry)
      : withinDram(line, line.number0x('an address, decimal or hexadecimal after 0x'), geometry);
    line.expectEnd('the address');
    onRequest(address, operation === 1 || operation === 3, 0);
  },
  write: (address, isWrite) => `${isWrite ? 'ST' : 'LD'} 0x${address.toString(16)}`,
};

const vector = new Float64Array(8);

/** Vectors leave the bank group out where the standard has none. Columns are bursts, as its address mappers make them. */
function addressOfVector(line: TraceLine, geometry: TraceGeometry): number {
  const { levels, bankGroups, banksPerGroup } = geometry;
  const count = line.decimals(vector, `an address vector, ${levelNames(geometry)}`);
  const isWithoutGroup = count === 5 && bankGroups === 1;
  if (count !== levels.length && !isWithoutGroup) {
    const hint = count === 1 ? '; plain addresses go with LD and ST' : '';
    throw line.fault(
      `expected an address vector, ${levelNames(geometry)}, got ${count} ${count === 1 ? 'number' : 'numbers'}${hint}`,
    );
  }
  if (isWithoutGroup) {
    vector.copyWithin(3, 2, 5);
    vector[2] = 0;
  }
  levels.forEach(({ name, size }, index) => {
    if (vector[index] >= size) throw line.fault(`expected a ${name} below ${size}, got ${vector[index]}`);
  });
  const [channel, rank, group, bank, row, column] = vector;
  return geometry.addressOf({
    channel,
    bank: (rank * bankGroups + group) * banksPerGroup + bank,
    row,
    column,
  });
}

function levelNames({ levels, bankGroups }: TraceGeometry): string {
  return levels
    .filter(({ name }) => bankGroups > 1 || name !== 'bank group')
    .map(({ name }) => name)
    .join(',');
}
