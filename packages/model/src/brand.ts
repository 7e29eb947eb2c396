declare const brand: unique symbol;

/** A `Base` that only the parser of its kind can make: `parseX` checks the text once, the type remembers it. */
export type Branded<Base, Name extends string> = Base & { readonly [brand]: Name };
