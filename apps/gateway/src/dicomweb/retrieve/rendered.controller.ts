import { Controller, Get, Param, Query, Req, Res } from '@nestjs/common';
import { RENDERED_TYPES, type RenderedType } from '@medserve/imaging';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { RequireAccess } from '../../http/access';
import { callerSignal } from '../../http/caller-signal';
import { principalOf } from '../../http/principal';
import { DicomWeb } from '../dicom-web';
import { THUMBNAIL } from '../limits';
import { isTaken, type Accepted } from '../media/accept';
import { acceptedBy, type RetrieveQuery } from '../media/accepted-by';
import { notAcceptable } from '../media/send-data-sets';
import { warning } from '../media/warning';
import { bufferOf, withFirst, writeParts } from '../multipart/write-parts';
import { RESOURCES } from '../resources';
import { findInstances, tellRead, type RetrievedPath } from './find-instances';
import { notRendered, parseFrames, parseLook } from './parse-rendering';
import { everyPicture, forThumbnail, makePicture, possiblePictures, type MadePicture } from './pictures';

const ALL = RESOURCES;

type RenderedPath = RetrievedPath & { readonly frames?: string };

/** WADO-RS of pictures: rendered resources and thumbnails (PS3.18 10.4.1.1.3 and .4). */
@Controller('dicom-web')
export class RenderedController {
  constructor(private readonly web: DicomWeb) {}

  /**
   * One picture is the whole body, several are parts. Of an image of several frames, the first is shown. Of a study or series, what
   * cannot be shown is left out.
   */
  @Get([ALL.renderedStudy.path, ALL.renderedSeries.path, ALL.renderedInstance.path, ALL.renderedFrames.path])
  @RequireAccess('result:read')
  async rendered(
    @Param() path: RenderedPath,
    @Query() query: RetrieveQuery,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { parts } = this.web;
    const frames = path.frames === undefined ? [1] : parseFrames(path.frames);
    const look = { ...parseLook(query), type: pictureType(acceptedBy(request, query)) };
    warn(reply, notRendered(query, look.type));
    const by = principalOf(request);
    const found = await findInstances(parts, by, path);
    const shots = found.flatMap((instance) => frames.map((frame) => ({ instance, frame })));
    await tellRead(parts, by, found, 'rendered');
    const signal = callerSignal(reply);
    const [only] = shots;
    if (shots.length === 1 && only !== undefined) {
      sendPicture(reply, await makePicture(parts, only, look, signal));
      return;
    }
    const pictures = path.frames === undefined ? possiblePictures : everyPicture;
    const answer = writeParts(look.type, await withFirst(pictures(parts, shots, look, signal)));
    void reply.header('content-type', answer.contentType).send(answer.body);
  }

  /** Of several instances an image from the middle; where none can be made of it, the next one that one can be made of. */
  @Get([ALL.studyThumbnail.path, ALL.seriesThumbnail.path, ALL.instanceThumbnail.path, ALL.frameThumbnail.path])
  @RequireAccess('result:read')
  async thumbnail(
    @Param() path: RenderedPath,
    @Query() query: RetrieveQuery,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { parts } = this.web;
    const [frame] = path.frames === undefined ? [1] : parseFrames(path.frames);
    const { viewport = { width: THUMBNAIL, height: THUMBNAIL }, ...asked } = parseLook(query);
    const look = { ...asked, viewport, type: pictureType(acceptedBy(request, query)) };
    warn(reply, notRendered(query, look.type));
    const by = principalOf(request);
    const found = await findInstances(parts, by, path);
    const shots = forThumbnail(found).map((instance) => ({ instance, frame }));
    for await (const picture of possiblePictures(parts, shots, look, callerSignal(reply))) {
      await tellRead(parts, by, [picture.instance], 'thumbnail');
      sendPicture(reply, picture);
      return;
    }
  }
}

function warn(reply: FastifyReply, texts: readonly string[]): void {
  if (texts.length > 0) void reply.header('warning', texts.map(warning).join(', '));
}

const sendPicture = (reply: FastifyReply, { contentType, body }: MadePicture): void => {
  void reply.header('content-type', contentType).send(bufferOf(body));
};

/** @throws ServingError `not_acceptable` */
function pictureType(accepted: readonly Accepted[]): RenderedType {
  for (const range of accepted) {
    const found = RENDERED_TYPES.find((offer) => isTaken(range, offer));
    if (found !== undefined) return found;
  }
  throw notAcceptable('Pictures are made as image/jpeg, image/png and image/gif.');
}
