import type { ContentObject, MediaTypeObject } from '@nestjs/swagger';

export const mediaTypes = ['application/json', 'application/vnd.api+json'] as const;

/** The same content in both supported media types. */
export const inBothMediaTypes = (content: MediaTypeObject): ContentObject =>
  Object.fromEntries(mediaTypes.map((type) => [type, content]));
