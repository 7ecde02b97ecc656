import { Controller, Get, HttpCode, Param, Post, Put, Query, Req, Res } from '@nestjs/common';
import { ServingError } from '@medserve/errors';
import { isState, textOf, UPS_TAG, type WorkitemDataSet } from '@medserve/studies';
import { isUid, type DicomJson } from '@medserve/imaging';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { baseUrl } from '../dicomweb/base-url';
import { acceptedBy } from '../dicomweb/media/accepted-by';
import { sendDataSets, sendOne, spellingFor, spellingOfOne } from '../dicomweb/media/send-data-sets';
import { parseUid } from '../dicomweb/parse-uid';
import { RequireAccess } from '../http/access';
import { principalOf } from '../http/principal';
import { NOT_PERFORMED } from '../dicomweb/search/searches';
import { PlatformUrl } from '../http/platform-url';
import { readDataSet, WORKITEM_BYTES } from './read-data-set';
import { WORKITEM_RESOURCES } from './resources';
import { parseWorkitemSearch, searched } from './search-query';
import { tellWorkitem } from './tell-workitem';
import { uidIn } from './uid-in-query';
import {
  CREATED_MODIFIED,
  NOT_FUZZY,
  refusedCancel,
  refusedChange,
  refusedUpdate,
  warningHeader,
  warningOf,
  type Refused,
} from './workitem-warnings';
import { Workitems } from './workitems';

type Query = Readonly<Record<string, string | readonly string[] | undefined>>;

const ALL = WORKITEM_RESOURCES;
const TAKES = { bodyBytes: WORKITEM_BYTES };
const MORE = 'There are additional results that can be requested.';

/** UPS-RS (PS3.18 chapter 11). */
@Controller('dicom-web')
export class WorkitemsController {
  constructor(
    private readonly workitems: Workitems,
    private readonly url: PlatformUrl,
  ) {}

  @Post(ALL.create.path)
  @RequireAccess('infer', TAKES)
  async create(
    @Query() query: Query,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    const uid = uidIn(query, ['workitem', 'AffectedSOPInstanceUID'], 'workitem');
    const created = await this.workitems.create(principalOf(request), uid, payloadOf(request));
    const location = `${baseUrl(request, this.url)}/workitems/${created.uid}`;
    void reply.status(201).header('location', location).header('content-location', location);
    if (created.isModified) this.warn(request, reply, CREATED_MODIFIED);
  }

  @Get(ALL.search.path)
  @RequireAccess('result:read')
  async search(@Query() query: Query, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const spelling = spellingFor(acceptedBy(request, query));
    const search = parseWorkitemSearch(query);
    const found = await this.workitems.search(principalOf(request), search);
    const base = baseUrl(request, this.url);
    const dataSets = found.slice(0, search.limit).map((item) => searched(tellWorkitem(item, base), search.include));
    const warnings = [
      ...(search.ignored.length === 0 ? [] : [`These keys were not matched: ${search.ignored.join(', ')}.`]),
      ...(search.fuzzy ? [NOT_FUZZY] : []),
      ...search.notPerformed.map((name) => NOT_PERFORMED[name]),
      ...(found.length > search.limit ? [MORE] : []),
    ];
    if (warnings.length > 0) this.warn(request, reply, ...warnings);
    if (dataSets.length === 0) void reply.status(204).send();
    else sendDataSets(reply, spelling, dataSets as readonly DicomJson[]);
  }

  @Get(ALL.retrieve.path)
  @RequireAccess('result:read')
  async retrieve(
    @Param('workitem') workitem: string,
    @Query() query: Query,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const spelling = spellingOfOne(acceptedBy(request, query));
    const { item, inputs } = await this.workitems.find(principalOf(request), uidOfPath(workitem));
    sendOne(reply, spelling, tellWorkitem(item, baseUrl(request, this.url), inputs) as DicomJson);
  }

  @Post(ALL.update.path)
  @HttpCode(200)
  @RequireAccess('infer', TAKES)
  async update(
    @Param('workitem') workitem: string,
    @Query() query: Query,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    const uid = uidOfPath(workitem);
    const changes = payloadOf(request);
    const transactionUid =
      uidIn(query, ['transaction-uid', 'transaction'], 'transaction-uid') ?? textOf(changes, UPS_TAG.transactionUid);
    const outcome = await this.workitems.update(principalOf(request), uid, transactionUid, changes);
    if (outcome.kind === 'refused') this.refuse(request, reply, refusedUpdate(outcome));
  }

  @Put(ALL.changeState.path)
  @RequireAccess('infer', TAKES)
  async changeState(
    @Param('workitem') workitem: string,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    const uid = uidOfPath(workitem);
    const payload = payloadOf(request);
    const to = textOf(payload, UPS_TAG.state);
    if (!isState(to)) {
      throw new ServingError('invalid_request', 'The payload names no state.', { field: 'ProcedureStepState' });
    }
    const transactionUid = textOf(payload, UPS_TAG.transactionUid);
    if (transactionUid !== undefined && !isUid(transactionUid)) {
      throw new ServingError('invalid_request', 'The Transaction UID is no UID.', { field: 'TransactionUID' });
    }
    const outcome = await this.workitems.changeState(principalOf(request), uid, { to, transactionUid });
    if (outcome.kind === 'refused') this.refuse(request, reply, refusedChange(outcome, transactionUid));
    const warning = warningOf(outcome.status);
    if (warning !== undefined) this.warn(request, reply, warning);
  }

  @Post(ALL.requestCancel.path)
  @HttpCode(202)
  @RequireAccess('infer', TAKES)
  async requestCancel(
    @Param('workitem') workitem: string,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    const uid = uidOfPath(workitem);
    const isEmpty = !Buffer.isBuffer(request.body) || request.body.length === 0;
    const payload = isEmpty ? {} : payloadOf(request);
    const outcome = await this.workitems.requestCancel(principalOf(request), uid, payload);
    if (outcome.kind === 'refused') this.refuse(request, reply, refusedCancel(outcome));
  }

  private refuse(request: FastifyRequest, reply: FastifyReply, { warning, error }: Refused): never {
    this.warn(request, reply, warning);
    throw error;
  }

  private warn(request: FastifyRequest, reply: FastifyReply, ...texts: readonly string[]): void {
    void reply.header('warning', warningHeader(baseUrl(request, this.url), ...texts));
  }
}

const uidOfPath = (workitem: string): string => parseUid(workitem, 'workitem');

const payloadOf = (request: FastifyRequest): WorkitemDataSet =>
  readDataSet(request.headers['content-type'], request.body);
