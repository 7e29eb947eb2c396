import { pythonText } from '../wire/index.ts';
import { InvalidValue, type ParseValue } from './invalid-value.ts';

/** At most so many: no list of the API is longer in earnest. */
const MOST_ITEMS = 10_000;

export function list<Value>(parse: ParseValue<Value>): ParseValue<readonly Value[]> {
  return (value) => {
    if (value === null) return [];
    if (!Array.isArray(value)) throw new InvalidValue(`'${pythonText(value)}' is not a list`);
    if (value.length > MOST_ITEMS) throw new InvalidValue(`a list of ${value.length} items is too long`);
    return value.map(parse);
  };
}

/** No two items may be the same. */
export function set<Value extends string>(parse: ParseValue<Value>): ParseValue<readonly Value[]> {
  const parseList = list(parse);
  return (value) => {
    const items = parseList(value);
    const twice = items.filter((item, index) => items.indexOf(item) !== index);
    if (twice.length > 0) throw new InvalidValue(`Duplicate items in the list: '${twice.join(', ')}'`);
    return items;
  };
}

/** Any JSON object, at most `most` characters long; null is an empty one. */
export function dictionary(most: number): ParseValue<Readonly<Record<string, unknown>>> {
  return (value) => {
    if (value === null) return {};
    if (!isRecord(value)) throw new InvalidValue(`'${pythonText(value)}' is not a dictionary`);
    if (JSON.stringify(value).length > most) throw new InvalidValue(`it is longer than ${most} characters`);
    return value;
  };
}

/** An object with these keys and no others; `?` behind a key: it may be left out. */
export function record<Shape extends Readonly<Record<string, ParseValue>>>(
  shape: Shape,
  optional: readonly (keyof Shape)[] = [],
): ParseValue<{ readonly [Key in keyof Shape]?: ReturnType<Shape[Key]> }> {
  const expected = Object.keys(shape);
  return (value) => {
    if (!isRecord(value)) throw new InvalidValue(`'${pythonText(value)}' is not a dictionary`);
    const given = Object.keys(value);
    const wrong =
      given.some((key) => !expected.includes(key)) ||
      expected.some((key) => !optional.includes(key) && !given.includes(key));
    if (wrong) {
      throw new InvalidValue(
        `Validation of dictionary's keys failed. Expected keys: ${pythonText(expected)} Provided keys: ${pythonText(given)}`,
      );
    }
    const parsed: Record<string, unknown> = {};
    for (const key of given) parsed[key] = shape[key]?.(value[key]);
    return parsed as { readonly [Key in keyof Shape]?: ReturnType<Shape[Key]> };
  };
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
