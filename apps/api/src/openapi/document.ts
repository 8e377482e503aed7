import type { INestApplication } from '@nestjs/common';
import {
  DocumentBuilder,
  type OpenAPIObject,
  type PathsObject,
  type SchemaObject,
  SwaggerModule,
} from '@nestjs/swagger';
import { pascalCase } from 'change-case';
import { Configuration } from '@connections/host/configuration';
import { descriptionFor } from './description';
import { documentationPaths } from './documentation-paths';
import { responseHeaders } from './headers';
import { problemExamples } from './problem-responses';
import { ref } from './schema-parts';
import { schemas } from './schemas';

/** The OpenAPI 3.1 document of an application, generated from its routes. */
export function documentOf(app: INestApplication): OpenAPIObject {
  const settings = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('Connections')
    .setVersion('v1')
    .setDescription(descriptionFor(app.get(Configuration)))
    .addServer('/', 'The service that this document was read from.')
    .addTag('Connections', 'The handshake.')
    .addTag('Directory', 'Organizations and their API keys.')
    .addTag('People', 'People sign in, and belong to organizations.')
    .addTag('Audit', 'What shows that the history is what happened, and who looked at it.')
    .addTag('Operations', 'For those who run the service. Open to whoever can reach the port.')
    .addBearerAuth({ type: 'http', scheme: 'bearer', bearerFormat: 'cx_<id>_<secret>' }, 'api-key')
    .addApiKey({ type: 'apiKey', in: 'cookie', name: '__Host-session' }, 'session')
    .build();
  const document = SwaggerModule.createDocument(app, settings);
  const requests = nameRequests(document.paths);
  return {
    ...document,
    paths: { ...document.paths, ...documentationPaths() },
    components: {
      ...document.components,
      schemas: { ...schemas, ...requests },
      headers: responseHeaders,
      examples: problemExamples(),
    },
  };
}

/** Gives the schema of each body a name, for generated clients, and leaves references in the paths. */
function nameRequests(paths: PathsObject): Record<string, SchemaObject> {
  const named: Record<string, SchemaObject> = {};
  for (const { post } of Object.values(paths)) {
    if (!post?.operationId || !post.requestBody || !('content' in post.requestBody)) continue;
    const name = `${pascalCase(post.operationId)}Request`;
    for (const media of Object.values(post.requestBody.content)) {
      named[name] = media.schema as SchemaObject;
      media.schema = ref(name);
    }
  }
  return named;
}
