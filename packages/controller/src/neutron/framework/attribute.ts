import type { ParseValue } from '../values/index.ts';

/** Who may give an attribute: anybody who may make the object, the owner of its network, or administrators only. */
export type Giver = 'anybody' | 'network-owner' | 'admin';

/** Who may give a value, where not every value is everybody's. The value is as the user gave it. */
export type GiverOf = (value: unknown) => Giver;

/** One attribute of a resource: one row of its table. */
export interface Attribute {
  /** Reads what users give; null: they never give it. */
  readonly parse: ParseValue | null;
  /** Whether it may be given when the object is made, and later. */
  readonly isForCreate: boolean;
  readonly isForUpdate: boolean;
  /** What it is when nobody gives it: `required` refuses, `absent` leaves it to the resource. */
  readonly otherwise: 'required' | 'absent' | { readonly value: unknown };
  readonly canFilter: boolean;
  readonly canSort: boolean;
  readonly seenBy: 'all' | 'admin' | 'nobody';
  readonly onCreate: Giver | GiverOf;
  readonly onUpdate: Giver | GiverOf;
  /** Whether Neutron has a policy rule of its own for it, which its refusals name. */
  readonly hasRule: boolean;
}

export type AttributeTable = Readonly<Record<string, Attribute>>;

const READ_ONLY: Attribute = {
  parse: null,
  isForCreate: false,
  isForUpdate: false,
  otherwise: 'absent',
  canFilter: true,
  canSort: true,
  seenBy: 'all',
  onCreate: 'anybody',
  onUpdate: 'anybody',
  hasRule: false,
};

/** What the server sets. */
export function readOnly(other: Partial<Attribute> = {}): Attribute {
  return { ...READ_ONLY, ...other };
}

/** What users give when they make the object, and may change. Where a giver is named, Neutron has a rule for it. */
export function writable(
  parse: ParseValue,
  otherwise: Attribute['otherwise'],
  other: Partial<Attribute> = {},
): Attribute {
  const hasRule = (other.onCreate ?? other.onUpdate) !== undefined;
  return { ...READ_ONLY, parse, otherwise, isForCreate: true, isForUpdate: true, hasRule, ...other };
}

/** What users give when they make the object, once and for all. */
export function fixed(
  parse: ParseValue,
  otherwise: Attribute['otherwise'],
  other: Partial<Attribute> = {},
): Attribute {
  return writable(parse, otherwise, { isForUpdate: false, ...other });
}
