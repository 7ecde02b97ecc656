import { Controller, Delete, Get, HttpCode, Param, Post, Query, Req, Res } from '@nestjs/common';
import { aeTitle } from '@medserve/delivery';
import { ServingError } from '@medserve/errors';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { baseUrl } from '../../dicomweb/base-url';
import { parseUid } from '../../dicomweb/parse-uid';
import { RequireAccess } from '../../http/access';
import { principalOf } from '../../http/principal';
import { StillKnown } from '../../identity/still-known';
import { WebSockets } from '../../http/web-sockets';
import { PlatformUrl } from '../../http/platform-url';
import { WORKITEM_RESOURCES } from '../resources';
import { EventChannels } from './event-channels';
import { eventSocketOf } from './event-socket';
import { parseSubscriptionFilter } from './subscription-filter';
import { WorkitemSubscriptions } from './workitem-subscriptions';

type Query = Readonly<Record<string, string | readonly string[] | undefined>>;

const ALL = WORKITEM_RESOURCES;

/** Subscriptions to workitems and their event reports (PS3.18 11.10 to 11.12, 8.10). */
@Controller('dicom-web')
export class SubscriptionsController {
  constructor(
    private readonly subscriptions: WorkitemSubscriptions,
    private readonly channels: EventChannels,
    private readonly sockets: WebSockets,
    private readonly known: StillKnown,
    private readonly url: PlatformUrl,
  ) {}

  @Post(ALL.subscribe.path)
  @HttpCode(201)
  @RequireAccess('result:read')
  async subscribe(
    @Param('workitem') workitem: string,
    @Param('aet') aet: string,
    @Query() query: Query,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    const title = aetOf(aet);
    const isLocked = isTrue(query['deletionlock']);
    const wanted = { isLocked, filter: () => parseSubscriptionFilter(query) };
    await this.subscriptions.subscribe(principalOf(request), parseUid(workitem, 'workitem'), title, wanted);
    const base = baseUrl(request, this.url);
    const socket = `${base.replace(/^http/, 'ws')}/subscribers/${encodeURIComponent(title)}`;
    void reply.header('content-location', socket);
  }

  @Delete(ALL.unsubscribe.path)
  @HttpCode(200)
  @RequireAccess('result:read')
  async unsubscribe(
    @Param('workitem') workitem: string,
    @Param('aet') aet: string,
    @Req() request: FastifyRequest,
  ): Promise<void> {
    await this.subscriptions.unsubscribe(principalOf(request), parseUid(workitem, 'workitem'), aetOf(aet));
  }

  @Post(ALL.suspend.path)
  @HttpCode(200)
  @RequireAccess('result:read')
  async suspend(
    @Param('workitem') workitem: string,
    @Param('aet') aet: string,
    @Req() request: FastifyRequest,
  ): Promise<void> {
    await this.subscriptions.suspend(principalOf(request), parseUid(workitem, 'workitem'), aetOf(aet));
  }

  /** Whoever is told nothing yet may open it, too: what is subscribed to later comes over it. */
  @Get(ALL.openEvents.path)
  @RequireAccess('result:read')
  open(@Param('aet') aet: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    const { tenant } = principalOf(request);
    const subscriber = { tenant, aet: aetOf(aet) };
    this.channels.insistOnRoom(tenant);
    const socket = this.sockets.accept(request, reply);
    if (socket !== undefined) this.channels.add(subscriber, eventSocketOf(socket), () => this.known.check(request));
  }
}

function aetOf(aet: string): string {
  const title = aeTitle.safeParse(aet);
  if (!title.success) {
    throw new ServingError('invalid_request', 'The path names no application entity title.', {
      field: 'aet',
      remedy: 'A title has 1 to 16 characters of ASCII, no backslash, and not spaces alone.',
    });
  }
  return title.data;
}

function isTrue(value: string | readonly string[] | undefined): boolean {
  if (value === undefined || value === 'false') return false;
  if (value === 'true') return true;
  throw new ServingError('invalid_request', 'The parameter is true or false.', { field: 'deletionlock' });
}
