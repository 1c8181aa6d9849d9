export { capabilityFor, type InputRequest, isCovered } from '../mcp/input-capability.ts';
