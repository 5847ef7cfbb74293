import { drawLockStep } from './lockStepFigure.js';
import { drawRowStationary } from './rowStationaryFigure.js';
import { drawOutputStationary, drawStationary } from './systolicFigures.js';

/** Drawings of the dataflows by name. All operands in them are what the register execution holds in that cycle. */
const drawings: Readonly<Record<string, () => string>> = {
  'output-stationary': drawOutputStationary,
  'weight-stationary': () => drawStationary('weight'),
  'input-stationary': () => drawStationary('ifmap'),
  'row-stationary': drawRowStationary,
  'lock-step': drawLockStep,
};

/** SVG files by dataflow. */
export function figures(): Map<string, string> {
  return new Map(Object.entries(drawings).map(([name, draw]) => [name, draw()]));
}
