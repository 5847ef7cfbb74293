import { createHash } from 'node:crypto';

/** SHA-256 of a text or of bytes, in hexadecimal digits. */
export function sha256(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

/**
 * Plain data as JSON that is the same for equal data: keys are sorted, and properties that are undefined are left out. Typed arrays
 * stand as their type, their length and the SHA-256 of their bytes; numbers that JSON has no words for as their names.
 *
 * @throws Error for a function, a class's object or anything else of which a part would be lost
 */
export function canonicalJson(value: unknown): string {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : `{"number":"${value}"}`;
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (ArrayBuffer.isView(value)) {
    const bytes = new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
    return `{"${value.constructor.name}":${value.byteLength},"sha256":"${sha256(bytes)}"}`;
  }
  if (typeof value !== 'object' || Object.getPrototypeOf(value) !== Object.prototype)
    throw new Error(
      `expected plain data, got ${typeof value === 'object' ? 'an object of a class' : typeof value}`,
    );
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`);
  return `{${members.join(',')}}`;
}
