import { createHash } from 'node:crypto';
import { join } from 'node:path';

/** Folder of a tenant. No name of a file or folder says whose it is, or of whom. */
export const tenantFolder = (tenant: string): string => createHash('sha256').update(tenant).digest('hex').slice(0, 16);

/** A file of a tenant, below its folder: 256 folders, so that none holds too many. @param file a UUID */
export const filePath = (tenant: string, file: string): string =>
  join(tenantFolder(tenant), file.slice(0, 2), `${file}.dcm`);
