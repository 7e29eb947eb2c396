import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import { bandwidthWords } from './bandwidth-words.ts';
import type { Layer } from './stack-vfs.ts';

interface BandwidthChartProps {
  /** For who does not see it. */
  readonly label: string;
  /** Milliseconds since 1970. */
  readonly times: readonly number[];
  /** The lowest first. */
  readonly layers: readonly Layer[];
  /** Mbit/s; null: not known. */
  readonly limit: number | null;
  /** Whether the picture goes up to the limit, however little passes. */
  readonly isToLimit: boolean;
}

const HEIGHT = 190;
const SHOWN_SECONDS = 180;
const MARKS_SECONDS = [180, 120, 60, 0];

/** What VFs pass over the last three minutes, one upon the other, with the limit of the link. */
export function BandwidthChart({ label, times, layers, limit, isToLimit }: BandwidthChartProps) {
  const place = useRef<HTMLDivElement>(null);
  const chart = useRef<uPlot | null>(null);
  const data = useRef<uPlot.AlignedData>([[]]);
  data.current = dataOf(times, layers);
  const shape = `${layers.map(({ vfIndex }) => vfIndex).join()} ${limit} ${isToLimit}`;
  useEffect(() => {
    const element = place.current;
    if (element === null) return;
    const draw = (): void => {
      chart.current?.destroy();
      chart.current = new uPlot(optionsOf(element, layers, limit, isToLimit), data.current, element);
    };
    draw();
    const theme = matchMedia('(prefers-color-scheme: dark)');
    theme.addEventListener('change', draw);
    const resized = new ResizeObserver(() =>
      chart.current?.setSize({ width: element.clientWidth, height: HEIGHT }),
    );
    resized.observe(element);
    return () => {
      resized.disconnect();
      theme.removeEventListener('change', draw);
      chart.current?.destroy();
      chart.current = null;
    };
  }, [shape]);
  useEffect(() => chart.current?.setData(data.current), [times, layers]);
  return <div ref={place} class="bandwidth" role="img" aria-label={label} />;
}

/** The highest first: each is drawn over what is above it. */
function dataOf(times: readonly number[], layers: readonly Layer[]): uPlot.AlignedData {
  return [times.map((ms) => ms / 1000), ...layers.toReversed().map(({ upTo }) => [...upTo])];
}

function optionsOf(
  element: HTMLElement,
  layers: readonly Layer[],
  limit: number | null,
  isToLimit: boolean,
): uPlot.Options {
  const text = colourOf(element, 'var(--quiet)');
  const line = colourOf(element, 'var(--line)');
  const bad = colourOf(element, 'var(--bad)');
  const axis = { stroke: text, grid: { stroke: line, width: 1 }, ticks: { stroke: line, width: 1 } };
  return {
    width: element.clientWidth,
    height: HEIGHT,
    legend: { show: false },
    cursor: { show: false },
    scales: {
      x: { range: () => [Date.now() / 1000 - SHOWN_SECONDS, Date.now() / 1000] },
      y: { range: (_, __, most) => [0, topOf(most, limit, isToLimit)] },
    },
    axes: [
      { ...axis, splits: marksNow, values: (_, marks) => marks.map(agoWords) },
      { ...axis, size: 82, values: (_, ticks) => ticks.map(bandwidthWords) },
    ],
    series: [
      {},
      ...layers.toReversed().map(({ vfIndex }, above) => {
        const colour = colourOf(element, `var(--layer-${layerNumber(vfIndex, layers.length - 1 - above)})`);
        return { stroke: colour, fill: colour, width: 1, points: { show: false }, spanGaps: false };
      }),
    ],
    hooks: { draw: [(self) => drawLimit(self, limit, bad)] },
  };
}

const marksNow = (): number[] => MARKS_SECONDS.map((ago) => Date.now() / 1000 - ago);

function agoWords(mark: number): string {
  const minutes = Math.round((Date.now() / 1000 - mark) / 60);
  return minutes === 0 ? 'now' : `${minutes} min ago`;
}

/** Colours are the page's own, one for each layer; the others have the last. */
export function layerNumber(vfIndex: number | null, at: number): string {
  return vfIndex === null ? 'others' : String(at + 1);
}

/** A little above what passes most, so that it can be seen that it is not the end. */
function topOf(most: number | null, limit: number | null, isToLimit: boolean): number {
  const least = Math.max(1.15 * (most ?? 0), 0.01);
  return limit !== null && isToLimit ? Math.max(1.05 * limit, least) : least;
}

function drawLimit(chart: uPlot, limit: number | null, colour: string): void {
  const { ctx, bbox, scales } = chart;
  if (limit === null || limit > (scales['y']?.max ?? 0)) return;
  const y = chart.valToPos(limit, 'y', true);
  ctx.save();
  ctx.strokeStyle = colour;
  ctx.lineWidth = 2 * devicePixelRatio;
  ctx.setLineDash([6 * devicePixelRatio, 4 * devicePixelRatio]);
  ctx.beginPath();
  ctx.moveTo(bbox.left, y);
  ctx.lineTo(bbox.left + bbox.width, y);
  ctx.stroke();
  ctx.restore();
}

/** A colour of the page as a canvas takes it: it knows neither variables nor themes. */
function colourOf(element: HTMLElement, colour: string): string {
  const probe = document.createElement('span');
  probe.style.color = colour;
  element.append(probe);
  const computed = getComputedStyle(probe).color;
  probe.remove();
  return computed;
}
