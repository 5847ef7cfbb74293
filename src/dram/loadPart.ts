import { expectKind, faultAt, parseDocument, readDocument } from '../document/document.js';
import type { YamlDocument, YamlPath } from '../document/document.js';
import { resolveReference } from '../document/library.js';
import { UserError } from '../document/userError.js';
import { commandEnergy } from './dramEnergy.js';
import type { FlatDram } from './flatDram.js';
import { partOrganisation } from './organisation.js';
import { burstClocksOf } from './part.js';
import type { DramPart, DramRail } from './part.js';
import { partTiming } from './partTiming.js';
import { dramSchema } from './schema.js';
import type { FlatKeys, PartFile } from './schema.js';
import { sharedTimings, timings } from './timingNames.js';

/** What a file of kind `dram` says. */
export type LoadedDram =
  | { readonly model: 'flat'; readonly name: string; readonly file: string; readonly flat: FlatDram }
  | { readonly model: 'commands'; readonly part: DramPart };

/**
 * Reads a file of kind `dram`.
 *
 * @param reference a name such as `lpddr4-3200`, or a path relative to `fromFile`
 * @throws UserError with file, line and column: an unknown key, a size or unit that makes no sense, timings that are missing or
 *   contradict each other, currents by which a command would cost less than nothing
 */
export async function loadDram(reference: string, fromFile?: string): Promise<LoadedDram> {
  return readDram(await resolveReference(reference, 'dram', fromFile));
}

/**
 * As `loadDram`, for a part that is to be driven command by command.
 *
 * @throws UserError also for a flat DRAM, which has no commands
 */
export async function loadPart(reference: string, fromFile?: string): Promise<DramPart> {
  const loaded = await loadDram(reference, fromFile);
  if (loaded.model === 'commands') return loaded.part;
  throw new UserError(
    `expected a DRAM part with "model: commands", got ${loaded.name}, which is flat: it has no banks, rows or commands`,
  );
}

/** @param file the path of a file of kind `dram` */
export async function readDram(file: string): Promise<LoadedDram> {
  const document = await readDocument(file);
  expectKind(document, 'dram');
  const given = parseDocument(document, dramSchema);
  if (given.model === 'flat') {
    return { model: 'flat', name: given.name, file: document.file, flat: flatDram(given, document) };
  }
  return { model: 'commands', part: partOf(document, given) };
}

/**
 * The keys of a flat DRAM, which stand at `path` of a document.
 *
 * @throws UserError when there is an energy without its source, or a source alone
 */
export function flatDram(
  { bandwidth, latency, burst, energy, source }: FlatKeys,
  document: YamlDocument,
  path: YamlPath = [],
): FlatDram {
  if ((energy === undefined) !== (source === undefined)) {
    const [missing, found] = energy === undefined ? ['energy', 'source'] : ['source', 'energy'];
    const message = `missing key "${missing}"; expected an energy figure with its source, or neither, got "${found}" alone`;
    throw faultAt(document, path, message);
  }
  return {
    bandwidthBytesPerSecond: bandwidth,
    latencyPs: Math.round(latency),
    burstBytes: burst,
    ...(energy !== undefined && { energyPjPerBit: energy }),
    source: source ?? 'the energy table',
  };
}

function partOf(document: YamlDocument, given: PartFile): DramPart {
  const organisation = partOrganisation(document, given);
  const part: DramPart = {
    name: given.name,
    description: given.description,
    file: document.file,
    standard: given.standard,
    source: sourcesOf(document, given),
    organisation,
    timing: partTiming(document, given, burstClocksOf(organisation)),
    rails: railsOf(document, given),
    railsSource: given.currents?.source ?? '',
    location: document.locate([]),
  };
  checkCommandEnergy(document, part);
  return part;
}

const keysWithSources: readonly string[] = [
  ...['tCK', ...timings, ...Object.keys(sharedTimings)],
  ...['width', 'devices', 'burstLength', 'bankGroups', 'banks', 'rows', 'columns'],
];

/** The source of all, and behind it those of single values. */
function sourcesOf(document: YamlDocument, { source, sources, timing, organisation }: PartFile): string {
  const values: Readonly<Record<string, unknown>> = { ...timing, ...organisation };
  const others = sources.map((each, index) => {
    each.of.forEach((name, position) => {
      if (keysWithSources.includes(name) && values[name] !== undefined) return;
      throw faultAt(
        document,
        ['sources', index, 'of', position],
        `expected a key of timing or organisation that this file gives, got "${name}"`,
      );
    });
    return `; ${each.of.join(', ')}: ${each.source}`;
  });
  return source + others.join('');
}

function railsOf(document: YamlDocument, { currents }: PartFile): DramRail[] {
  const rails = currents?.rails ?? [];
  rails.forEach(({ name }, index) => {
    if (rails.findIndex((other) => other.name === name) === index) return;
    throw faultAt(
      document,
      ['currents', 'rails', index, 'name'],
      `expected each supply once, got "${name}" again`,
    );
  });
  return rails;
}

/** Commands are charged for what they draw beyond standby, which must not be less than nothing. */
function checkCommandEnergy(document: YamlDocument, part: DramPart): void {
  const energy = commandEnergy(part);
  const commands = [
    ['an activate', 'IDD0', energy.activatePj],
    ['a read', 'IDD4R', energy.readPj],
    ['a write', 'IDD4W', energy.writePj],
    ['a refresh', 'IDD5', energy.refreshPj],
  ] as const;
  for (const [what, current, pj] of commands) {
    if (pj >= 0) continue;
    throw faultAt(
      document,
      ['currents'],
      `expected ${current} above what standby draws (IDD3N, IDD2N), so that ${what} costs energy, ` +
        `got ${Number(pj.toPrecision(6))} pJ over all supplies`,
    );
  }
}
