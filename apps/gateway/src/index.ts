export { gatewayService } from './start/gateway-service';
