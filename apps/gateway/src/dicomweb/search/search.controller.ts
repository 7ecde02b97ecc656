import { Controller, Get, Param, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { askedIn, searchDeed } from '../../activities/search-deed';
import { RequireAccess } from '../../http/access';
import { principalOf } from '../../http/principal';
import { baseUrl } from '../base-url';
import { DicomWeb } from '../dicom-web';
import { acceptedBy, type RetrieveQuery } from '../media/accepted-by';
import { sendDataSets, spellingFor } from '../media/send-data-sets';
import { warning } from '../media/warning';
import { parseUid } from '../parse-uid';
import { RESOURCES } from '../resources';
import { parseSearch } from './parse-search';
import { runSearch, type SearchScope } from './searches';

const ALL = RESOURCES;

interface Path {
  readonly study?: string;
  readonly series?: string;
}

/** QIDO-RS (PS3.18 10.6). */
@Controller('dicom-web')
export class SearchController {
  constructor(private readonly web: DicomWeb) {}

  @Get(ALL.searchStudies.path)
  @RequireAccess('result:read')
  studies(@Query() query: RetrieveQuery, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.search('study', {}, query, request, reply);
  }

  @Get([ALL.searchSeries.path, ALL.searchStudySeries.path])
  @RequireAccess('result:read')
  series(
    @Param() path: Path,
    @Query() query: RetrieveQuery,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.search('series', path, query, request, reply);
  }

  @Get([ALL.searchInstances.path, ALL.searchStudyInstances.path, ALL.searchSeriesInstances.path])
  @RequireAccess('result:read')
  instances(
    @Param() path: Path,
    @Query() query: RetrieveQuery,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.search('instance', path, query, request, reply);
  }

  private async search(
    level: SearchScope['level'],
    { study, series }: Path,
    query: RetrieveQuery,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<void> {
    const spelling = spellingFor(acceptedBy(request, query));
    const scope: SearchScope = {
      level,
      ...(study === undefined ? {} : { studyUid: parseUid(study, 'study') }),
      ...(series === undefined ? {} : { seriesUid: parseUid(series, 'series') }),
    };
    const search = parseSearch(query);
    const base = baseUrl(request, this.web.parts.url);
    const by = principalOf(request);
    const { dataSets, warnings } = await runSearch(this.web.parts, by, scope, search, base);
    await this.web.parts.activities.tell(
      by,
      searchDeed(this.web.parts.references, {
        tenant: by.tenant,
        door: 'qido',
        level,
        ...askedIn(search.match),
        ...(scope.studyUid === undefined ? {} : { study: scope.studyUid }),
        matches: dataSets.length,
      }),
    );
    if (warnings.length > 0) void reply.header('warning', warnings.map(warning).join(', '));
    if (dataSets.length === 0) void reply.status(204).send();
    else sendDataSets(reply, spelling, dataSets);
  }
}
