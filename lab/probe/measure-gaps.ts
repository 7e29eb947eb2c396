/** A time without answers, in milliseconds since the first line of the log. */
interface Gap {
  readonly fromMs: number;
  readonly toMs: number;
}

/** What a log of pings says about the way to the other end. */
export interface Interruptions {
  /** Milliseconds since 1970, by the clock of the host that sent: the first line of the log. */
  readonly startedAtMs: number;
  readonly sent: number;
  readonly lost: number;
  /** 0 when there is no gap. */
  readonly longestGapMs: number;
  readonly gaps: readonly Gap[];
}

/** Answers that are further apart than this have a gap between them. Under emulation less than that is nobody's fault. */
const shortestGapMs = 500;

/**
 * Reads what `ping -D -O` has said. A gap lasts from the last answer before it to the first one after; one that has not
 * ended lasts until the last line. An answer that comes late is not lost, but its being late is a gap. Pure.
 *
 * @throws {RangeError} for a log without a line that tells a time
 */
export function measureGaps(log: string): Interruptions {
  const lines = log.split('\n').flatMap(parseLine);
  const [first] = lines;
  const last = lines.at(-1);
  if (first === undefined || last === undefined)
    throw new RangeError('Cannot measure gaps: the log has no line with a time');
  const answers = lines.filter(({ isAnswer }) => isAnswer);
  const moments = [first, ...answers, last].map(({ atMs }) => atMs - first.atMs);
  const gaps = moments.flatMap((toMs, at) => {
    const fromMs = moments[at - 1] ?? toMs;
    return toMs - fromMs > shortestGapMs ? [{ fromMs, toMs }] : [];
  });
  // Counted by the highest number that was seen: without its last lines a log does not tell of more.
  const sent = Math.max(...lines.map(({ sequence }) => sequence));
  const answered = new Set(answers.map(({ sequence }) => sequence)).size;
  const longestGapMs = Math.max(0, ...gaps.map(({ fromMs, toMs }) => toMs - fromMs));
  return { startedAtMs: first.atMs, sent, lost: sent - answered, longestGapMs, gaps };
}

interface Line {
  readonly atMs: number;
  readonly sequence: number;
  readonly isAnswer: boolean;
}

/** `[1700000000.25] 64 bytes from 10.9.0.9: icmp_seq=1 …` or `[…] no answer yet for icmp_seq=2`; others say nothing of a ping. */
function parseLine(line: string): readonly Line[] {
  const match = /^\[(\d+)\.(\d+)\] (\d+ bytes from|no answer yet).*icmp_seq=(\d+)/.exec(line);
  if (match === null) return [];
  const [, seconds, fraction = '', what = '', sequence] = match;
  const atMs = Number(seconds) * 1000 + Number(fraction.slice(0, 3).padEnd(3, '0'));
  return [{ atMs, sequence: Number(sequence), isAnswer: what.endsWith('from') }];
}
