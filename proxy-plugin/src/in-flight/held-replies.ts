/** Bounds the memory of replies that are held until they are whole, and then until their client has read them. */

export interface HeldReplies {
  /** A reply to this principal, of no bytes yet. */
  open(principal: string): HeldReply;
  readonly bytes: number;
}

export interface HeldReply {
  /** False when there is no room for so many bytes more. */
  take(bytes: number): boolean;
  /** Nothing of it is held any more. */
  free(): void;
}

export interface HeldBounds {
  readonly all: number;
  readonly perPrincipal: number;
}

/** In all two of the longest that are carried; for one principal one of them and some beside it. */
const BOUNDS: HeldBounds = { all: 64 * 1024 * 1024, perPrincipal: 40 * 1024 * 1024 };

export function createHeldReplies({ all, perPrincipal }: HeldBounds = BOUNDS): HeldReplies {
  const ofPrincipal = new Map<string, number>();
  let held = 0;
  const add = (principal: string, bytes: number) => {
    held += bytes;
    const share = (ofPrincipal.get(principal) ?? 0) + bytes;
    if (share === 0) ofPrincipal.delete(principal);
    else ofPrincipal.set(principal, share);
  };
  return {
    get bytes() {
      return held;
    },
    open(principal) {
      let own = 0;
      return {
        take(bytes) {
          const share = ofPrincipal.get(principal) ?? 0;
          if (held + bytes > all || share + bytes > perPrincipal) return false;
          own += bytes;
          add(principal, bytes);
          return true;
        },
        free() {
          add(principal, -own);
          own = 0;
        },
      };
    },
  };
}
