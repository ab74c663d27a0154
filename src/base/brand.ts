declare const brand: unique symbol;

/** A value that went through the parser for `Name`. The plain type does not assign to it. */
export type Brand<T, Name extends string> = T & { readonly [brand]: Name };
