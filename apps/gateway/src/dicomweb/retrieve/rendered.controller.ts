import { Controller, Get, Param, Query, Req, Res } from '@nestjs/common';
import type { KeptInstance } from '@medserve/archive';
import { RENDERED_TYPES, type RenderedType } from '@medserve/imaging';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { RequireAccess } from '../../http/access';
import { callerSignal } from '../../http/caller-signal';
import { principalOf } from '../../http/default-deny';
import { DicomWeb } from '../dicom-web';
import { THUMBNAIL } from '../limits';
import { isIn, type Accepted } from '../media/accept';
import { notAcceptable } from '../media/send-data-sets';
import { bufferOf, withFirst, writeParts, type AnswerPart } from '../multipart/write-parts';
import { RESOURCES } from '../resources';
import { acceptedBy, type RetrieveQuery } from './accepted-by';
import { findInstances, tellRead, type RetrievedPath } from './find-instances';
import { parseFrames, parseLook, type Look } from './parse-rendering';
import { orNotAcceptable } from './unmakeable';

const ALL = RESOURCES;

type RenderedPath = RetrievedPath & { readonly frames?: string };

interface Shot {
  readonly instance: KeptInstance;
  readonly frame: number;
}

/** WADO-RS of pictures: rendered resources and thumbnails (PS3.18 10.4.1.1.3 and .4). */
@Controller('dicom-web')
export class RenderedController {
  constructor(private readonly web: DicomWeb) {}

  /** One picture is the whole body, several are parts. Of an image of several frames, the first is shown. */
  @Get([ALL.renderedStudy.path, ALL.renderedSeries.path, ALL.renderedInstance.path, ALL.renderedFrames.path])
  @RequireAccess('result:read')
  async rendered(
    @Param() path: RenderedPath,
    @Query() query: RetrieveQuery,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const look = parseLook(query);
    const frames = path.frames === undefined ? [1] : parseFrames(path.frames);
    const type = pictureType(acceptedBy(request, query));
    const by = principalOf(request);
    const found = await findInstances(this.web.parts, by, path);
    const shots = found.flatMap((instance) => frames.map((frame) => ({ instance, frame })));
    await tellRead(this.web.parts, by, found, 'rendered');
    await this.send(reply, shots, type, look);
  }

  /** Of several instances the middle one, as it is most likely to show something. */
  @Get([ALL.studyThumbnail.path, ALL.seriesThumbnail.path, ALL.instanceThumbnail.path, ALL.frameThumbnail.path])
  @RequireAccess('result:read')
  async thumbnail(
    @Param() path: RenderedPath,
    @Query() query: RetrieveQuery,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { viewport = { width: THUMBNAIL, height: THUMBNAIL }, ...look } = parseLook(query);
    const [frame] = path.frames === undefined ? [1] : parseFrames(path.frames);
    const type = pictureType(acceptedBy(request, query));
    const by = principalOf(request);
    const found = await findInstances(this.web.parts, by, path);
    const instance = found[Math.floor(found.length / 2)] ?? found[0];
    await tellRead(this.web.parts, by, [instance], 'thumbnail');
    await this.send(reply, [{ instance, frame }], type, { ...look, viewport });
  }

  private async send(reply: FastifyReply, shots: readonly Shot[], type: RenderedType, look: Look): Promise<void> {
    const signal = callerSignal(reply);
    const [only] = shots;
    if (shots.length === 1 && only !== undefined) {
      const { body } = await this.picture(only, type, look, signal);
      void reply.header('content-type', type).send(bufferOf(body));
      return;
    }
    const answer = writeParts(type, await withFirst(this.pictures(shots, type, look, signal)));
    void reply.header('content-type', answer.contentType).send(answer.body);
  }

  private async *pictures(
    shots: readonly Shot[],
    type: RenderedType,
    look: Look,
    signal: AbortSignal,
  ): AsyncGenerator<AnswerPart> {
    for (const shot of shots) yield await this.picture(shot, type, look, signal);
  }

  private async picture(
    { instance, frame }: Shot,
    type: RenderedType,
    look: Look,
    signal: AbortSignal,
  ): Promise<{ readonly contentType: string; readonly body: Uint8Array }> {
    const { pool, archive } = this.web.parts;
    const reading = () => archive.open(instance).read();
    return { contentType: type, body: await orNotAcceptable(pool.rendered(reading, { ...look, type, frame }, signal)) };
  }
}

/** @throws ServingError `not_acceptable` */
function pictureType(accepted: readonly Accepted[]): RenderedType {
  for (const { type } of accepted) {
    const found = RENDERED_TYPES.find((offer) => isIn(type, offer));
    if (found !== undefined) return found;
  }
  throw notAcceptable('Pictures are made as image/jpeg, image/png and image/gif.');
}
