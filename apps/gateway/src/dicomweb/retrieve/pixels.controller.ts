import { Controller, Get, Param, Query, Req, Res } from '@nestjs/common';
import type { KeptInstance } from '@medserve/archive';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { RequireAccess } from '../../http/access';
import { callerSignal } from '../../http/caller-signal';
import { principalOf } from '../../http/principal';
import { DicomWeb } from '../dicom-web';
import { acceptedBy, type RetrieveQuery } from '../media/accepted-by';
import { notAcceptable } from '../media/send-data-sets';
import { bufferOf, writeParts, type AnswerPart } from '../multipart/write-parts';
import { RESOURCES } from '../resources';
import { findInstances, tellRead, type RetrievedPath, type Taken } from './find-instances';
import { parseFrames } from './parse-rendering';
import { EXPLICIT_VR_LITTLE_ENDIAN, pixelForm, type PixelForm } from './pick-form';
import { orNotAcceptable } from './unmakeable';

const PIXEL_DATA = '7FE00010';

/** WADO-RS of frames and of the values that metadata refer to (PS3.18 10.4.1.1.5 and .6). */
@Controller('dicom-web')
export class PixelsController {
  constructor(private readonly web: DicomWeb) {}

  @Get(RESOURCES.frames.path)
  @RequireAccess('result:read')
  async frames(
    @Param() path: RetrievedPath & { readonly frames: string },
    @Query() query: RetrieveQuery,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const frames = parseFrames(path.frames);
    const accepted = acceptedBy(request, query);
    const instance = await this.find(request, path);
    const form = pixelForm(instance.transferSyntaxUid, accepted, frames.length === 1);
    if (form === undefined) throw notAcceptable('The frames cannot leave in this form.');
    await this.send(request, reply, instance, form, 'frames', (signal) =>
      this.web.parts.pool.frames(this.reading(instance), frames, form.asStored, signal),
    );
  }

  @Get(RESOURCES.bulkData.path)
  @RequireAccess('result:read')
  async bulkData(
    @Param() path: RetrievedPath & { readonly '*': string },
    @Query() query: RetrieveQuery,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const accepted = acceptedBy(request, query);
    const instance = await this.find(request, path);
    const { pool } = this.web.parts;
    const element = path['*'];
    const isPixelData = element.toUpperCase() === PIXEL_DATA;
    const stored = isPixelData ? instance.transferSyntaxUid : EXPLICIT_VR_LITTLE_ENDIAN;
    const form = pixelForm(stored, accepted, true);
    if (form === undefined) throw notAcceptable('The value cannot leave in this form.');
    await this.send(request, reply, instance, form, 'bulkdata', async (signal) =>
      form.asStored
        ? pool.frames(this.reading(instance), 'all', true, signal)
        : [await pool.bulk(this.reading(instance), element, signal)],
    );
  }

  private async find(request: FastifyRequest, path: RetrievedPath): Promise<KeptInstance> {
    const [instance] = await findInstances(this.web.parts, principalOf(request), path);
    return instance;
  }

  private readonly reading = (instance: KeptInstance) => () => this.web.parts.archive.open(instance).read();

  private async send(
    request: FastifyRequest,
    reply: FastifyReply,
    instance: KeptInstance,
    { isMultipart, type, transferSyntax }: PixelForm,
    taken: Taken,
    take: (signal: AbortSignal) => Promise<readonly Uint8Array[]>,
  ): Promise<void> {
    const values = await orNotAcceptable(take(callerSignal(reply)));
    // They are in memory until the caller has read them.
    const giveBack = this.web.parts.budget.take(values.reduce((sum, { byteLength }) => sum + byteLength, 0));
    if (reply.raw.closed) giveBack();
    else reply.raw.once('close', giveBack);
    await tellRead(this.web.parts, principalOf(request), [instance], taken);
    const contentType = `${type}; transfer-syntax=${transferSyntax}`;
    const [only] = values;
    if (!isMultipart && values.length === 1 && only !== undefined) {
      void reply.header('content-type', contentType).send(bufferOf(only));
      return;
    }
    const answer = writeParts(type, partsOf(values, contentType));
    void reply.header('content-type', answer.contentType).send(answer.body);
  }
}

// oxlint-disable-next-line typescript/require-await -- parts are asked for one by one
async function* partsOf(values: readonly Uint8Array[], contentType: string): AsyncGenerator<AnswerPart> {
  for (const body of values) yield { contentType, body };
}
