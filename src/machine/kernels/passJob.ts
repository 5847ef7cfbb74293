/** The 32-bit words of `PassJob` in `assembly/passJob.ts`, in its order. */
const fields = [
  'ifmap',
  'elementBytes',
  'patchWidth',
  'channelElements',
  'channels',
  'kernelHeight',
  'kernelWidth',
  'strideRows',
  'strideColumns',
  'dilationRows',
  'dilationColumns',
  'columns',
  'positions',
  'sums',
  'sumPitch',
  'groups',
  'begins',
  'ends',
  'psums',
  'ofmap',
  'hasResidual',
  'finish',
  'least',
  'most',
  'relu',
  'psumBytes',
  'highHalves',
] as const;

type PassJobField = (typeof fields)[number];

const wordOf = Object.fromEntries(fields.map((field, word) => [field, word])) as Record<PassJobField, number>;

/** Bytes that a job takes. */
export const passJobBytes = fields.length * 4;

/** Writes some words of a job. */
export function writeJob(job: Int32Array, words: Partial<Record<PassJobField, number>>): void {
  for (const field of fields) {
    const value = words[field];
    if (value !== undefined) job[wordOf[field]] = value;
  }
}

/** Output positions that the kernels sum together. */
export const blockPositions = 8;
