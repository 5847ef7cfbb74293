import { UserError } from '../../document/userError.js';

const space = 0x20;
const tab = 0x09;
const hash = 0x23;
const comma = 0x2c;
const zero = 0x30;
const nine = 0x39;
const lowerA = 0x61;
const lowerX = 0x78;
/** Sets ASCII letters in lower case. */
const lowerCase = 0x20;

/** First number that a double cannot tell from its neighbour. */
const beyond = 2 ** 53;

/**
 * A line of a trace, field by field. Fields stand between spaces and tabs; `#` where a field would start begins a comment. Made once
 * per file and set to each line in turn, without a string or an object per line.
 */
export class TraceLine {
  /** From 1. */
  number = 0;
  private start = 0;
  private end = 0;
  /** The field that `next` has found. */
  private from = 0;
  private to = 0;

  constructor(
    readonly file: string,
    private readonly bytes: Buffer,
  ) {}

  /** The next line: bytes from `start` to before `end`. */
  set(start: number, end: number): void {
    this.number++;
    // A byte order mark is no field.
    const isMarked = this.number === 1 && this.bytes.subarray(start, end).indexOf('\ufeff') === 0;
    this.start = isMarked ? start + 3 : start;
    this.end = end;
    this.from = this.start;
    this.to = this.start;
  }

  /** Goes on to the next field; false when there is none. */
  next(): boolean {
    const { bytes, end } = this;
    let at = this.to;
    while (at < end && (bytes[at] === space || bytes[at] === tab)) at++;
    this.from = at;
    if (at < end && bytes[at] !== hash) while (at < end && bytes[at] !== space && bytes[at] !== tab) at++;
    this.to = at;
    return at > this.from;
  }

  /** Goes on to the next field, which must be there. */
  expect(what: string): void {
    if (!this.next()) throw this.faultHere(what, 'the end of the line');
  }

  /** The line must end here. */
  expectEnd(after: string): void {
    if (this.next()) throw this.faultHere(`nothing after ${after}`, `"${this.word()}"`);
  }

  word(): string {
    return this.bytes.toString('utf8', this.from, this.to);
  }

  /** The whole line, to be recognised by. */
  text(): string {
    return this.bytes.toString('utf8', this.start, this.end).trim();
  }

  /** Which of some words the field is; -1 if none. */
  oneOf(words: readonly string[]): number {
    for (let i = 0; i < words.length; i++) if (this.is(words[i])) return i;
    return -1;
  }

  /** The field as a hexadecimal number, with `0x` before it or without. */
  hexadecimal(what: string): number {
    const { bytes, to } = this;
    const from = this.isPrefixed() ? this.from + 2 : this.from;
    let value = 0;
    for (let at = from; at < to; at++) {
      const digit = hexadecimalDigit(bytes[at]);
      if (digit < 0) throw this.faultOf(what);
      value = value * 16 + digit;
    }
    if (from === to) throw this.faultOf(what);
    return this.exact(value, what);
  }

  /** The field as a decimal number. */
  decimal(what: string): number {
    return this.digits(this.from, this.to, what);
  }

  /** The field as a decimal number, or as a hexadecimal one after `0x`. */
  number0x(what: string): number {
    return this.isPrefixed() ? this.hexadecimal(what) : this.decimal(what);
  }

  /**
   * The field as decimal numbers with commas between them.
   *
   * @returns how many there are; those beyond the room are not kept
   */
  decimals(into: Float64Array, what: string): number {
    let count = 0;
    for (let from = this.from; ; count++) {
      let to = from;
      while (to < this.to && this.bytes[to] !== comma) to++;
      const value = this.digits(from, to, what);
      if (count < into.length) into[count] = value;
      if (to === this.to) return count + 1;
      from = to + 1;
    }
  }

  /** A fault of the field found last. */
  faultOf(expected: string): UserError {
    return this.faultHere(expected, `"${this.word()}"`);
  }

  /** A fault of the field found last, said in one's own words. */
  fault(message: string): UserError {
    const column = this.bytes.toString('utf8', this.start, this.from).length + 1;
    return new UserError(message, { file: this.file, line: this.number, column });
  }

  private faultHere(expected: string, found: string): UserError {
    return this.fault(`expected ${expected}, got ${found.length > 60 ? `${found.slice(0, 60)}..."` : found}`);
  }

  private is(word: string): boolean {
    if (word.length !== this.to - this.from) return false;
    for (let i = 0; i < word.length; i++) {
      if (word.charCodeAt(i) !== this.bytes[this.from + i]) return false;
    }
    return true;
  }

  private isPrefixed(): boolean {
    return (
      this.to - this.from > 2 &&
      this.bytes[this.from] === zero &&
      (this.bytes[this.from + 1] | lowerCase) === lowerX
    );
  }

  private digits(from: number, to: number, what: string): number {
    const { bytes } = this;
    let value = 0;
    for (let at = from; at < to; at++) {
      const byte = bytes[at];
      if (byte < zero || byte > nine) throw this.faultOf(what);
      value = value * 10 + (byte - zero);
    }
    if (from === to) throw this.faultOf(what);
    return this.exact(value, what);
  }

  private exact(value: number, what: string): number {
    if (value >= beyond) throw this.faultOf(`${what} below 2^53`);
    return value;
  }
}

function hexadecimalDigit(byte: number): number {
  if (byte >= zero && byte <= nine) return byte - zero;
  const letter = (byte | lowerCase) - lowerA;
  return letter >= 0 && letter < 6 ? letter + 10 : -1;
}
