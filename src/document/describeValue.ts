import { oneLine } from './userError.js';

const longestShown = 60;

/** A value as error messages quote it: short, on one line, without the inside of lists and mappings. */
export function describeValue(value: unknown): string {
  if (value === undefined || value === null) return 'nothing';
  if (typeof value === 'string') return quote(value);
  if (Array.isArray(value)) return value.length === 0 ? 'empty list' : 'list';
  if (typeof value === 'object') return Object.keys(value).length === 0 ? 'empty mapping' : 'mapping';
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : typeof value;
}

/** `"text"`, cut when long. */
export function quote(text: string): string {
  const cut = text.length > longestShown ? `${text.slice(0, longestShown - 3)}...` : text;
  return `"${oneLine(cut)}"`;
}
