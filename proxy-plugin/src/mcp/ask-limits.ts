/** Asks the control plane to charge the `call` limits of a call that was only known once its body was read. */
import type { DecisionClaims } from '@sluice/contract/decision';
import type { Answer } from '@sluice/contract/frames';
import type { CallMethod, Target } from './find-target.ts';
import type { CallTurn, DataPath } from './turn.ts';

const NOTHING_TO_CHARGE: Pick<Answer, 'allowed'> = { allowed: true };

/** Resolves always. No limit may match unless the claims say so: then nobody is asked. */
export async function askLimits(
  { asks }: Pick<DataPath, 'asks'>,
  { exchange }: Pick<CallTurn, 'exchange'>,
  method: CallMethod,
  target: Target,
): Promise<Omit<Answer, 'id'>> {
  const { claims, clientIp, endpoint } = exchange;
  if (!claims.ask || isCharged(claims, target)) return NOTHING_TO_CHARGE;
  return asks.ask({
    principal: claims.principal,
    ...(claims.key !== undefined && { key: claims.key }),
    endpoint,
    clientIp,
    ...(claims.limitHeaders && { limitHeaders: claims.limitHeaders }),
    method,
    server: target.server,
    name: target.name,
  });
}

/** The decision knew what was to be called, and it is that. */
function isCharged({ charged }: DecisionClaims, { server, name }: Target): boolean {
  return charged?.server === server && charged.name === name;
}
