import { runService } from '@medserve/runtime';
import { gatewayService } from './start/gateway-service';

void runService(gatewayService);
