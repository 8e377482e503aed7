import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { documentOf } from './document';

/** The paths of the documentation, for people and for machines. */
const PAGE = 'docs';
const DOCUMENT = '/openapi.json';

/**
 * What the page may load and do. It shares its origin with the dashboard, so an injected script could act as the person
 * who is signed in. Its styles are inline.
 */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** Serves the documentation. The document is made on the first request, and kept. */
export function serveDocumentation(app: NestFastifyApplication): void {
  let document: OpenAPIObject | undefined;
  let text: string | undefined;
  const made = (): OpenAPIObject => (document ??= documentOf(app));
  const fastify = app.getHttpAdapter().getInstance();
  fastify.get(DOCUMENT, (_request, reply) => {
    text ??= JSON.stringify(made());
    return reply.type('application/json').send(text);
  });
  fastify.addHook('onRoute', (route) => {
    if (!/^\/docs(?!\w)/.test(route.url)) return;
    route.onSend = (_request, reply, payload, done) => {
      void reply.headers({ 'content-security-policy': POLICY, 'x-content-type-options': 'nosniff' });
      done(null, payload);
    };
  });
  SwaggerModule.setup(PAGE, app, made, {
    raw: false,
    customSiteTitle: 'Connections',
    // Otherwise the page would send its document to a validator on the internet.
    swaggerOptions: { validatorUrl: null, displayRequestDuration: true, docExpansion: 'list' },
  });
}
