// The API of virtfn itself: its documents and the table of its operations.
// Never holds Neutron's names: those have a folder of their own.
export { EventStreamParser } from './event-stream.ts';
export * from './events.ts';
export * from './fleet-schemas.ts';
export * from './queries.ts';
export { documentOfHost, documentOfPlan, documentsOfDrift, observedOfDocument } from './documents.ts';
export { openApiDocument } from './openapi.ts';
export { API_ROOT, type RouteName, ROUTES } from './routes.ts';
export * from './schemas.ts';
export { type TrafficDocument, TrafficView } from './traffic.ts';
export * from './tokens.ts';
