import fc from 'fast-check';
import {
  defaultController,
  pagePolicies,
  refreshPolicies,
  schedulers,
} from '../../src/dram/controllerSettings.js';
import type { ControllerSettings } from '../../src/dram/controllerSettings.js';
import { burstClocksOf } from '../../src/dram/part.js';
import type { DramOrganisation, DramPart, DramTiming } from '../../src/dram/part.js';

/** A number of clocks, or of something else, both ends included. */
export const clocks = (min: number, max: number) => fc.integer({ min, max });
const powerOfTwo = (min: number, max: number) => clocks(min, max).map((exponent) => 2 ** exponent);

/** Small devices, so that streams come back to their rows and banks. */
const anyOrganisation: fc.Arbitrary<DramOrganisation> = fc
  .record({
    deviceBits: fc.constantFrom(8, 16, 32),
    devices: fc.constantFrom(1, 2, 4),
    burstLength: fc.constantFrom(4, 8, 16),
    bankGroups: fc.constantFrom(1, 1, 2, 4),
    banksPerGroup: fc.constantFrom(1, 2, 4, 8),
    rows: powerOfTwo(3, 8),
    burstsPerRow: powerOfTwo(1, 6),
  })
  .map(({ burstsPerRow, ...given }) => ({ ...given, columns: burstsPerRow * given.burstLength }));

/**
 * Timings that a part could have: the sums and orders hold that the standards imply, whatever the figures. Refreshes leave
 * time for work, and are frequent enough that a short stream sees some.
 */
function anyTiming(organisation: DramOrganisation): fc.Arbitrary<DramTiming> {
  const burst = burstClocksOf(organisation);
  const grouped = organisation.bankGroups > 1;
  const banks = organisation.bankGroups * organisation.banksPerGroup;
  const longer = grouped ? clocks(0, 4) : fc.constant(0);
  return fc
    .record({
      tCKPs: clocks(300, 2500),
      tCL: clocks(2, 40),
      tCWL: clocks(1, 30),
      tDQSCK: clocks(0, 6),
      tDQSS: clocks(0, 3),
      tRCDRD: clocks(2, 30),
      tRCDWR: clocks(2, 30),
      tRP: clocks(2, 30),
      morePab: clocks(0, 6),
      moreRas: clocks(0, 40),
      moreRc: clocks(0, 5),
      moreCcd: clocks(0, 3),
      ccdLonger: longer,
      tRRD_S: clocks(1, 12),
      rrdLonger: longer,
      moreFaw: clocks(0, 30),
      tWR: clocks(2, 30),
      tWTR_S: clocks(1, 12),
      wtrLonger: longer,
      tRTP: clocks(2, 12),
      tRTRS: clocks(0, 4),
      tRFC: clocks(20, 300),
      partOfRfc: fc.option(clocks(30, 90), { nil: undefined }),
      moreRefi: clocks(0, 3000),
      tXP: clocks(1, 15),
      tCKE: clocks(1, 10),
    })
    .map((given): DramTiming => {
      const { morePab, moreRas, moreRc, moreCcd, ccdLonger, rrdLonger, moreFaw, wtrLonger, ...plain } = given;
      const { partOfRfc, moreRefi, ...timing } = plain;
      const tRAS = Math.max(given.tRCDRD, given.tRCDWR) + given.tRTP + moreRas;
      const tCCD_S = burst + moreCcd;
      const tRFCpb = partOfRfc === undefined ? undefined : Math.ceil((given.tRFC * partOfRfc) / 100);
      // Closing a rank's banks for a refresh takes a while, and with single banks all of them want their turn.
      const closing = tRAS + given.tCWL + burst + given.tWR + given.tRP + morePab + banks;
      const refreshing = Math.max(given.tRFC, (tRFCpb ?? 0) * banks);
      return {
        ...timing,
        tRPab: given.tRP + morePab,
        tRAS,
        tRC: tRAS + given.tRP + moreRc,
        tCCD_S,
        tCCD_L: tCCD_S + ccdLonger,
        tRRD_L: given.tRRD_S + rrdLonger,
        tFAW: 4 * given.tRRD_S + moreFaw,
        tWTR_L: given.tWTR_S + wtrLonger,
        tREFI: 2 * refreshing + 4 * closing + moreRefi,
        ...(tRFCpb !== undefined && { tRFCpb }),
      };
    });
}

/** Parts with random but consistent organisation and timing, without currents. */
export const anyPart: fc.Arbitrary<DramPart> = anyOrganisation.chain((organisation) =>
  anyTiming(organisation).map((timing) => ({
    name: 'random',
    description: 'made up',
    file: 'random.yaml',
    standard: 'DDR4',
    source: 'test',
    organisation,
    timing,
    rails: [],
    railsSource: 'none',
  })),
);

const mapFields = ['row', 'rank', 'bank', 'column', 'bankgroup', 'channel'];
const anyMap = fc
  .shuffledSubarray(mapFields, { minLength: mapFields.length })
  .map((fields) => fields.join('-'));

/** Settings that a part allows. */
export function anySettings({ timing }: DramPart): fc.Arbitrary<ControllerSettings> {
  const possible = refreshPolicies.filter((policy) => policy !== 'per-bank' || timing.tRFCpb !== undefined);
  return fc
    .record({
      channels: fc.constantFrom(1, 1, 2),
      ranks: fc.constantFrom(1, 1, 2, 4),
      addressMap: fc.oneof(fc.constant(defaultController.addressMap), anyMap),
      scheduler: fc.constantFrom(...schedulers),
      window: clocks(1, 40),
      bankQueue: clocks(1, 10),
      highOfWindow: fc.double({ min: 0, max: 1, noNaN: true }),
      lowOfHigh: fc.double({ min: 0, max: 1, noNaN: true }),
      page: fc.constantFrom(...pagePolicies),
      pageTimeoutClocks: clocks(0, 200),
      maxRowHits: clocks(1, 20),
      refresh: fc.constantFrom(...possible),
      powerDown: fc.option(clocks(1, 200), { nil: undefined }),
    })
    .map(({ highOfWindow, lowOfHigh, powerDown, ...given }) => {
      const writeHigh = Math.max(1, Math.round(given.window * highOfWindow));
      return {
        ...defaultController,
        ...given,
        writeHigh,
        writeLow: Math.min(writeHigh - 1, Math.floor(writeHigh * lowOfHigh)),
        ...(powerDown !== undefined && { powerDownClocks: powerDown }),
      };
    });
}
