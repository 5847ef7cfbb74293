import { expect } from 'chai';
import { join } from 'node:path';
import { formatLocation, UserError } from '../../src/document/userError.js';

describe('a user error', () => {
  it('opens with file, line and column, as far as they are known', () => {
    expect(new UserError('wrong', { file: 'x.yaml', line: 12, column: 5 }).message).to.equal(
      'x.yaml:12:5: wrong',
    );
    expect(new UserError('wrong', { file: 'x.yaml', line: 12 }).message).to.equal('x.yaml:12: wrong');
    expect(new UserError('wrong', { file: 'x.yaml' }).message).to.equal('x.yaml: wrong');
    expect(new UserError('wrong').message).to.equal('wrong');
  });

  it('names files below the working directory by their relative path and others in full', () => {
    expect(formatLocation({ file: join(process.cwd(), 'configs', 'x.yaml') })).to.equal(
      join('configs', 'x.yaml'),
    );
    expect(formatLocation({ file: '/elsewhere/x.yaml', line: 1 })).to.equal('/elsewhere/x.yaml:1');
    expect(formatLocation({ file: join(process.cwd(), '..', 'x.yaml') })).to.not.contain('..');
  });

  it('keeps to one line, whatever the file is called', () => {
    expect(formatLocation({ file: '/a\nb\u001b[31m.yaml' })).to.equal('/a\\nb\\u001b[31m.yaml');
  });
});
