/** What goes over the message port between the decision loop and the storage thread. */
import type { CallRecord } from '@sluice/contract/call-record';
import type { DecisionLink } from './decision-link.ts';

/** Questions that the storage thread asks: each is a method of `DecisionLink` with one argument at most. */
export type Question = keyof DecisionLink;

/** Storage thread → decision loop. */
export type ToDecision =
  | {
      readonly type: 'question';
      readonly id: number;
      readonly method: Question;
      readonly argument: unknown;
    }
  /** The calls of `id` are done with; `batch` is the sidecar's own number, if it had one. */
  | { readonly type: 'stored'; readonly id: number; readonly batch: number | undefined }
  /** Each payload is the JSON bytes of a `lists` frame. */
  | {
      readonly type: 'known-lists';
      readonly id: number;
      readonly payloads: readonly Uint8Array<ArrayBuffer>[];
    }
  | { readonly type: 'stopped' };

/** Decision loop → storage thread. Payloads are the JSON bytes of a frame as a sidecar sent it. */
export type ToStorage = QuestionSettled | StorageEvent;

export type QuestionSettled =
  | { readonly type: 'reply'; readonly id: number; readonly value: unknown }
  | { readonly type: 'failure'; readonly id: number; readonly message: string };

export type StorageEvent =
  | { readonly type: 'calls'; readonly id: number; readonly payload: Uint8Array }
  | { readonly type: 'denials'; readonly records: readonly CallRecord[] }
  | { readonly type: 'lists'; readonly payload: Uint8Array }
  | { readonly type: 'status'; readonly payload: Uint8Array }
  | { readonly type: 'known-lists'; readonly id: number }
  | { readonly type: 'keys-used'; readonly lastUsed: Readonly<Record<string, number>> }
  | { readonly type: 'stop' };
