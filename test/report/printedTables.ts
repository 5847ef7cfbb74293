/** A table as it is printed: headings on several lines joined to one, figures still words. */
export interface PrintedTable {
  /** The line above it. */
  readonly title: string;
  readonly head: readonly string[];
  /** Cells of each row, blanks around them cut off; the first is the row's name. */
  readonly rows: ReadonlyArray<readonly string[]>;
}

/** The tables in a text that have a heading, in the order printed. */
export function printedTables(text: string): PrintedTable[] {
  const lines = text.split('\n');
  return lines.flatMap((line, at): PrintedTable[] => {
    if (!line.startsWith('┌')) return [];
    const end = lines.findIndex((each, index) => index > at && each.startsWith('└'));
    const ruler = lines.findIndex((each, index) => index > at && each.startsWith('├'));
    const headings = lines.slice(at + 1, ruler).map(cellsOf);
    return [
      {
        title: lines[at - 1] ?? '',
        head: headings[0].map((_, column) => joined(headings.map((cells) => cells[column]))),
        rows: lines.slice(ruler + 1, end).map(cellsOf),
      },
    ];
  });
}

/** What stands in a row under a heading. */
export function cell({ head, rows }: PrintedTable, row: string, column: string): string | undefined {
  const found = head.indexOf(column);
  return found < 0 ? undefined : rows.find(([name]) => name === row)?.[found];
}

/** `1,234.5` and `12.3 %` as 1234.5 and 12.3; throws where there is no number. */
export function numberOf(printed: string | undefined): number {
  const value = Number((printed ?? '-').replace(/,| %$/g, ''));
  if (Number.isNaN(value)) throw new Error(`expected a number, got ${printed}`);
  return value;
}

function cellsOf(line: string): string[] {
  return line
    .split('│')
    .slice(1, -1)
    .map((each) => each.trim());
}

function joined(words: readonly string[]): string {
  return words
    .filter((word) => word !== '')
    .reduce((text, word) => (text === '' || text.endsWith('-') ? text + word : `${text} ${word}`), '');
}
