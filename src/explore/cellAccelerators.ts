import type { Accelerator } from '../accelerator/accelerator.js';
import { withDataflow } from '../accelerator/withDataflow.js';
import { dataflowNameFault } from '../dataflow/dataflows.js';
import { faultAt } from '../document/document.js';
import type { YamlDocument } from '../document/document.js';
import { UserError } from '../document/userError.js';
import type { ScenarioFile } from '../scenario/scenario.js';
import type { ScenarioOverrides } from './overrides.js';

/**
 * The accelerator in each dataflow that the command line or else the file asks for; as it is when neither does.
 *
 * @throws UserError for a dataflow that is unknown, named twice, or cannot do what the accelerator is set to
 */
export function cellAccelerators(
  accelerator: Accelerator,
  settings: ScenarioFile,
  document: YamlDocument,
  overrides: ScenarioOverrides,
): Accelerator[] {
  const names = overrides.dataflows ?? settings.dataflows;
  if (names === undefined) return [accelerator];
  return names.map((name, index) => {
    const wrong =
      dataflowNameFault(name) ??
      (names.indexOf(name) < index ? `expected each dataflow once, got ${name} again` : undefined);
    if (wrong === undefined) return withDataflow(accelerator, name);
    throw overrides.dataflows === undefined
      ? faultAt(document, ['dataflows', index], wrong)
      : new UserError(wrong);
  });
}
