import type { ContentObject } from '@nestjs/swagger';
import type { Operation } from './documented';
import * as examples from './examples';

const tag = 'Connections';

const streamed: ContentObject = { 'text/event-stream': { schema: { type: 'string' } } };

export const listEvents: Operation = {
  id: 'listEvents',
  tag,
  summary: 'Read the feed of all your connections',
  description:
    'What happened to any of them, oldest first, in the order of the log; for platform credentials to every connection there is. At the end `links.next` is null, and `meta.cursor` is where to go on from later: nothing comes twice, and nothing is left out. A cursor of an event that was lost with a part of the log is refused: `not-yet-visible`, and `invalid-cursor` once another took its place.',
  answers: [
    {
      status: 200,
      description: 'One page.',
      content: 'Feed',
      examples: {
        created: {
          summary: 'A new connection',
          value: {
            data: [examples.created],
            links: { next: null },
            meta: { cursor: 'Y29ubmVjdC9ldmVudHM6MDAwMDAwMDAwMDAwMDAwMQ' },
          },
        },
      },
    },
  ],
};

export const streamEvents: Operation = {
  id: 'streamEvents',
  tag,
  summary: 'Follow the feed live',
  description:
    'The same as server-sent events, for as long as you listen. Each message is one event of the feed: its `data` is what the feed has in `data`, and its `id` the cursor behind it. A first message of the type `start` carries the cursor that the stream begins at. It begins now, or behind the event that `Last-Event-ID` names, so that whoever comes back misses nothing; where that was lost with a part of the log, it is refused. It ends when the credential or the session does.',
  headers: ['Last-Event-ID'],
  answers: [{ status: 200, description: 'Messages as they come.', content: streamed }],
};
