import { runService } from '@medserve/runtime';
import { gatewayService } from './start';

void runService(gatewayService);
