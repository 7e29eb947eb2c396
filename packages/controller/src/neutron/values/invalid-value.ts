/** Why a value cannot be taken; who knows the attribute's name makes the answer of it. */
export class InvalidValue extends Error {}

/** Reads a value of a request. @throws {InvalidValue} */
export type ParseValue<Value = unknown> = (value: unknown) => Value;
