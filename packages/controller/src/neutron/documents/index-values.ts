import type { FieldValue } from '../../store/index.ts';

/** An entry of the index; null and empty texts have none. */
export function indexed(field: string, value: string | null | undefined): readonly FieldValue[] {
  return value === null || value === undefined || value === '' ? [] : [{ field, value, refKind: null }];
}

/** An entry that needs another object: it cannot go while this one is there. */
export function reference(
  field: string,
  refKind: string,
  value: string | null | undefined,
): readonly FieldValue[] {
  return value === null || value === undefined ? [] : [{ field, value, refKind }];
}
