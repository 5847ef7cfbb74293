/** What a drawing is made of. Colours follow the reader's light or dark mode. */
export type Ink = 'ifmap' | 'weight' | 'psum' | 'plain';

const inks = {
  ifmap: { light: ['#1d4ed8', '#dbeafe'], dark: ['#93c5fd', '#172554'] },
  weight: { light: ['#b45309', '#fef3c7'], dark: ['#fcd34d', '#422006'] },
  psum: { light: ['#15803d', '#dcfce7'], dark: ['#86efac', '#052e16'] },
  plain: { light: ['#475569', '#f1f5f9'], dark: ['#94a3b8', '#1e293b'] },
} as const;

function styles(mode: 'light' | 'dark'): string {
  const [page, edge, text] =
    mode === 'light' ? ['#ffffff', '#cbd5e1', '#0f172a'] : ['#0d1117', '#334155', '#e2e8f0'];
  const ofInks = Object.entries(inks).map(([ink, modes]) => {
    const [strong, soft] = modes[mode];
    return `.${ink}{stroke:${strong}}.${ink}-text{fill:${strong}}.${ink}-fill{fill:${soft};stroke:${strong}}.${ink}-tip{fill:${strong}}`;
  });
  return `.page{fill:${page};stroke:${edge}}.text{fill:${text}}.box{fill:${page}}${ofInks.join('')}`;
}

export function svg(width: number, height: number, title: string, parts: readonly string[]): string {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">`,
    `<title>${escaped(title)}</title>`,
    '<style>',
    'text{font-family:ui-sans-serif,system-ui,"Segoe UI",Helvetica,Arial,sans-serif;font-size:13px}',
    '.mono{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;font-size:12px}',
    '.title{font-size:16px;font-weight:600}',
    styles('light'),
    `@media (prefers-color-scheme:dark){${styles('dark')}}`,
    '</style>',
    `<rect class="page" x="0.5" y="0.5" width="${width - 1}" height="${height - 1}" rx="8"/>`,
    ...parts,
    '</svg>',
    '',
  ].join('\n');
}

interface TextStyle {
  readonly ink?: Ink;
  readonly anchor?: 'start' | 'middle' | 'end';
  readonly kind?: 'mono' | 'title';
}

export function text(x: number, y: number, words: string, style: TextStyle = {}): string {
  const { ink, anchor = 'start', kind } = style;
  const classes = [ink === undefined ? 'text' : `${ink}-text`, ...(kind === undefined ? [] : [kind])];
  return `<text class="${classes.join(' ')}" x="${x}" y="${y}" text-anchor="${anchor}">${escaped(words)}</text>`;
}

/** Filled: what it names stays where it is. Hollow: it moves. */
export function pill(x: number, y: number, width: number, words: string, ink: Ink, stays: boolean): string {
  const shape = `x="${x}" y="${y}" width="${width}" height="20" rx="4"`;
  const box = stays
    ? `<rect class="${ink}-fill" ${shape}/>`
    : `<rect class="${ink}" fill="none" stroke-dasharray="3 2" ${shape}/>`;
  return box + text(x + width / 2, y + 14, words, { ink, anchor: 'middle', kind: 'mono' });
}

export function box(x: number, y: number, width: number, height: number, isStrong: boolean): string {
  return `<rect class="box plain" x="${x}" y="${y}" width="${width}" height="${height}" rx="6" stroke-width="${isStrong ? 2.5 : 1}"/>`;
}

export function square(x: number, y: number, size: number, ink: Ink, isFull: boolean): string {
  const shape = `x="${x}" y="${y}" width="${size}" height="${size}"`;
  return isFull ? `<rect class="${ink}-fill" ${shape}/>` : `<rect class="${ink}" fill="none" ${shape}/>`;
}

export function line(x1: number, y1: number, x2: number, y2: number, ink: Ink): string {
  return `<line class="${ink}" x1="${x1}" y1="${y1}" x2="${x2}" y2="${y2}" stroke-width="1.5"/>`;
}

/** A line with a tip at its end. */
export function arrow(x1: number, y1: number, x2: number, y2: number, ink: Ink): string {
  const length = Math.hypot(x2 - x1, y2 - y1);
  const [dx, dy] = [(x2 - x1) / length, (y2 - y1) / length];
  const [baseX, baseY] = [x2 - 7 * dx, y2 - 7 * dy];
  const corners = [
    [x2, y2],
    [baseX - 4 * dy, baseY + 4 * dx],
    [baseX + 4 * dy, baseY - 4 * dx],
  ];
  const points = corners.map((corner) => corner.map((at) => at.toFixed(1)).join(',')).join(' ');
  return `${line(x1, y1, round(baseX), round(baseY), ink)}<polygon class="${ink}-tip" points="${points}"/>`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function escaped(words: string): string {
  return words.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
