import { expect } from 'chai';
import * as fc from 'fast-check';
import { join } from 'node:path';
import { readFileSync } from 'node:fs';
import { defaultController } from '../../../src/dram/controllerSettings.js';
import { parseAddressMap, placeOf } from '../../../src/dram/addressMap.js';
import { dramsim3 } from '../../../src/dram/trace/dramsim3.js';
import type { RequestFormat } from '../../../src/dram/trace/format.js';
import { requestFormats } from '../../../src/dram/trace/formats.js';
import type { TraceGeometry } from '../../../src/dram/trace/geometry.js';
import { readTrace } from '../../../src/dram/trace/readTrace.js';
import { ramulator2 } from '../../../src/dram/trace/ramulator2.js';
import { openRequestSink } from '../../../src/dram/trace/writeTrace.js';
import { inFolder, refusal } from '../../document/fixtures.js';
import { capacityBytes, part, readText } from './fixtures.js';

const anyRequest = fc.tuple(
  fc.nat({ max: Number.MAX_SAFE_INTEGER }),
  fc.boolean(),
  fc.nat({ max: Number.MAX_SAFE_INTEGER }),
);

/** As large as addresses may be. */
const wide: TraceGeometry = {
  capacityBytes: 2 ** 53,
  bankGroups: 1,
  banksPerGroup: 1,
  levels: [],
  addressOf: () => 0,
};

async function roundTrip(
  format: RequestFormat,
  requests: ReadonlyArray<readonly [number, boolean, number]>,
): Promise<{ text: string; read: unknown[]; name: string }> {
  return inFolder(async (folder) => {
    const file = join(folder, 'a.trace');
    const sink = await openRequestSink(file, format);
    for (const request of requests) sink.write(...request);
    sink.commit();
    await sink.discard();
    const read: unknown[] = [];
    const onCommand = (): void => expect.fail('a trace of requests has no commands');
    const found = await readTrace(
      file,
      wide,
      { onRequest: (...request) => read.push(request), onCommand },
      {
        chunkBytes: 7,
      },
    );
    expect(found.entries).to.equal(requests.length);
    return { text: readFileSync(file, 'utf8'), read, name: found.format.name };
  });
}

describe('traces of requests', () => {
  it('are read back as they were written, and recognised, addresses up to 2^53 and all', () =>
    fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...requestFormats),
        fc.array(anyRequest, { minLength: 1, maxLength: 20 }),
        async (format, requests) => {
          const { read, name } = await roundTrip(format, requests);
          expect(name).to.equal(format.name);
          const isTimed = format === dramsim3;
          expect(read).to.deep.equal(requests.map(([a, w, clock]) => [a, w, isTimed ? clock : 0]));
        },
      ),
      { numRuns: 60 },
    ));

  it("are written for DRAMsim3 in its own words, without a comment, which it doesn't know", async () => {
    const { text } = await roundTrip(dramsim3, [
      [0x1c0, false, 5],
      [0, true, 30],
    ]);
    expect(text).to.equal('0x1c0 READ 5\n0x0 WRITE 30\n');
  });

  it('are written for Ramulator 2 as two fields and one space: more it refuses', async () => {
    const { text } = await roundTrip(ramulator2, [
      [0x1c0, false, 5],
      [0, true, 30],
    ]);
    expect(text).to.equal('LD 0x1c0\nST 0x0\n');
  });

  it('may have spaces, tabs, comments, blank lines, CRLF, a byte order mark, no end of the last line', async () => {
    const text =
      '\ufeff# from somewhere\r\n\r\n  0x40\tREAD   0 # first\r\n#0x80 READ 1\r\n \t\r\n1C0 write 12\r\n0XfF P_MEM_WR 13';
    const { entries, format } = await readText(text);
    expect(format).to.equal(dramsim3);
    expect(entries).to.deep.equal([
      [0x40, false, 0],
      [0x1c0, true, 12],
      [0xff, true, 13],
    ]);
  });

  it("take Ramulator 2's addresses in decimal and in hexadecimal", async () => {
    const { entries, format } = await readText('LD 4096\nST 0x1000\nST 0X20\n');
    expect(format).to.equal(ramulator2);
    expect(entries).to.deep.equal([
      [4096, false, 0],
      [4096, true, 0],
      [32, true, 0],
    ]);
  });

  it("take Ramulator 2's address vectors to the address that the map sends there", async () => {
    const settings = { ...defaultController, channels: 2, ranks: 2 };
    const map = parseAddressMap(settings.addressMap, part, settings);
    const { entries } = await readText('R 1,0,2,3,100,32\nW 0,1,0,0,511,127\n', {}, { settings });
    expect(entries.map(([, isWrite]) => isWrite)).to.deep.equal([false, true]);
    const places = entries.map(([address]) => placeOf(map, Number(address) / 64));
    expect(places).to.deep.equal([
      { channel: 1, bank: 11, row: 100, column: 32 },
      { channel: 0, bank: 16, row: 511, column: 127 },
    ]);
  });

  it('take address vectors without a bank group where the part has none', async () => {
    const ungrouped = { ...part, organisation: { ...part.organisation, bankGroups: 1, banksPerGroup: 16 } };
    const settings = { ...defaultController, addressMap: 'row-bank-column' };
    const { entries } = await readText('R 0,0,15,1,2\nR 0,0,0,15,1,2\n', {}, { part: ungrouped, settings });
    expect(entries).to.deep.equal([
      [((1 * 16 + 15) * 128 + 2) * 64, false, 0],
      [((1 * 16 + 15) * 128 + 2) * 64, false, 0],
    ]);
    expect(await refusal(() => readText('R 0,0,15,1,2\n'))).to.match(
      /:1:3: expected an address vector, channel,rank,bank group,bank,row,column, got 5 numbers$/,
    );
  });

  it('are read alike whatever the size of the chunks', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat({ max: capacityBytes - 1 }), fc.boolean(), fc.nat()), {
          minLength: 1,
          maxLength: 12,
        }),
        fc.integer({ min: 1, max: 80 }),
        fc.constantFrom('\n', '\r\n'),
        fc.boolean(),
        async (requests, chunkBytes, lineEnd, isEnded) => {
          const lines = requests.map(
            (request) => `${dramsim3.write(...request)}  # ${'x'.repeat(request[2] % 90)}`,
          );
          const text = lines.join(lineEnd) + (isEnded ? lineEnd : '');
          expect((await readText(text, { chunkBytes })).entries).to.deep.equal(requests);
        },
      ),
      { numRuns: 60 },
    ));

  const faults: ReadonlyArray<readonly [string, string, RegExp]> = [
    ['a word that is neither', '0x0 READ 0\n\n0x40 REED 1\n', /:3:6: expected READ or WRITE, got "REED"$/],
    [
      'an address that is no number',
      '0x0 READ 0\n0xg0 READ 1',
      /:2:1: expected a hexadecimal address, got "0xg0"$/,
    ],
    ['an address of nothing', '0x0 READ 0\n0x READ 1', /:2:1: expected a hexadecimal address, got "0x"$/],
    ['a clock below 0', '0x0 READ -1', /:1:10: expected a clock, a whole number, got "-1"$/],
    [
      'a clock that is missing',
      '0x0 READ 0\n0x0 READ # 0',
      /:2:10: expected the clock of the request, got the end of the line$/,
    ],
    ['more than a request', '0x0 READ 0 0', /:1:12: expected nothing after the clock, got "0"$/],
    [
      'an address of more than 2^53',
      '0x20000000000000 READ 0',
      /:1:1: expected a hexadecimal address below 2\^53, got "0x20000000000000"$/,
    ],
    [
      'an address beyond the DRAM',
      '0x0 READ 0\n0x4000000 READ 0',
      /:2:1: expected an address within the 67108864 B of the DRAM, got 0x4000000 \(67108864\); use more channels/,
    ],
    ['an address vector beyond it', 'R 0,0,0,4,0,0', /:1:3: expected a bank below 4, got 4$/],
    ['half an address vector', 'LD 0x40\nW 0,,1', /:2:3: expected an address vector, .*, got "0,,1"$/],
    [
      'an address after R',
      'R 4096',
      /:1:3: expected an address vector, .*, got 1 number; plain addresses go with LD and ST$/,
    ],
    ['nothing after LD', 'LD', /:1:3: expected an address, got the end of the line$/],
    ['an unknown operation', 'LD 0\nLOAD 0', /:2:1: expected LD, ST, R or W, got "LOAD"$/],
    [
      'a column after characters of several bytes',
      '0x0 READ 0\n0xäö READ ü',
      /:2:1: expected a hexadecimal address, got "0xäö"$/,
    ],
    [
      'no trace at all',
      'hello world',
      /:1:1: expected a line of a trace \(dramsim3, ramulator2, commands\), got one that is none of them; say which it is to be with --format$/,
    ],
    [
      'nothing but comments',
      '# nothing\n\n',
      /: expected a trace with at least one request or command, got none$/,
    ],
    [
      'a line without end',
      `0x0 READ 0\n0x40 ${'READ '.repeat(20_000)}`,
      /:2:1: expected lines of at most 65536 bytes, got a longer one; is it a text file\?$/,
    ],
  ];
  for (const [name, text, message] of faults) {
    it(`are refused with their place: ${name}`, async () => {
      expect(await refusal(() => readText(text, { chunkBytes: 4096 }))).to.match(message);
    });
  }

  it('hold up to the last address and no further', async () => {
    const { entries } = await readText(`LD ${capacityBytes - 1}`);
    expect(entries).to.deep.equal([[capacityBytes - 1, false, 0]]);
    expect(await refusal(() => readText(`LD ${capacityBytes}`))).to.match(/:1:4: expected an address within/);
  });

  it('are read as what the user says they are', async () => {
    expect(await refusal(() => readText('LD 0\n', { format: dramsim3 }))).to.match(
      /:1:1: expected a hexadecimal address, got "LD"$/,
    );
  });

  it('hold something, whatever form they are said to have', async () => {
    expect(await refusal(() => readText('# nothing\n', { format: dramsim3 }))).to.match(
      /a\.trace: expected a trace with at least one request or command, got none$/,
    );
  });

  it('are not read further once the signal says so', async () => {
    const signal = AbortSignal.abort(new Error('enough'));
    let message = '';
    await readText('LD 0\nLD 64\n', { signal, chunkBytes: 6 }).catch((error: unknown) => {
      message = String(error);
    });
    expect(message).to.equal('Error: enough');
  });
});
