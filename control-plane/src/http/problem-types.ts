/** Every problem type of the API: its status, its title, and what to do about it (RFC 9457). */

export interface ProblemType {
  readonly status: number;
  readonly title: string;
  /** Plain sentences for the page at `/problems/<slug>`. */
  readonly help: string;
}

export const PROBLEM_TYPES = {
  'invalid-request': {
    status: 400,
    title: 'Invalid request',
    help: 'One or more fields were rejected. Each entry of `errors` says where it is (`in` and the JSON Pointer `pointer`) and what is wrong with it. Unknown fields are rejected too, because they are mostly typing errors. Correct the fields and send the request again; nothing was changed.',
  },
  'malformed-json': {
    status: 400,
    title: 'The body is not usable JSON',
    help: 'The body is not valid UTF-8 or JSON, names a field twice, or is nested too deeply. `detail` says where. Nothing was changed.',
  },
  unauthorized: {
    status: 401,
    title: 'An admin key is needed',
    help: 'Send `Authorization: Bearer mma_…` with an admin key that is neither expired nor revoked. The first one is in the file `admin.key` of the data folder. Keys of clients (`mm_…`) do not work here.',
  },
  forbidden: {
    status: 403,
    title: 'The admin key may not do this',
    help: 'The key is good, but its scope is too narrow: `viewer` reads, `editor` writes, `owner` also manages admin keys and stdio servers. `detail` names the scope that is needed.',
  },
  'not-found': {
    status: 404,
    title: 'Not found',
    help: 'There is nothing under this name or path. Names are case-sensitive; list the kind to see what exists.',
  },
  'method-not-allowed': {
    status: 405,
    title: 'Method not allowed',
    help: 'The path exists, but not with this method. The `Allow` header names those it has.',
  },
  'already-exists': {
    status: 409,
    title: 'It exists already',
    help: 'Something else has this name or this value already. Choose another one, or replace the existing object with PUT.',
  },
  'in-use': {
    status: 409,
    title: 'Still in use',
    help: 'Other objects refer to this one; `detail` and `used_by` name them. Change or delete them first.',
  },
  protected: {
    status: 409,
    title: 'Protected from deletion',
    help: 'The object has `protected: true`. Set it to false first, or delete with `?force=true`.',
  },
  'last-owner': {
    status: 409,
    title: 'The last owner must stay',
    help: 'At least one admin key with scope `owner` must remain that never expires and is not revoked; otherwise nobody could manage admin keys any more. Create another one first.',
  },
  revoked: {
    status: 409,
    title: 'The key is revoked',
    help: 'A revoked key stays revoked. Delete it and create a new one.',
  },
  'precondition-failed': {
    status: 412,
    title: 'It changed in the meantime',
    help: '`If-Match`, `If-None-Match` or the `revision` in the body does not fit the current state. Read the object again, redo the change on top of it, and send the new `ETag`.',
  },
  'body-too-large': {
    status: 413,
    title: 'The body is too large',
    help: 'A request to the control-plane API may have 1 MB. Nothing was changed.',
  },
  'unsupported-media-type': {
    status: 415,
    title: 'Unsupported content type',
    help: 'Send the body as `Content-Type: application/json`, uncompressed.',
  },
  unprocessable: {
    status: 422,
    title: 'The fields do not fit together',
    help: 'Each field by itself is well-formed, but not in this combination or in this installation: a reference to something that does not exist, names that clash, or a setting that forbids it. Each entry of `errors` points at the field and says what to do. Nothing was changed.',
  },
  'too-many-failures': {
    status: 429,
    title: 'Too many bad credentials',
    help: 'This address has sent too many credentials that are no admin keys. Wait as long as `Retry-After` says, and find the client that still uses an old key.',
  },
  internal: {
    status: 500,
    title: 'Internal error',
    help: 'This is a fault of the gateway. The log has a line with the same `request_id` that says more.',
  },
  unavailable: {
    status: 503,
    title: 'Not available at the moment',
    help: '`detail` names the part that is missing and what to do. Try again in a few seconds.',
  },
  'storage-full': {
    status: 507,
    title: 'No room to store the change',
    help: 'The disk that holds the data folder is full. Nothing was changed, and traffic goes on. Make room and send the request again.',
  },
} as const satisfies Record<string, ProblemType>;

export type ProblemSlug = keyof typeof PROBLEM_TYPES;
