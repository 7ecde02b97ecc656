import { loadKeyWrapper } from '@medserve/security';
import { ContentVault, DataKeys, type Storage } from '@medserve/storage';
import type { Home } from './home';

/** Opens the stored answers of a home, as its gateways do. */
export const contentVault = ({ contentKeys }: Storage, { content }: Home): ContentVault =>
  new ContentVault(new DataKeys(contentKeys, loadKeyWrapper(content), () => performance.now()));
