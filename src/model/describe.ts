import type { NetworkImages } from './images.js';
import type { NetworkParameters } from './parameters.js';

const namesShown = 3;

/**
 * What a model was made of, one line each, to be printed with every result: weights, images, calibration.
 *
 * @param calibrationImages how many images set the scales; 0 in float32, where there are none to set
 */
export function describeModel(
  parameters: NetworkParameters,
  images: NetworkImages,
  calibrationImages: number,
): string[] {
  const lines = [parameters.description];
  if (parameters.droppedWeights > 0) {
    lines.push(
      `${parameters.droppedWeights} non-zero weights of the file lie outside the supports and were set to zero: ` +
        'accuracy is not that of the trained network',
    );
  }
  const { unusedArrays } = parameters;
  if (unusedArrays.length > 0) {
    const shown = unusedArrays.slice(0, namesShown).join(', ');
    const more = unusedArrays.length > namesShown ? ` and ${unusedArrays.length - namesShown} more` : '';
    lines.push(`arrays of the file that the network does not use: ${shown}${more}`);
  }
  lines.push(`input: ${images.description}`);
  if (calibrationImages > 0) {
    const which = calibrationImages === 1 ? '1 image' : `${calibrationImages} images`;
    lines.push(`activation scales: largest magnitudes on ${which}`);
  }
  return lines;
}
