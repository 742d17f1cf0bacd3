/** What all kinds of objects have in common: a name, a revision, a configuration, a state. */
import type { z } from 'zod';
import type { KindName } from '../storage/configuration-database.ts';

/** Fields of every configuration. */
export interface CommonConfig {
  readonly description?: string | undefined;
  readonly labels: Readonly<Record<string, string>>;
  readonly protected: boolean;
}

/** One object as it is stored. */
export interface Stored<C, S> {
  readonly name: string;
  readonly revision: number;
  /** Unix milliseconds. */
  readonly createdAt: number;
  readonly updatedAt: number;
  /** What was PUT, defaults filled in, without secrets. */
  readonly config: C;
  /** What the gateway keeps with it and nobody can PUT. */
  readonly state: S;
}

/** A field that names another object. */
export interface Reference {
  readonly kind: KindName;
  readonly name: string;
  /** Where in the body. */
  readonly pointer: string;
}

/** A kind, as far as storage is concerned. */
export interface Kind<C extends CommonConfig, S> {
  readonly kind: KindName;
  /** One of them, in messages. */
  readonly noun: string;
  readonly config: z.ZodType<C>;
  readonly state: z.ZodType<S>;
  references(config: C): readonly Reference[];
  /** A value that no other object of the kind may have, and where it is in the body. */
  unique?(config: C): { readonly value: string; readonly pointer: string };
}
