const UNITS = [
  { least: 1000, per: 1000, unit: 'Gbit/s' },
  { least: 1, per: 1, unit: 'Mbit/s' },
  { least: 0.001, per: 0.001, unit: 'kbit/s' },
] as const;

/** A rate for people, to three figures. @param mbps Mbit/s */
export function bandwidthWords(mbps: number): string {
  const found = UNITS.find(({ least }) => mbps >= least);
  if (found === undefined) return '0';
  const value = mbps / found.per;
  const digits = value >= 100 ? 0 : value >= 10 ? 1 : 2;
  return `${Number(value.toFixed(digits))} ${found.unit}`;
}
