// Configuration files in YAML: their text read and held to a schema, every error with line and column.
// Must never know what a file is about, nor read it from the disk.
export { findMisfit } from './find-misfit.ts';
export { parseAt, type Refuse } from './parse-at.ts';
export { type Path, readYamlDocument } from './read-yaml-document.ts';
