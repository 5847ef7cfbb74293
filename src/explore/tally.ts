import type { NetworkImages } from '../model/images.js';
import type { Accuracy } from '../report/result.js';

/** What the network answered for one image. */
export interface Answers {
  readonly machine: ArrayLike<number>;
  readonly float32: ArrayLike<number>;
  readonly reference: ArrayLike<number> | undefined;
}

/** Counts the right answers of images whose classes are known. */
export function tally(labels: NonNullable<NetworkImages['labels']>, answers: readonly Answers[]): Accuracy {
  const right = (outputs: (answer: Answers) => ArrayLike<number> | undefined): number =>
    answers.filter((answer, image) => {
      const given = outputs(answer);
      return given !== undefined && topClass(given) === labels[image];
    }).length;
  const isChecked = answers.every(({ reference }) => reference !== undefined);
  return {
    images: answers.length,
    machineTop1: right(({ machine }) => machine),
    float32Top1: right(({ float32 }) => float32),
    ...(isChecked && {
      reference: {
        top1: right(({ reference }) => reference),
        agreeing: answers.filter(
          ({ machine, reference }) => reference !== undefined && topClass(machine) === topClass(reference),
        ).length,
      },
    }),
  };
}

/** The class of the largest output; of equal ones the first. */
function topClass(outputs: ArrayLike<number>): number {
  let best = 0;
  for (let index = 1; index < outputs.length; index++) if (outputs[index] > outputs[best]) best = index;
  return best;
}
