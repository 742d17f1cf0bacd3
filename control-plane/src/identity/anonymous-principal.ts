/** Who calls when no key says it: the client's network. */
import { clientNetwork } from './client-network.ts';

export function anonymousPrincipal(clientIp: string): string {
  return `ip:${clientNetwork(clientIp)}`;
}
