/** A fault of ours while we act on a message: its client must not wait for ever. */
import type { Exchange, Refusal } from '../mcp/exchange.ts';

export const FAULT: Refusal = {
  reason: 'unavailable',
  message: 'Something went wrong in the gateway. Its log says what.',
  status: 500,
};

/** Rejects as `act` does, once the client knows. */
export async function tellFault(
  exchange: Pick<Exchange, 'refuse'>,
  act: () => Promise<void>,
): Promise<void> {
  try {
    await act();
  } catch (error) {
    exchange.refuse(FAULT);
    throw error;
  }
}
