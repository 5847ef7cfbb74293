/** Of functions that belong to no part. */
export const fallbackPart = 'rest';

interface PartRule {
  readonly part: string;
  /** Compiled functions, by file and name in `assembly/`; what is called from one place alone is a part of its caller. */
  readonly kernels?: RegExp;
  readonly files?: RegExp;
}

/** Parts of the tile execution; the first that fits counts. */
const rules: readonly PartRule[] = [
  {
    part: 'weights: decoding, widening, lists of taps',
    kernels: /widenWeights|splitWeights/,
    files: /\/machine\/(weightStreams|kernels\/filterGroups)\.js$|\/storage\//,
  },
  { part: 'columns', kernels: /\/columns\// },
  {
    part: 'post-processing',
    kernels: /\/finish\/|\/endIntegers/,
    files: /\/machine\/(vectorUnit|postProcessor|fusedPooling)\.js$/,
  },
  { part: 'sums begun, and partial ones brought', kernels: /\/psums\/|\/index\/begin/ },
  {
    part: 'DMA: bytes between DRAM and buffers',
    kernels: /\/dma\//,
    files: /\/machine\/(dma|dmaEngine|layoutDma|layerDram|compressedDram|buffers|memory)\.js$/,
  },
  { part: 'sums', kernels: /^assembly\// },
  {
    part: 'passes: what the kernels are told',
    files: /\/machine\/(compiledPass|convolutionPass|kernels\/passJob|accumulate)\.js$/,
  },
  { part: 'cost of passes', files: /\/dataflow\/|\/mapping\/passShape\.js$/ },
  { part: 'schedules', files: /\/(schedule|mapping)\// },
  {
    part: 'times of transfers and passes',
    files: /\/machine\/(timeline|estimateLayer|dram\/\w+)\.js$|\/dram\//,
  },
  { part: 'counts', files: /\/counts\// },
];

/**
 * The part of the tile execution that a function belongs to.
 *
 * @param functionName as the profiler calls it; of a kernel its file in `assembly/` and its name
 * @param url of its file; empty for the engine's own work
 */
export function partOf(functionName: string, url: string): string {
  if (functionName === '(garbage collector)') return 'garbage collection';
  const isCompiled = url.startsWith('wasm://');
  const found = rules.find(({ kernels, files }) =>
    isCompiled ? kernels?.test(functionName) : files?.test(url),
  );
  return found?.part ?? fallbackPart;
}
