/** A JSON Schema that is an object, of whatever draft. */
export type Schema = Readonly<Record<string, unknown>>;
