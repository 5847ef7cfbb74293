/** A physical dimension as users write it and as the program computes with it. */
interface DimensionSpec {
  /** What a value is called in messages. */
  readonly noun: string;
  /** Unit of the numbers inside the program, as a formula. */
  readonly base: string;
  /** Units to offer, as formulas. */
  readonly units: readonly string[];
  readonly example: string;
  /** Largest quantity taken for meant; formulas are not held to it. */
  readonly max: string;
  /** Only whole multiples of the base unit exist. */
  readonly whole: boolean;
}

export const dimensions = {
  bytes: {
    noun: 'size',
    base: 'B',
    units: ['B', 'kB', 'MB', 'GB', 'KiB', 'MiB', 'GiB'],
    example: '108 KiB',
    max: '1 TiB',
    whole: true,
  },
  bits: { noun: 'width', base: 'bit', units: ['bit', 'B'], example: '128 bit', max: '1 Mibit', whole: true },
  frequency: {
    noun: 'frequency',
    base: 'Hz',
    units: ['Hz', 'kHz', 'MHz', 'GHz'],
    example: '1 GHz',
    max: '1 THz',
    whole: false,
  },
  bandwidth: {
    noun: 'bandwidth',
    base: 'B/s',
    units: ['B/s', 'kB/s', 'MB/s', 'GB/s', 'MiB/s', 'GiB/s', 'Gbit/s'],
    example: '12.8 GB/s',
    max: '1000 TB/s',
    whole: false,
  },
  time: {
    noun: 'time',
    base: 'ps',
    units: ['ps', 'ns', 'us', 'ms', 's'],
    example: '100 ns',
    max: '1000 s',
    whole: false,
  },
  energy: {
    noun: 'energy',
    base: 'pJ',
    units: ['fJ', 'pJ', 'nJ', 'uJ', 'mJ', 'J'],
    example: '0.2 pJ',
    max: '1 J',
    whole: false,
  },
  energyPerBit: {
    noun: 'energy per bit',
    base: 'pJ/bit',
    units: ['fJ/bit', 'pJ/bit', 'nJ/bit', 'pJ/B'],
    example: '8 pJ/bit',
    max: '1 uJ/bit',
    whole: false,
  },
  power: {
    noun: 'power',
    base: 'mW',
    units: ['nW', 'uW', 'mW', 'W'],
    example: '1.5 mW',
    max: '10 kW',
    whole: false,
  },
  length: {
    noun: 'length',
    base: 'nm',
    units: ['nm', 'um', 'mm'],
    example: '45 nm',
    max: '1 m',
    whole: false,
  },
  area: {
    noun: 'area',
    base: 'um^2',
    units: ['nm^2', 'um^2', 'mm^2'],
    example: '36 um^2',
    max: '1 m^2',
    whole: false,
  },
  voltage: { noun: 'voltage', base: 'V', units: ['mV', 'V'], example: '0.9 V', max: '1 kV', whole: false },
  current: {
    noun: 'current',
    base: 'mA',
    units: ['uA', 'mA', 'A'],
    example: '48 mA',
    max: '100 A',
    whole: false,
  },
} as const satisfies Record<string, DimensionSpec>;

export type Dimension = keyof typeof dimensions;

export function specOf(dimension: Dimension): DimensionSpec {
  return dimensions[dimension];
}

/**
 * Units that formulas may name, as multiples of a unit that mathjs knows. No other of its units is reachable: its
 * "b" is a bit, and people who write it often mean a byte.
 */
export const units: Readonly<Record<string, readonly [factor: number, unit: string]>> = {
  ...multiples('B', 'B', { '': 1, k: 1e3, M: 1e6, G: 1e9, T: 1e12 }),
  ...multiples('B', 'B', { Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40 }),
  byte: [1, 'B'],
  bytes: [1, 'B'],
  ...multiples('bit', 'bit', { '': 1, k: 1e3, M: 1e6, G: 1e9, T: 1e12 }),
  ...multiples('bit', 'bit', { Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30 }),
  bits: [1, 'bit'],
  ...multiples('Hz', 'Hz', { '': 1, k: 1e3, M: 1e6, G: 1e9, T: 1e12 }),
  ...multiples('s', 's', { '': 1, m: 1e-3, u: 1e-6, n: 1e-9, p: 1e-12, f: 1e-15 }),
  ...multiples('J', 'J', { '': 1, m: 1e-3, u: 1e-6, n: 1e-9, p: 1e-12, f: 1e-15, a: 1e-18 }),
  ...multiples('W', 'W', { k: 1e3, '': 1, m: 1e-3, u: 1e-6, n: 1e-9, p: 1e-12 }),
  ...multiples('m', 'm', { '': 1, c: 1e-2, m: 1e-3, u: 1e-6, n: 1e-9 }),
  ...multiples('V', 'V', { k: 1e3, '': 1, m: 1e-3 }),
  ...multiples('A', 'A', { '': 1, m: 1e-3, u: 1e-6 }),
};

function multiples(
  name: string,
  unit: string,
  prefixes: Readonly<Record<string, number>>,
): Record<string, [number, string]> {
  return Object.fromEntries(
    Object.entries(prefixes).map(([prefix, factor]) => [`${prefix}${name}`, [factor, unit]]),
  );
}
