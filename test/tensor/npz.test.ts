import { expect } from 'chai';
import { zipSync } from 'fflate';
import { UserError } from '../../src/document/userError.js';
import { readNpy } from '../../src/tensor/npy.js';
import { readNpz } from '../../src/tensor/npz.js';
import { float32Npy, npyBytes, npyHeader } from './npyBytes.js';
import { rejection, withFile } from './temporaryFile.js';

const bytesOf = (data: { buffer: ArrayBufferLike }): Uint8Array => new Uint8Array(data.buffer);

describe('npy', () => {
  it('reads every supported type', () => {
    const cases = [
      ['<f4', Float32Array.of(1.5, -2)],
      ['<f8', Float64Array.of(1.5, -2)],
      ['|i1', Int8Array.of(-128, 127)],
      ['|u1', Uint8Array.of(0, 255)],
      ['<i2', Int16Array.of(-32768, 32767)],
      ['<u2', Uint16Array.of(0, 65535)],
      ['<i4', Int32Array.of(-7, 8)],
      ['<i8', BigInt64Array.of(-7n, 2n ** 62n)],
    ] as const;
    for (const [descr, data] of cases) {
      const array = readNpy(npyBytes(npyHeader(descr, [2]), bytesOf(data)), 'x');
      expect(array, descr).to.deep.equal({ shape: [2], data });
    }
  });

  it('reads bool as 0 and 1', () => {
    const array = readNpy(npyBytes(npyHeader('|b1', [4]), Uint8Array.of(0, 1, 1, 255)), 'x');
    expect(array).to.deep.equal({ shape: [4], data: Uint8Array.of(0, 1, 1, 1) });
  });

  it('reads from a Buffer, whose memory other buffers share', () => {
    const bytes = Buffer.concat([
      Buffer.from([0]),
      npyBytes(npyHeader('<i2', [2]), bytesOf(Int16Array.of(5, 6))),
    ]);
    expect([...readNpy(bytes.subarray(1), 'x').data]).to.deep.equal([5, 6]);
  });

  it('reads versions 1, 2 and 3', () => {
    for (const version of [1, 2, 3]) {
      const bytes = npyBytes(npyHeader('<i2', [2]), bytesOf(Int16Array.of(1, 2)), version);
      expect([...readNpy(bytes, 'x').data]).to.deep.equal([1, 2]);
    }
  });

  it('brings Fortran order to C order', () => {
    // [[1, 2, 3], [4, 5, 6]] column by column
    const bytes = npyBytes(npyHeader('|u1', [2, 3], true), Uint8Array.of(1, 4, 2, 5, 3, 6));
    expect([...readNpy(bytes, 'x').data]).to.deep.equal([1, 2, 3, 4, 5, 6]);
  });

  it('brings Fortran order of four dimensions to C order', () => {
    const shape = [2, 3, 4, 5];
    const data = new Int16Array(120);
    for (let i = 0; i < 120; i++) {
      const [a, b, c, d] = [Math.floor(i / 60), Math.floor(i / 20) % 3, Math.floor(i / 5) % 4, i % 5];
      data[a + 2 * (b + 3 * (c + 4 * d))] = i;
    }
    const bytes = npyBytes(npyHeader('<i2', shape, true), bytesOf(data));
    expect([...readNpy(bytes, 'x').data]).to.deep.equal(Array.from({ length: 120 }, (_, i) => i));
  });

  it('reads big-endian numbers', () => {
    const bytes = npyBytes(npyHeader('>i2', [2]), Uint8Array.of(0x01, 0x02, 0xff, 0xfe));
    expect([...readNpy(bytes, 'x').data]).to.deep.equal([0x0102, -2]);
  });

  it('reads a single number and an empty array', () => {
    expect(readNpy(npyBytes(npyHeader('|u1', []), Uint8Array.of(7)), 'x')).to.deep.equal({
      shape: [],
      data: Uint8Array.of(7),
    });
    expect(readNpy(npyBytes(npyHeader('|u1', [0, 3]), new Uint8Array(0)), 'x').data).to.have.length(0);
  });

  it('refuses wrong magic, cut data, surplus data and cut headers, saying what was expected', () => {
    const whole = float32Npy([2, 2], [1, 2, 3, 4]);
    expect(() => readNpy(Uint8Array.of(1, 2, 3), 'w')).to.throw(UserError, 'w: expected a NumPy array');
    expect(() => readNpy(whole.subarray(0, whole.length - 1), 'w')).to.throw(
      UserError,
      'w: the array is cut short',
    );
    expect(() => readNpy(whole.subarray(0, 20), 'w')).to.throw(UserError, 'w: the array is cut short');
    const surplus = new Uint8Array(whole.length + 1);
    surplus.set(whole);
    expect(() => readNpy(surplus, 'w')).to.throw(UserError, 'for shape (2, 2)');
    whole[6] = 9;
    expect(() => readNpy(whole, 'w')).to.throw(UserError, 'found version 9');
  });

  it('refuses other types by name', () => {
    for (const descr of ['<f2', '<c8', '<u8', '<U3', '|O']) {
      expect(() => readNpy(npyBytes(npyHeader(descr, [1]), new Uint8Array(8)), 'w'), descr).to.throw(
        UserError,
        `found "${descr}"`,
      );
    }
    const structured = "{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,), }";
    expect(() => readNpy(npyBytes(structured, new Uint8Array(4)), 'w')).to.throw(
      UserError,
      'a structured type',
    );
  });
});

describe('npz', () => {
  const zip = (level: 0 | 6): Uint8Array =>
    zipSync(
      {
        'a.weight.npy': float32Npy([2], [1, 2]),
        'b.npy': float32Npy([1], [3]),
        'notes.txt': new Uint8Array(4),
      },
      { level },
    );

  it('reads stored and deflated arrays by name', async () => {
    for (const level of [0, 6] as const) {
      await withFile('w.npz', zip(level), async (file) => {
        const arrays = await readNpz(file);
        expect([...arrays.keys()]).to.deep.equal(['a.weight', 'b']);
        expect(arrays.get('a.weight')).to.deep.equal({ shape: [2], data: Float32Array.of(1, 2) });
      });
    }
  });

  it('refuses an archive that is cut short, anywhere', async () => {
    const whole = zip(6);
    for (const length of [4, 40, Math.floor(whole.length / 2), whole.length - 1]) {
      await withFile('w.npz', whole.subarray(0, length), async (file) => {
        const error = await rejection(readNpz(file));
        expect(error, String(length)).to.be.instanceOf(UserError);
        expect(error.message).to.include('cut short');
      });
    }
  });

  it('refuses files that are no zip, that hold no array, and that do not exist', async () => {
    await withFile('w.npz', new Uint8Array(100), async (file) => {
      expect((await rejection(readNpz(file))).message).to.include('found "00000000"');
      const missing = await rejection(readNpz(`${file}x`));
      expect(missing).to.be.instanceOf(UserError);
      expect(missing.message).to.include('found no file of this name');
    });
    await withFile('w.npz', zipSync({ 'notes.txt': new Uint8Array(4) }), async (file) => {
      expect((await rejection(readNpz(file))).message).to.include('at least one array, found none');
    });
  });
});
