import type { Accuracy, CheckResult, LayerResult, VariantResult } from '../report/result.js';

/**
 * What several threads found of a cell, each of some of its batches, as one result. Counts and energies are of the first batch, which the
 * first part has run; checks and right answers add up.
 */
export function joinParts(parts: readonly VariantResult[]): VariantResult {
  const [first] = parts;
  return parts.slice(1).reduce(join, first);
}

function join(one: VariantResult, other: VariantResult): VariantResult {
  const endToEnd = addChecks(one.check?.endToEnd, other.check?.endToEnd);
  return {
    ...one,
    layers: one.layers.map((layer, index): LayerResult => {
      const check = addChecks(layer.check, other.layers[index].check);
      return { ...layer, ...(check && { check }) };
    }),
    ...(one.check && {
      check: { ...one.check, ...addChecks(one.check, other.check), ...(endToEnd && { endToEnd }) },
    }),
    ...(one.accuracy && other.accuracy && { accuracy: addAccuracies(one.accuracy, other.accuracy) }),
  };
}

function addChecks(one: CheckResult | undefined, other: CheckResult | undefined): CheckResult | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return { outputs: one.outputs + other.outputs, mismatches: one.mismatches + other.mismatches };
}

function addAccuracies(one: Accuracy, other: Accuracy): Accuracy {
  const { reference } = one;
  return {
    images: one.images + other.images,
    machineTop1: one.machineTop1 + other.machineTop1,
    float32Top1: one.float32Top1 + other.float32Top1,
    ...(reference &&
      other.reference && {
        reference: {
          top1: reference.top1 + other.reference.top1,
          agreeing: reference.agreeing + other.reference.agreeing,
        },
      }),
  };
}
