// Neutron's words for what is refused.
// Must not know resources: who refuses says what and why.
export * from './neutron-error.ts';
export { pythonText } from './python-text.ts';
