import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { documentOf } from './document';

/** Where the documentation is found, for people and for machines. */
const PAGE = 'docs';
const DOCUMENT = '/openapi.json';

/** Serves the documentation. The document is made when it is asked for first, and kept. */
export function serveDocumentation(app: NestFastifyApplication): void {
  let document: OpenAPIObject | undefined;
  let text: string | undefined;
  const made = (): OpenAPIObject => (document ??= documentOf(app));
  const fastify = app.getHttpAdapter().getInstance();
  fastify.get(DOCUMENT, (_request, reply) => {
    text ??= JSON.stringify(made());
    return reply.type('application/json').send(text);
  });
  SwaggerModule.setup(PAGE, app, made, {
    raw: false,
    customSiteTitle: 'Connections',
    // Without this the page would have its document judged by a service on the internet.
    swaggerOptions: { validatorUrl: null, displayRequestDuration: true, docExpansion: 'list' },
  });
}
