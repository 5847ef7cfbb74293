import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { defaultController } from '../../../src/dram/controllerSettings.js';
import type { ControllerSettings } from '../../../src/dram/controllerSettings.js';
import type { DramPart } from '../../../src/dram/part.js';
import type { TraceFormat } from '../../../src/dram/trace/format.js';
import { geometryOf } from '../../../src/dram/trace/geometry.js';
import { readTrace } from '../../../src/dram/trace/readTrace.js';
import type { ReadTraceOptions } from '../../../src/dram/trace/readTrace.js';
import { inFolder } from '../../document/fixtures.js';
import { dramsim3Ddr4 } from '../fixtures.js';

/** 64 MiB: bursts of 64 B, 4 groups of 4 banks, 512 rows of 128 bursts. */
export const part: DramPart = {
  ...dramsim3Ddr4,
  name: 'made-up',
  description: 'made up for tests',
  file: 'made-up.yaml',
  standard: 'DDR4',
  source: 'made up for tests',
  organisation: { ...dramsim3Ddr4.organisation, rows: 512 },
  timing: { ...dramsim3Ddr4.timing, tCKPs: 833, tRTRS: 2, tREFI: 9363 },
};

export const capacityBytes = 2 ** 26;

/** One request or command of a trace, as its reader was told. */
export type Entry = readonly [number, boolean, number] | readonly number[];

export interface Read {
  readonly format: TraceFormat;
  readonly entries: Entry[];
}

/** Reads a text as a trace of a part with one channel and rank. */
export function readText(
  text: string | Uint8Array,
  options: ReadTraceOptions = {},
  of: { readonly part?: DramPart; readonly settings?: ControllerSettings } = {},
): Promise<Read> {
  return inFolder(async (folder) => {
    const file = join(folder, 'a.trace');
    writeFileSync(file, text);
    const entries: Entry[] = [];
    const { format } = await readTrace(
      file,
      geometryOf(of.part ?? part, of.settings ?? defaultController),
      {
        onRequest: (...request) => entries.push(request),
        onCommand: (...command) => entries.push(command),
      },
      options,
    );
    return { format, entries };
  });
}
