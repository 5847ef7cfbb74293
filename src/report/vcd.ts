import type { PassShape } from '../dataflow/pass.js';
import type { ArrayState } from '../machine/register/arrayState.js';
import type { RegisterPlane } from '../machine/register/registerPlane.js';
import { forEachPe, isInside } from './arrayTrace.js';
import type { TraceWindow, TraceWriter } from './arrayTrace.js';

/** A variable of the file: its code, and what it last was. */
interface Signal {
  readonly code: string;
  readonly declaration: string;
  readonly valueOf: (state: ArrayState) => string;
  last: string | undefined;
}

export interface VcdOptions {
  readonly periodPs: number;
  readonly isFloat: boolean;
}

/**
 * A value change dump (IEEE 1364-2005, clause 18) of a window of the array: of each PE its registers, the products that it makes,
 * and why the array stands still, as a string variable, which GTKWave shows. Empty registers are `x`.
 */
export function createVcd(
  shape: PassShape,
  window: TraceWindow,
  { periodPs, isFloat }: VcdOptions,
): TraceWriter {
  const signals: Signal[] = [];
  const scopes: string[] = [];
  const changes: string[] = [];
  let end = 0;

  const add = (kind: string, bits: number, name: string, valueOf: Signal['valueOf']): string => {
    const code = codeOf(signals.length);
    const declaration = `$var ${kind} ${bits} ${code} ${name} $end`;
    signals.push({ code, declaration, valueOf, last: undefined });
    return declaration;
  };
  const addRegisters = (
    name: string,
    bits: number,
    planeOf: (state: ArrayState) => RegisterPlane,
    entries: number,
    pe: number,
  ): string[] =>
    Array.from({ length: entries }, (_, entry) =>
      add(
        isFloat ? 'real' : 'reg',
        isFloat ? 64 : bits,
        entries === 1 ? name : `${name}_${entry}`,
        (state) => {
          const plane = planeOf(state);
          const at = pe * entries + entry;
          return registerValue(plane.operands[at] >= 0 ? plane.values[at] : undefined, bits, isFloat);
        },
      ),
    );
  const declare = (first: ArrayState): void => {
    scopes.push('$scope module array $end');
    scopes.push(add('string', 1, 'stall', ({ stall }) => `s${stall ?? 'none'} `));
    forEachPe(first, window, (row, column, pe) => {
      scopes.push(
        `$scope module pe_${row}_${column} $end`,
        ...addRegisters('ifmap', shape.ifmapBits, ({ ifmap }) => ifmap, first.ifmap.entries, pe),
        ...addRegisters('weight', shape.weightBits, ({ weight }) => weight, first.weight.entries, pe),
        ...addRegisters('next_ifmap', shape.ifmapBits, ({ nextIfmap }) => nextIfmap, first.ifmap.entries, pe),
        ...addRegisters(
          'next_weight',
          shape.weightBits,
          ({ nextWeight }) => nextWeight,
          first.weight.entries,
          pe,
        ),
        ...addRegisters('psum', shape.psumBits, ({ psum }) => psum, first.psum.entries, pe),
        add('wire', 16, 'products', ({ products }) => `b${products[pe].toString(2)} `),
        '$upscope $end',
      );
    });
    scopes.push('$upscope $end');
  };

  return {
    observe(state) {
      if (!isInside(state.cycle, window.cycles)) return;
      if (signals.length === 0) declare(state);
      const changed = signals.filter((signal) => {
        const value = signal.valueOf(state);
        if (value === signal.last) return false;
        signal.last = value;
        return true;
      });
      if (changed.length > 0) {
        changes.push(
          `#${state.cycle * periodPs}`,
          ...changed.map(({ last, code }) => `${last ?? ''}${code}`),
        );
      }
      end = (state.cycle + 1) * periodPs;
    },
    text: () =>
      [
        '$comment a pass of psconv-sim: registers at the end of each cycle $end',
        '$timescale 1 ps $end',
        ...scopes,
        '$enddefinitions $end',
        ...changes,
        `#${end}`,
        '',
      ].join('\n'),
  };
}

/** Short codes of printable characters, in counting order. */
function codeOf(index: number): string {
  const first = 33;
  const count = 94;
  let code = '';
  for (let left = index; left >= 0; left = Math.floor(left / count) - 1) {
    code = String.fromCharCode(first + (left % count)) + code;
  }
  return code;
}

/** Two's complement of the register's width, or a real number. */
function registerValue(value: number | undefined, bits: number, isFloat: boolean): string {
  if (isFloat) return `r${value ?? 'nan'} `;
  if (value === undefined) return 'bx ';
  return `b${BigInt.asUintN(bits, BigInt(value)).toString(2)} `;
}
