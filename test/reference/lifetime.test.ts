import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { openReference } from '../../src/reference/backend.js';
import type { ReferenceBackend } from '../../src/reference/backend.js';
import { createReference } from '../../src/reference/networkReference.js';
import { timeInference } from '../../src/reference/timeInference.js';
import { int8 } from '../machine/arbitraries.js';
import { float32, smallModel } from './models.js';

describe('lifetime of a reference', () => {
  let wasm: ReferenceBackend;
  before(async () => {
    wasm = await openReference('wasm');
  });
  afterEach(() => {
    wasm.dispose();
  });

  it('ends with its own tensors, and leaves those of others', async () => {
    const before = wasm.tf.memory().numTensors;
    const { model, input } = await smallModel(int8);
    const one = createReference(wasm, model);
    const other = createReference(wasm, model);
    const maps = one.forward(input);
    other.forward(input);
    expect(wasm.tf.memory().numTensors).to.be.above(before);
    one.dispose();
    expect(other.forward(input)).to.deep.equal(maps);
    other.dispose();
    expect(wasm.tf.memory().numTensors).to.equal(before);
  });

  it('leaves no tensor behind a timed inference', async () => {
    const { model, input } = await smallModel(float32);
    const before = wasm.tf.memory().numTensors;
    expect(timeInference(wasm, model, input, 3)).to.be.above(0);
    expect(wasm.tf.memory().numTensors).to.equal(before);
  });

  it('neither keeps the process alive nor takes over its errors', async () => {
    const backend = JSON.stringify(new URL('../../src/reference/backend.js', import.meta.url).href);
    const script = `
      const { openReference } = await import(${backend});
      for (const choice of ['wasm', 'cpu']) {
        const { run, tf } = await openReference(choice);
        run(() => tf.conv2d(tf.ones([1, 4, 4, 1]), tf.ones([3, 3, 1, 1]), 1, 'valid').dataSync());
      }
      const events = ['uncaughtException', 'unhandledRejection'];
      console.log(events.map((event) => process.listenerCount(event)).join());`;
    const { stdout, stderr } = await promisify(execFile)(
      process.execPath,
      ['--input-type=module', '--eval', script],
      { timeout: 20_000 },
    );
    expect({ stdout, stderr }).to.deep.equal({ stdout: '0,0\n', stderr: '' });
  });
});
