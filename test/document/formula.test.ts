import { expect } from 'chai';
import fc from 'fast-check';
import { evaluateFormula } from '../../src/document/formula.js';
import { refusal } from './fixtures.js';

const reason = (text: string, variables: Record<string, number> = {}): Promise<string> =>
  refusal(() => evaluateFormula(text, variables, 'energy'));

describe('a formula', () => {
  it('computes with units and variables', () => {
    expect(evaluateFormula('0.2 pJ * (bits/8)^2', { bits: 16 }, 'energy')).to.equal(0.8);
    expect(evaluateFormula('0.1 pJ + 0.2 pJ', {}, 'energy')).to.equal(0.3);
    expect(evaluateFormula('2 * 3 nJ - 1 pJ', {}, 'energy')).to.equal(5999);
    expect(evaluateFormula('-1 pJ + +3 pJ', {}, 'energy')).to.equal(2);
    expect(evaluateFormula('8 pJ/bit * 4 B', {}, 'energy')).to.equal(256);
    expect(evaluateFormula('1 mW * 1 ns', {}, 'energy')).to.equal(1);
    expect(evaluateFormula('12.8 GB/s * 1 ns', {}, 'bits')).to.equal(102.4);
    expect(evaluateFormula('6 um * 6 um', {}, 'area')).to.equal(36);
  });

  it('has a few functions', () => {
    expect(evaluateFormula('ceil(log2(n))', { n: 9 }, 'number')).to.equal(4);
    expect(evaluateFormula('floor(2.7) + abs(-1) + log10(100) + exp(0)', {}, 'number')).to.equal(6);
    expect(evaluateFormula('min(3 pJ, 2 nJ, 5 pJ)', {}, 'energy')).to.equal(3);
    expect(evaluateFormula('max(3 pJ, 2 nJ, 5 pJ)', {}, 'energy')).to.equal(2000);
    expect(evaluateFormula('sqrt(9 um^2)', {}, 'length')).to.equal(3000);
    expect(evaluateFormula('abs(-3 pJ)', {}, 'energy')).to.equal(3);
  });

  it('gives units that cancel as a plain number', () => {
    expect(evaluateFormula('1 KiB / (16 bit)', {}, 'number')).to.equal(512);
    expect(evaluateFormula('2 ^ (1/2) * 2 ^ 0.5', {}, 'number')).to.equal(2.0000000000000004);
  });

  it('reads the micro sign, and folded lines as spaces', () => {
    expect(evaluateFormula('3 \u00b5J', {}, 'energy')).to.equal(3e6);
    expect(evaluateFormula('3 \u03bcJ', {}, 'energy')).to.equal(3e6);
    expect(evaluateFormula('1 pJ\n  + 2 pJ\n', {}, 'energy')).to.equal(3);
  });

  it('lets a variable hide a unit', () => {
    expect(evaluateFormula('bits * 1 pJ', { bits: 8 }, 'energy')).to.equal(8);
  });

  it('agrees with JavaScript on arithmetic of plain numbers', () => {
    const number = fc.integer({ min: 1, max: 1000 });
    const operator = fc.constantFrom('+', '-', '*', '/');
    fc.assert(
      fc.property(number, operator, number, operator, number, (a, op1, b, op2, c) => {
        const text = `(${a} ${op1} ${b}) ${op2} ${c}`;
        const apply = (x: number, op: string, y: number): number =>
          op === '+' ? x + y : op === '-' ? x - y : op === '*' ? x * y : x / y;
        expect(evaluateFormula(text, {}, 'number')).to.equal(apply(apply(a, op1, b), op2, c));
      }),
    );
  });
});

describe('a formula of another dimension', () => {
  it('is told which it is of and which was wanted', async () => {
    expect(await reason('3 bytes')).to.equal(
      'expected energy such as "0.2 pJ" (fJ, pJ, nJ, uJ, mJ, J), got "3 bytes": that is size (B)',
    );
    expect(await reason('3')).to.contain('that is plain number');
    expect(await reason('3 pJ/bit')).to.contain('that is energy per bit (pJ/bit)');
    expect(await reason('3 J^2')).to.contain('that is something in (kg^2 m^4) / s^4');
    expect(await refusal(() => evaluateFormula('3 pJ', {}, 'number'))).to.equal(
      'expected plain number, got "3 pJ": that is energy (pJ)',
    );
  });

  it('is refused where it meets the other within', async () => {
    expect(await reason('1 pJ + 1 B')).to.contain('energy (pJ) and size (B) do not go together');
    expect(await reason('1 pJ - 1')).to.contain('energy (pJ) and plain number do not go together');
    expect(await reason('max(1 pJ, 1 ns)')).to.contain('energy (pJ) and time (ps) do not go together');
    expect(await reason('log2(8 pJ)')).to.contain('log2 takes a plain number, not energy (pJ)');
    expect(await reason('2^(1 pJ)')).to.contain('an exponent must be a plain number, not energy (pJ)');
  });
});

describe('a formula with an unknown name', () => {
  it('is told the nearest unit of the wanted dimension, and the variables', async () => {
    expect(await reason('0.2 pj')).to.match(/"pj" is no unit known here; did you mean "pJ"\?$/);
    expect(await reason('weihtBits * 1 pJ', { weightBits: 8 })).to.match(
      /no unit or variable known here; did you mean "weightBits"\? the variables here are weightBits$/,
    );
  });

  it('is told both meanings of KB, and that b is not taken for a byte', async () => {
    expect(await reason('3 KB')).to.match(/write kB for 1000 bytes or KiB for 1024$/);
    expect(await reason('3 Gb')).to.match(/write Gbit or GB$/);
  });

  it('reaches none of the names that objects inherit', async () => {
    for (const name of [
      'constructor',
      '__proto__',
      'toString',
      'hasOwnProperty',
      'end',
      'i',
      'pi',
      'import',
    ]) {
      expect(await reason(name)).to.contain(`"${name}" is no unit known here`);
    }
  });
});

describe('a formula that is no arithmetic', () => {
  const attacks: Record<string, string> = {
    'import("fs")': '"import" is no function known here',
    'import({ones: 3})': '"import" is no function known here',
    'ones(1e9)': '"ones" is no function known here',
    'range(1, 1e9)': '"range" is no function known here',
    'evaluate("1")': '"evaluate" is no function known here',
    'parse("1")': '"parse" is no function known here',
    'constructor(1)': '"constructor" is no function known here',
    'f(x) = x': 'a definition of a function has no place in it',
    'x = 3 pJ': 'an assignment has no place in it',
    '[1, 2]': 'a matrix has no place in it',
    '[1, 2][1]': 'a member has no place in it',
    '1:1e9': 'a range has no place in it',
    '{a: 1}': 'an object has no place in it',
    'x.constructor': 'a member has no place in it',
    '"text"': '"text" is no number',
    true: '"true" is no number',
    'null pJ': '"null" is no number',
    '1 pJ; 2 pJ': 'a list of formulas has no place in it',
    'bits ? 1 : 2': 'a condition has no place in it',
    '1 < 2': 'the operator "<" has no place in it',
    '1 < 2 < 3': 'a comparison has no place in it',
    '3 pJ!': 'the operator "!" has no place in it',
    '5 % 3': 'the operator "%" has no place in it',
    '1 pJ to nJ': 'the operator "to" has no place in it',
    '3 pJ # note': 'a comment has no place in it',
    'pJ (3)': '"pJ" is no function; write pJ * (...) to multiply',
    '9 8 pJ': 'unexpected part "8"',
    '(((': 'unexpected end of expression',
    '': 'there is nothing in it',
    '  ': 'there is nothing in it',
    'min()': 'min needs a value',
    'sqrt(1, 2)': 'sqrt takes one value',
    'min(1,2,3,4,5,6,7,8,9)': 'min takes at most 8 values',
  };
  for (const [text, expected] of Object.entries(attacks)) {
    it(`is refused in one clear line: ${text}`, async () => {
      expect(await reason(text)).to.contain(expected);
    });
  }

  it('is refused when it is long, deep or has a large exponent, at once', async () => {
    const start = performance.now();
    expect(await reason(`1${'+1'.repeat(1e6)}`)).to.contain('characters are more than 400');
    expect(await reason('('.repeat(390))).to.contain('nested too deeply');
    expect(await reason('2^1e9 * pJ')).to.contain('the exponent 1000000000 is beyond 64');
    expect(await reason('2^(0/0) * pJ')).to.contain('the exponent NaN is beyond 64');
    expect(performance.now() - start).to.be.below(2000);
  });

  it('is refused when its value is not finite or not real', async () => {
    expect(await reason('1 pJ / 0')).to.contain('it comes to Infinity');
    expect(await reason('0/0 * pJ')).to.contain('it comes to NaN');
    expect(await reason('1e400 pJ')).to.contain('it comes to Infinity');
    expect(await reason('sqrt(-1) * pJ')).to.contain('it comes to NaN');
    expect(await reason('(-1)^0.5 * pJ')).to.contain('it comes to no real number');
    expect(await reason('sqrt(-4 pJ * pJ)')).to.contain('it comes to no real number');
  });

  it('ends in a value or a refusal, whatever the text', async () => {
    const token = fc.constantFrom(
      ...[
        '1',
        '1e9',
        '0',
        'pJ',
        'bits',
        '(',
        ')',
        '^',
        '*',
        '/',
        '-',
        '+',
        ',',
        'ones',
        'min',
        'x',
        '[',
        ']',
        ':',
      ],
      ...[
        '=',
        '"',
        '.',
        ';',
        '{',
        '}',
        '!',
        '%',
        '?',
        '#',
        ' ',
        '\n',
        "'",
        '@',
        '\\',
        'end',
        'import',
        'sqrt',
      ],
    );
    await fc.assert(
      fc.asyncProperty(fc.array(token, { maxLength: 12 }), async (tokens) => {
        let value: number;
        try {
          value = evaluateFormula(tokens.join(''), { bits: 8 }, 'energy');
        } catch {
          await refusal(() => evaluateFormula(tokens.join(''), { bits: 8 }, 'energy'));
          return;
        }
        expect(Number.isFinite(value)).to.equal(true);
      }),
    );
  });
});
