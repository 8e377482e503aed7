import { Controller, Get, Req, Res, StreamableFile, UseGuards } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import type { JsonObject } from '@connections/event-store/event-store';
import { AccessRecorder, allOf } from '../audit/access-recorder';
import { Needs } from '../http/credentials.guard';
import { pageLink } from '../http/cursors';
import { FeedFreshness } from '../http/freshness';
import { NoParameters, Parameters } from '../http/parameters';
import type { AuthenticatedRequest } from '../http/request';
import { Documented } from '../openapi/documented';
import { listEvents, streamEvents } from '../openapi/feed-operations';
import { feedCursor, HEADER, markInHeader, markInParameter, PARAMETER } from './feed-cursor';
import { FeedParameters } from './feed.dto';
import { FeedPages } from './feed-pages';
import { FeedStreams } from './feed-streams';

const PATH = '/api/v1/connect/events';

/** The events of all the caller's connections, in log order. */
@Controller(PATH)
export class FeedController {
  constructor(
    private readonly pages: FeedPages,
    private readonly streams: FeedStreams,
    private readonly recorder: AccessRecorder,
  ) {}

  @Documented(listEvents)
  @Get()
  @Needs('read')
  @UseGuards(FeedFreshness)
  async list(
    @Req() request: AuthenticatedRequest,
    @Parameters(FeedParameters) parameters: FeedParameters,
  ): Promise<JsonObject> {
    const { caller } = request;
    const size = parameters['page[size]'];
    const after = markInParameter(parameters['page[after]']);
    await this.pages.find(after, PARAMETER);
    const items = await this.pages.after(caller.organizationId, after.position, size + 1);
    const page = items.slice(0, size);
    const cursor = feedCursor(page.at(-1)?.mark ?? after);
    const query = { ...parameters, 'page[size]': String(size) };
    return this.recorder.given(request, 'history', allOf(caller), {
      data: page.map(({ resource }) => resource),
      links: { next: items.length > size ? pageLink(PATH, query, { 'page[after]': cursor }) : null },
      meta: { cursor },
    });
  }

  @Documented(streamEvents)
  @Get('stream')
  @Needs('read')
  @UseGuards(FeedFreshness)
  async stream(
    @Req() request: AuthenticatedRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Parameters(NoParameters) _: NoParameters,
  ): Promise<StreamableFile> {
    const after = markInHeader(request.headers['last-event-id']);
    if (after !== null) await this.pages.find(after, HEADER);
    const stream = this.streams.open(request, reply, after ?? (await this.pages.end()));
    await this.recorder.begun(request, reply, 'history', allOf(request.caller), stream);
    // Tells intermediaries to neither store nor buffer the stream.
    void reply.headers({ 'cache-control': 'no-store', 'x-accel-buffering': 'no' });
    return new StreamableFile(stream, { type: 'text/event-stream; charset=utf-8' });
  }
}
