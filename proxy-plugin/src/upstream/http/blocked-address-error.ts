/** A connection that was not made because it led to a metadata address, which hands out the machine's credentials. */
export class BlockedAddressError extends Error {
  override readonly name = 'BlockedAddressError';
}
