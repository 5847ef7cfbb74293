import type { ScenarioResult, VariantResult } from './result.js';

/** The variant's name, and storage and dataflow where several are compared. */
export function variantTitle(
  variant: VariantResult,
  { variants }: Pick<ScenarioResult, 'variants'>,
): string[] {
  const compared = (['storage', 'dataflow'] as const).filter((key) =>
    variants.some((each) => each[key] !== variants[0][key]),
  );
  return [variant.variant, ...compared.map((key) => variant[key])];
}
