import { SriovError } from '@virtfn/model';

/** `--qos none` and its like take away what an object has. */
const NONE = 'none';

export const orNull = (text: string): string | null => (text === NONE ? null : text);

export const isOn = (text: 'on' | 'off'): boolean => text === 'on';

/** Adds what an option that may be given more than once was given this time. */
export const collect = (text: string, before: readonly string[] = []): readonly string[] => [...before, text];

/** @throws {SriovError} REQUEST_INVALID */
export function wholeNumber(what: string): (text: string) => number {
  return (text) => {
    if (/^\d{1,9}$/.test(text)) return Number(text);
    throw new SriovError(
      'REQUEST_INVALID',
      `Cannot take "${text.slice(0, 32)}" as ${what}: it is not a whole number`,
    );
  };
}

/** Values that were given; the API fills in the rest. */
export function given(values: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}

/** @throws {SriovError} REQUEST_INVALID */
export function refuseNothing(values: Readonly<Record<string, unknown>>, command: string): void {
  if (Object.keys(values).length > 0) return;
  throw new SriovError('REQUEST_INVALID', 'Cannot change anything: no option says what', {
    hint: `\`virtfn ${command} --help\` lists what can be changed`,
  });
}
