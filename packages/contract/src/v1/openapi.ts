import { EVENTS_PATH, FleetEventView } from './events.ts';
import { EventQuery } from './queries.ts';
import { API_ROOT, ROUTES } from './routes.ts';
import { ErrorView } from './schemas.ts';

/** The one operation that does not answer with one document, and so is not in the table. */
const EVENTS_OPERATION = {
  operationId: 'followEvents',
  summary:
    'What changes, as it does: a stream of events, to go on with by Last-Event-ID. Members see what is of their project',
  parameters: [
    ...parameters(EventQuery.properties, 'query', false),
    { name: 'Last-Event-ID', in: 'header', required: false, schema: { type: 'integer', minimum: 0 } },
  ],
  responses: {
    200: {
      description:
        'Server-sent events; the field `event` is the kind, or reset or resume, whose data is { revision }',
      content: { 'text/event-stream': { itemSchema: FleetEventView } },
    },
    default: { description: 'Refused or failed; docs/errors.md lists the codes', content: json(ErrorView) },
  },
};

/** The OpenAPI 3.1 document of `/virtfn/v1`, made from the table of routes. */
export function openApiDocument(version: string): object {
  const paths: Record<string, Record<string, object>> = {};
  for (const [operationId, route] of Object.entries(ROUTES)) {
    const item = (paths[`${API_ROOT}${route.path}`] ??= {});
    item[route.method.toLowerCase()] = {
      operationId,
      summary: route.summary,
      parameters: [
        ...parameters(route.params.properties, 'path', true),
        ...parameters(route.query.properties, 'query', false),
      ],
      ...(route.body === null ? {} : { requestBody: { required: true, content: json(route.body) } }),
      responses: {
        200: { description: 'Done', content: json(route.response) },
        default: {
          description: 'Refused or failed; docs/errors.md lists the codes',
          content: json(ErrorView),
        },
      },
    };
  }
  paths[`${API_ROOT}${EVENTS_PATH}`] = { get: EVENTS_OPERATION };
  return { openapi: '3.1.0', info: { title: 'virtfn', version, license: { name: 'Apache-2.0' } }, paths };
}

function parameters(properties: Readonly<Record<string, object>>, where: string, required: boolean) {
  return Object.entries(properties).map(([name, schema]) => ({ name, in: where, required, schema }));
}

function json(schema: object): object {
  return { 'application/json': { schema } };
}
