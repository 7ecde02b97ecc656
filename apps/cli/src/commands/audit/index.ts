export { auditCommand } from './audit-command';
