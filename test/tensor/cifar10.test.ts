import { expect } from 'chai';
import { UserError } from '../../src/document/userError.js';
import { readCifar10 } from '../../src/tensor/cifar10.js';
import { rejection, withFile } from './temporaryFile.js';

function batch(labels: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(labels.length * 3073);
  labels.forEach((label, image) => {
    bytes.fill(image + 1, image * 3073, (image + 1) * 3073);
    bytes[image * 3073] = label;
  });
  return bytes;
}

describe('CIFAR-10', () => {
  it('reads the labels and pixels of the images asked for', async () => {
    await withFile('batch.bin', batch([3, 1, 4, 9]), async (file) => {
      const { labels, pixels } = await readCifar10(file, { first: 1, count: 2 });
      expect([...labels]).to.deep.equal([1, 4]);
      expect(pixels.map((image) => [image.length, image[0], image[3071]])).to.deep.equal([
        [3072, 2, 2],
        [3072, 3, 3],
      ]);
    });
  });

  it('refuses a file that is cut short, saying the bytes found and expected', async () => {
    await withFile('batch.bin', batch([1, 2]).subarray(0, 5000), async (file) => {
      const error = await rejection(readCifar10(file, { first: 0, count: 1 }));
      expect(error).to.be.instanceOf(UserError);
      expect(error.message).to.include('multiple of 3073 bytes, such as 3073; found 5000 bytes');
    });
    await withFile('batch.bin', new Uint8Array(0), async (file) => {
      expect((await rejection(readCifar10(file, { first: 0, count: 1 }))).message).to.include(
        'found 0 bytes',
      );
    });
  });

  it('refuses to read more images than there are', async () => {
    await withFile('batch.bin', batch([1, 2]), async (file) => {
      const error = await rejection(readCifar10(file, { first: 1, count: 2 }));
      expect(error).to.be.instanceOf(UserError);
      expect(error.message).to.include('expected at least 3 images (2 from number 1 on), found 2');
    });
  });

  it('refuses labels above 9', async () => {
    await withFile('batch.bin', batch([1, 10]), async (file) => {
      const error = await rejection(readCifar10(file, { first: 0, count: 2 }));
      expect(error).to.be.instanceOf(UserError);
      expect(error.message).to.include('expected a label 0 .. 9 at byte 3073, found 10');
    });
  });
});
