/** Tells sessions that their lists changed: only those whose own view did, once for many changes. */
import type { VisibleView } from '../catalog/visible-view.ts';
import type { OpenStream, OpenStreams } from '../streams/open-streams.ts';
import { encodeNotification } from '../upstream/transport.ts';

export interface ListChanges {
  /** Lists, rules or servers are other ones now, perhaps. */
  mayHaveChanged(): void;
  /** The session knows this view: it was opened on it. */
  seen(session: string, view: VisibleView): void;
  /** The session listens from now on: it hears what it missed, which is anything if it is not known here. */
  joined(stream: OpenStream): void;
  /** The session may have missed anything by the time it listens again. */
  forget(session: string): void;
  close(): void;
}

export interface ListChangesDeps {
  readonly streams: Pick<OpenStreams, 'listening'>;
  /** What the principal behind a stream sees now; undefined when its endpoint or rules are gone. */
  viewOf(stream: OpenStream): VisibleView | undefined;
}

/** A server that changes its lists says so several times; the first one waits so long for the others. */
const SETTLE_MS = 50;
/** The oldest session is forgotten: it hears of all lists when it listens again. */
const MAX_SESSIONS = 10_000;
const KINDS = ['tools', 'prompts', 'resources'] as const;

export function createListChanges({ streams, viewOf }: ListChangesDeps): ListChanges {
  const known = new Map<string, VisibleView['fingerprints']>();
  let timer: NodeJS.Timeout | undefined;

  const seen: ListChanges['seen'] = (session, { fingerprints }) => {
    known.delete(session);
    known.set(session, fingerprints);
    const oldest = known.keys().next();
    if (known.size > MAX_SESSIONS && !oldest.done) known.delete(oldest.value);
  };
  const tell = (stream: OpenStream, isBack: boolean) => {
    const view = viewOf(stream);
    if (!view) return;
    const before = known.get(stream.session);
    seen(stream.session, view);
    for (const kind of before || isBack ? KINDS : []) {
      const isNews = before ? before[kind] !== view.fingerprints[kind] : offers(view, kind);
      if (isNews) stream.notify?.(encodeNotification(`notifications/${kind}/list_changed`));
    }
  };
  return {
    seen,
    joined: (stream) => tell(stream, true),
    forget: (session) => void known.delete(session),
    mayHaveChanged() {
      timer ??= setTimeout(() => {
        timer = undefined;
        for (const stream of streams.listening()) tell(stream, false);
      }, SETTLE_MS);
    },
    close: () => clearTimeout(timer),
  };
}

function offers(view: VisibleView, kind: string): boolean {
  return view.offer().capabilities[kind] !== undefined;
}
