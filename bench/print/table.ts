import type { Spread } from '../timing/spread.js';

/** A table of text, for the terminal or as Markdown. The first column is a name; figures stand to the right. */
export interface Table {
  readonly title: string;
  readonly head: readonly string[];
  readonly rows: ReadonlyArray<readonly string[]>;
  readonly note?: string | undefined;
}

export function table(parts: Table): Table {
  const odd = parts.rows.find((row) => row.length !== parts.head.length);
  if (odd !== undefined) throw new Error(`expected ${parts.head.length} columns, got ${odd.join(' | ')}`);
  return parts;
}

export function tableText({ title, head, rows, note }: Table): string {
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => row[column].length)));
  const lines = [head, ...rows].map((row) =>
    row
      .map((text, column) =>
        isText(rows, column) ? text.padEnd(widths[column]) : text.padStart(widths[column]),
      )
      .join('  ')
      .trimEnd(),
  );
  return [title, ...lines, ...(note === undefined ? [] : [note])].join('\n');
}

export function tableMarkdown({ title, head, rows, note }: Table): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((text) => text.replaceAll('|', '\\|')).join(' | ')} |`;
  const rule = head.map((_, column) => (isText(rows, column) ? '---' : '---:'));
  return [
    `**${title}**`,
    '',
    ...[head, rule, ...rows].map(line),
    ...(note === undefined ? [] : ['', note]),
  ].join('\n');
}

/** Whether a column holds words and not figures. */
function isText(rows: Table['rows'], column: number): boolean {
  return rows.some((row) => /^[a-z]/i.test(row[column]));
}

/** Three figures, without an exponent. */
export function figure(value: number): string {
  if (value === 0) return '0';
  const decimals = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))));
  return value.toFixed(Math.min(decimals, 6));
}

/** The median, and the quartiles beside it. */
export function spreadText({ median, lowerQuartile, upperQuartile }: Spread): string {
  return `${figure(median)} (${figure(lowerQuartile)} to ${figure(upperQuartile)})`;
}
