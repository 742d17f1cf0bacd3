/** A glob of an operator on tools and prompts, by server and original name. */
import { z } from 'zod';

/** As it may be stored: one from before such were refused must not keep the gateway from starting. */
export const storedToolGlob = z.string();

/** One that can't match anything is refused: a `deny` or a limit that does not act must not pass. */
export const toolGlob = z
  .string()
  .min(1)
  .max(256)
  .regex(/[*/]/, {
    error:
      'must be server/original name, such as everything/echo, and not the name that clients see',
  })
  .regex(/^(?![^/]*\/[A-Za-z][A-Za-z0-9+.-]*:\/)/, {
    error: 'must not name a resource: resources are granted by server, as in server/*',
  });
