/** Where somebody looks in a long list. All in pixels. */
export interface View {
  readonly scrollTop: number;
  readonly height: number;
}

/** Rows from `first` up to, and without, `end`. */
export interface RowRange {
  readonly first: number;
  readonly end: number;
}

/** So many rows beyond both edges are there before they are seen. */
const BEYOND = 12;

/** Which rows of a list are to be drawn. Pure. @param rowHeight pixels */
export function rowsInView({ scrollTop, height }: View, rowHeight: number, count: number): RowRange {
  const top = Math.floor(scrollTop / rowHeight) - BEYOND;
  const bottom = Math.ceil((scrollTop + height) / rowHeight) + BEYOND;
  const end = Math.min(count, Math.max(0, bottom));
  // A list that has become shorter is looked at from its end until the browser has scrolled back.
  const first = Math.min(Math.max(0, top), Math.max(0, end - 1));
  return { first, end };
}
