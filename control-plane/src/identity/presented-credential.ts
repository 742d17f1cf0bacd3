/** The credential of one request, in whatever form clients send it. */
import { isSendable, SECRET_MAX_LENGTH } from '../credentials/imported-secret.ts';

/** Raw values, as NGINX passed them; '' and undefined both mean absent. */
export interface CredentialHeaders {
  readonly authorization: string | undefined;
  readonly apiKey: string | undefined;
  /** From the query string, several with spaces between; the caller has checked that the endpoint allows it. */
  readonly queryKey: string | undefined;
}

export type PresentedCredential =
  | { readonly form: 'none' }
  | { readonly form: 'secret'; readonly secret: string }
  | { readonly form: 'conflicting' }
  /** Something is there that can't be a key; `hint` says what to write instead. */
  | { readonly form: 'unreadable'; readonly hint: string };

const NONE: PresentedCredential = { form: 'none' };

/**
 * Reads all places a key may be in. Two that differ are refused: which of them was meant is not for
 * us to guess. A header in another scheme (`Basic`) counts only if there is no key elsewhere.
 */
export function presentedCredential(headers: CredentialHeaders): PresentedCredential {
  const bearer = fromAuthorization(headers.authorization);
  const inQuery = headers.queryKey?.split(' ') ?? [];
  const others = [headers.apiKey, ...inQuery].map((value) => value?.trim()).filter(isPresent);
  const secrets = new Set(bearer.form === 'secret' ? [bearer.secret, ...others] : others);
  if (secrets.size > 1) return { form: 'conflicting' };
  const [secret] = secrets;
  if (secret === undefined) return bearer;
  return secret.length <= SECRET_MAX_LENGTH && isSendable(secret)
    ? { form: 'secret', secret }
    : { form: 'unreadable', hint: ONE_TOKEN };
}

const ONE_TOKEN = 'A key is one word without spaces, commas and quotes; check how it was copied.';
const WRITE_BEARER = 'Write "Authorization: Bearer <key>" or "X-API-Key: <key>".';

/** `Bearer <token>`, the scheme in any case (RFC 9110 §11.1), any number of spaces around the token. */
function fromAuthorization(value: string | undefined): PresentedCredential {
  const text = value?.trim() ?? '';
  if (text === '') return NONE;
  const [, scheme = '', token = ''] = /^(\S+)\s*(.*)$/.exec(text) ?? [];
  if (scheme.toLowerCase() === 'bearer')
    return token === '' ? NONE : { form: 'secret', secret: token };
  const hint =
    token === ''
      ? `The Authorization header has no scheme. ${WRITE_BEARER}`
      : `This Authorization scheme is not supported. ${WRITE_BEARER}`;
  return { form: 'unreadable', hint };
}

function isPresent(value: string | undefined): value is string {
  return value !== undefined && value !== '';
}
