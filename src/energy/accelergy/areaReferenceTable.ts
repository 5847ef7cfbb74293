import { z } from 'zod';
import { quote } from '../../document/describeValue.js';
import { parseDocument } from '../../document/document.js';
import { componentName, nonNegative, once, readSection, versionSchema } from './section.js';

export interface ComponentArea {
  /** With the ranges of its instances, such as `system.PE[0..167].mac`. */
  readonly name: string;
  /** Of one instance. */
  readonly areaUm2: number;
}

/** Accelergy's `ART.yaml`: the area of every component. */
export interface AreaReferenceTable {
  readonly version: string;
  readonly tables: readonly ComponentArea[];
}

const schema = z.object({
  ART: z.object({
    version: versionSchema,
    tables: z.array(
      z.object({
        name: componentName,
        // Accelergy estimates m^2, and writes them times 1e12.
        area: nonNegative('non-negative area in um^2'),
      }),
    ),
  }),
});

/**
 * Reads an area reference table of Accelergy 0.3 or 0.4. Areas are in um^2, of one instance.
 *
 * @throws UserError at what is no area table, a missing or negative area, or a repeated component
 */
export async function readArt(path: string): Promise<AreaReferenceTable> {
  const document = await readSection(path, 'ART');
  const { ART } = parseDocument(document, schema);
  const component = once(document);
  return {
    version: ART.version,
    tables: ART.tables.map(({ name, area }, index) => {
      component(name, quote(name), ['ART', 'tables', index, 'name']);
      return { name, areaUm2: area };
    }),
  };
}
