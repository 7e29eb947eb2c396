import type { NeutronObject } from '@virtfn/contract/neutron-client';

/** null: it is empty, or not shown to whoever asks. */
export function readText(object: NeutronObject, name: string): string | null {
  const value = object[name];
  return typeof value === 'string' && value !== '' ? value : null;
}

export function readNumber(object: NeutronObject, name: string): number | null {
  const value = object[name];
  return typeof value === 'number' ? value : null;
}

export function readTexts(object: NeutronObject, name: string): readonly string[] {
  const value = object[name];
  return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : [];
}

/** An attribute that is an object of its own: `binding:profile`. */
export function readRecord(object: NeutronObject, name: string): Readonly<Record<string, unknown>> {
  const value = object[name];
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
