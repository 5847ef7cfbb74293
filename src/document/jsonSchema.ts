import { z } from 'zod';

/** A JSON Schema (draft 2020-12) of what a user may write, for editors that check and complete YAML. */
export function toEditorSchema(schema: z.ZodType, title: string): Record<string, unknown> {
  const { $schema, ...rest } = z.toJSONSchema(schema, {
    io: 'input',
    target: 'draft-2020-12',
    // A few checks (unique entries, formulas) have no counterpart in JSON Schema; the rest still helps.
    unrepresentable: 'any',
  });
  return { $schema, title, ...rest };
}
