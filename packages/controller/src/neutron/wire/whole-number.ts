/** A number on the wire that may be larger than what JavaScript's numbers count exactly. */
export type WholeNumber = number | object;

declare global {
  interface JSON {
    /** ECMAScript proposal "JSON.parse source text access", in Node since 22; TypeScript does not have it yet. */
    rawJSON(text: string): object;
  }
}

/** Writes all digits into JSON. */
export function wholeNumber(value: bigint): WholeNumber {
  return value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : JSON.rawJSON(value.toString());
}
