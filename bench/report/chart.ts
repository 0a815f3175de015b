import { niceTicks } from './ticks.ts';

export interface ChartPoint {
  readonly x: number;
  readonly y: number;
  /** Where the quartiles are, if they are drawn. */
  readonly spread?: readonly [low: number, high: number];
}

export interface ChartLine {
  readonly name: string;
  readonly color: string;
  readonly style: 'strong' | 'plain' | 'dashed';
  readonly points: readonly ChartPoint[];
}

export interface ChartPanel {
  readonly title: string;
  readonly xLabel: string;
  readonly yLabel: string;
  readonly lines: readonly ChartLine[];
}

const [panelWidth, panelHeight] = [500, 300];
/** Around the plotting area of a panel: its title above, labels of the lines to the right. */
const margin = { left: 58, right: 112, top: 44, bottom: 46 };
const headHeight = 66;
const labelHeight = 15;

/** Panels in two columns, as SVG text with nothing from elsewhere. Both axes of a panel begin at zero, and each line is named at its end. */
export function chartSvg(title: string, note: string, panels: readonly ChartPanel[]): string {
  const [width, height] = [2 * panelWidth, headHeight + Math.ceil(panels.length / 2) * panelHeight];
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="Helvetica, Arial, sans-serif" font-size="12" fill="#222">`,
    `<title>${escaped(title)}</title>`,
    `<rect width="${width}" height="${height}" fill="#fff"/>`,
    text(16, 28, title, 'font-size="18" font-weight="bold"'),
    text(16, 50, note, 'fill="#555"'),
    ...panels.map((panel, index) => placed(panelSvg(panel), (index % 2) * panelWidth, headHeight + Math.floor(index / 2) * panelHeight)),
    '</svg>',
    '',
  ].join('\n');
}

function panelSvg({ title, xLabel, yLabel, lines }: ChartPanel): readonly string[] {
  const points = lines.flatMap((line) => line.points);
  const xLargest = Math.max(...points.map(({ x }) => x));
  const xTicks = niceTicks(xLargest).filter((tick) => tick <= xLargest);
  const yTicks = niceTicks(Math.max(...points.map(({ y, spread }) => spread?.[1] ?? y)));
  const [left, right, top, bottom] = [margin.left, panelWidth - margin.right, margin.top, panelHeight - margin.bottom];
  const x = (value: number): number => left + (value / xLargest) * (right - left);
  const y = (value: number): number => bottom - (value / (yTicks.at(-1) ?? 1)) * (bottom - top);
  return [
    text(left, 18, title, 'font-size="14" font-weight="bold"'),
    text(left, 35, yLabel, 'fill="#555"'),
    ...yTicks.map(
      (tick) => `<line x1="${left}" x2="${right}" y1="${round(y(tick))}" y2="${round(y(tick))}" stroke="${tick === 0 ? '#555' : '#ddd'}"/>`,
    ),
    ...yTicks.map((tick) => text(left - 7, y(tick) + 4, String(tick), 'text-anchor="end"')),
    ...xTicks.map((tick) => text(x(tick), bottom + 17, String(tick), 'text-anchor="middle"')),
    text((left + right) / 2, bottom + 36, xLabel, 'text-anchor="middle" fill="#555"'),
    ...lines.flatMap((line) => lineSvg(line, x, y)),
    ...labels(lines, x, y),
  ];
}

function lineSvg({ points, color, style }: ChartLine, x: (value: number) => number, y: (value: number) => number): readonly string[] {
  const path = points.map((point, index) => `${index === 0 ? 'M' : 'L'}${round(x(point.x))} ${round(y(point.y))}`).join(' ');
  const stroke = { strong: 'stroke-width="3"', plain: 'stroke-width="1.5"', dashed: 'stroke-width="1.5" stroke-dasharray="5 4"' }[style];
  return [
    `<path d="${path}" fill="none" stroke="${color}" ${stroke}/>`,
    ...points.flatMap(({ x: at, spread }) =>
      spread === undefined ? [] : [`<path d="M${round(x(at))} ${round(y(spread[0]))}V${round(y(spread[1]))}" stroke="${color}" stroke-width="1.5"/>`],
    ),
    ...(style === 'dashed'
      ? []
      : points.map((point) => `<circle cx="${round(x(point.x))}" cy="${round(y(point.y))}" r="${style === 'strong' ? 4 : 3}" fill="${color}"/>`)),
  ];
}

/** Names at the ends of the lines, from the top down, pushed apart where lines end together. */
function labels(lines: readonly ChartLine[], x: (value: number) => number, y: (value: number) => number): readonly string[] {
  const ends = lines.flatMap(({ name, color, style, points }) => {
    const end = points.at(-1);
    return end === undefined ? [] : [{ name, color, style, x: x(end.x), y: y(end.y) }];
  });
  const written: string[] = [];
  let at = Number.NEGATIVE_INFINITY;
  const sorted = ends.toSorted((a, b) => a.y - b.y);
  for (const [index, end] of sorted.entries()) {
    // Those below need their room above the axis, too.
    const lowest = panelHeight - margin.bottom - 5 - (sorted.length - 1 - index) * labelHeight;
    at = Math.min(Math.max(at + labelHeight, end.y), Math.max(lowest, at + labelHeight));
    written.push(`<path d="M${round(end.x + 5)} ${round(end.y)}L${round(end.x + 16)} ${round(at)}" stroke="${end.color}" stroke-width="0.7"/>`);
    written.push(text(end.x + 19, at + 4, end.name, `fill="${end.color}"${end.style === 'strong' ? ' font-weight="bold"' : ''}`));
  }
  return written;
}

function placed(parts: readonly string[], dx: number, dy: number): string {
  return `<g transform="translate(${dx} ${dy})">\n${parts.join('\n')}\n</g>`;
}

function text(x: number, y: number, content: string, attributes: string): string {
  return `<text x="${round(x)}" y="${round(y)}" ${attributes}>${escaped(content)}</text>`;
}

function escaped(content: string): string {
  return content.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
