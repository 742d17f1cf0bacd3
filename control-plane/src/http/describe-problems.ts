/** The problem responses of a route in the document, as shared components. */
import type { OpenApiBuilder, ReferenceObject } from 'openapi3-ts/oas31';
import { problemSchema } from './problem-schema.ts';
import { PROBLEM_TYPES, type ProblemSlug } from './problem-types.ts';
import type { Route } from './route.ts';
import type { SchemaComponents } from './schema-components.ts';

/** By status. Problems that share a status share a response. */
export function describeProblems<D>(
  route: Route<D>,
  components: SchemaComponents,
  builder: OpenApiBuilder,
): Record<string, ReferenceObject> {
  const byStatus = Map.groupBy(problemsOf(route), (slug) => PROBLEM_TYPES[slug].status);
  const schema = components.reference(problemSchema, 'output');
  return Object.fromEntries(
    [...byStatus].map(([status, slugs]) => {
      const name = componentName(slugs);
      builder.addResponse(name, {
        description: slugs.map((slug) => PROBLEM_TYPES[slug].title).join('. Or: '),
        content: {
          'application/problem+json': {
            schema,
            examples: Object.fromEntries(slugs.map((slug) => [slug, { value: example(slug) }])),
          },
        },
      });
      return [String(status), { $ref: `#/components/responses/${name}` }];
    }),
  );
}

/** What a route can answer beside its own: by whether it is public, has a path parameter, a body. */
export function problemsOf<D>(route: Route<D>): ProblemSlug[] {
  const slugs = new Set<ProblemSlug>(['invalid-request']);
  if (route.body) {
    for (const slug of ['malformed-json', 'body-too-large', 'unsupported-media-type'] as const) {
      slugs.add(slug);
    }
  }
  if (route.scope !== 'public') {
    for (const slug of ['unauthorized', 'forbidden', 'too-many-failures'] as const) slugs.add(slug);
  }
  if (route.params) slugs.add('not-found');
  for (const slug of route.problems ?? []) slugs.add(slug);
  return [...slugs].sort((a, b) => PROBLEM_TYPES[a].status - PROBLEM_TYPES[b].status);
}

function componentName(slugs: readonly ProblemSlug[]): string {
  const pascal = (slug: string) =>
    slug.replace(/(^|-)[a-z]/g, (part) => part.slice(-1).toUpperCase());
  return slugs.map(pascal).join('Or');
}

function example(slug: ProblemSlug) {
  const { status, title, help } = PROBLEM_TYPES[slug];
  return {
    type: `/problems/${slug}`,
    title,
    status,
    detail: help,
    instance: '/api/v1/…',
    request_id: '5f0c1d2e3a4b5c6d7e8f90a1b2c3d4e5',
  };
}
