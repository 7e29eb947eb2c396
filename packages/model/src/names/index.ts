// Names that cross a border, each parsed once into a type of its own.
// Never makes up a name: ids are given by whoever owns the thing.
export * from './names.ts';
