/** What keeps the gateway from starting: one line per fault, each saying what is wrong, where, and what to do. */
export class StartError extends Error {
  override readonly name = 'StartError';
  readonly faults: readonly string[];

  constructor(faults: string | readonly string[], options?: ErrorOptions) {
    const lines = typeof faults === 'string' ? [faults] : faults;
    super(lines.join('\n'), options);
    this.faults = lines;
  }
}

/** The system's own words for an error, without Node's decoration around them. */
export function reasonOf(error: unknown): string {
  return error instanceof Error
    ? error.message.replace(/^(\w+): (.*?)(, \w+ '.*)?$/, '$2 ($1)')
    : String(error);
}
