import { pythonText } from '../wire/index.ts';
import { InvalidValue, type ParseValue } from './invalid-value.ts';

const TRUE_WORDS: ReadonlySet<string> = new Set(['true', '1']);
const FALSE_WORDS: ReadonlySet<string> = new Set(['false', '0']);

/** Neutron takes the words and the numbers for it, too. */
export const boolean: ParseValue<boolean> = (value) => {
  const word = String(value).toLowerCase();
  if (typeof value !== 'object' && TRUE_WORDS.has(word)) return true;
  if (typeof value !== 'object' && FALSE_WORDS.has(word)) return false;
  throw new InvalidValue(`'${pythonText(value)}' cannot be converted to boolean`);
};

/** `most`: characters. */
export function text(most: number): ParseValue<string> {
  return (value) => {
    if (typeof value !== 'string') throw new InvalidValue(`'${pythonText(value)}' is not a valid string`);
    if (value.length > most)
      throw new InvalidValue(`'${pythonText(value)}' exceeds maximum length of ${most}`);
    if (value.includes('\0')) throw new InvalidValue('a string must not contain a null character');
    // Half a character would be kept as another one, and not be found again.
    if (!value.isWellFormed()) throw new InvalidValue('a string must be well-formed Unicode');
    return value;
  };
}

/** With at least one character that is not white. */
export function filledText(most: number): ParseValue<string> {
  const parse = text(most);
  return (value) => {
    const parsed = parse(value);
    if (parsed.trim() === '') throw new InvalidValue(`'${parsed}' Blank strings are not permitted`);
    return parsed;
  };
}

/** Both included. Numbers in text are taken, too. */
export function integer(least: number, most: number): ParseValue<number> {
  return (value) => {
    const number = typeof value === 'string' && /^-?\d{1,15}$/.test(value) ? Number(value) : value;
    if (typeof number !== 'number' || !Number.isInteger(number))
      throw new InvalidValue(`'${pythonText(value)}' is not an integer`);
    if (number < least) throw new InvalidValue(`'${number}' is too small - must be at least '${least}'`);
    if (number > most) throw new InvalidValue(`'${number}' is too large - must be no larger than '${most}'`);
    return number;
  };
}

export function oneOf<const Value extends string>(
  values: readonly Value[],
  named = 'valid_values',
): ParseValue<Value> {
  return (value) => {
    const found = values.find((each) => each === value);
    if (found === undefined) throw new InvalidValue(`${pythonText(value)} is not in ${named}`);
    return found;
  };
}

const UUID = /^[\da-f]{8}-?(?:[\da-f]{4}-?){3}[\da-f]{12}$/i;

export const uuid: ParseValue<string> = (value) => {
  if (typeof value !== 'string' || !UUID.test(value))
    throw new InvalidValue(`'${pythonText(value)}' is not a valid UUID`);
  return value;
};

export function nullable<Value>(parse: ParseValue<Value>): ParseValue<Value | null> {
  return (value) => (value === null ? null : parse(value));
}
