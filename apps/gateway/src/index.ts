export { gatewayService } from './start';
