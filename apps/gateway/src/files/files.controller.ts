import { Controller, Delete, Get, HttpCode, Param, Post, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { PATIENT_KEY, readPatientKey } from '../privacy/patient-key';
import { RequireAccess } from '../http/access';
import { principalOf } from '../http/principal';
import { FILE_LIMITS } from './limits';
import { readUpload } from './read-upload';
import { UploadedFiles, type FileView } from './uploaded-files';

/** `/v1/files`: images that are sent once and spoken of often. */
@Controller('v1/files')
export class FilesController {
  constructor(private readonly files: UploadedFiles) {}

  @Post()
  @HttpCode(200)
  @RequireAccess('infer', { bodyBytes: FILE_LIMITS.bodyBytes })
  async add(@Req() request: FastifyRequest): Promise<FileView> {
    const patientKey = readPatientKey(request.headers[PATIENT_KEY]);
    return this.files.add(principalOf(request), await readUpload(request), patientKey);
  }

  @Get(':id')
  @RequireAccess('infer')
  show(@Param('id') id: string, @Req() request: FastifyRequest): Promise<FileView> {
    return this.files.describe(principalOf(request), id);
  }

  @Delete(':id')
  @RequireAccess('infer')
  async remove(@Param('id') id: string, @Req() request: FastifyRequest): Promise<object> {
    await this.files.remove(principalOf(request), id);
    return { id, object: 'file', deleted: true };
  }
}
