/** `/problems/<slug>`: a short page about each type of problem, the target of `type`. */
import { z } from 'zod';
import { Problem } from './problem.ts';
import { PROBLEM_TYPES, type ProblemSlug, type ProblemType } from './problem-types.ts';
import { defineRoute } from './route.ts';

export const getProblemPage = defineRoute({
  operationId: 'getProblemPage',
  method: 'get',
  path: '/problems/{slug}',
  tag: 'Problems',
  scope: 'public',
  summary: 'Explain a type of problem',
  description:
    'A page for people about one `type` of a problem response: what it means and what to do.',
  params: z.strictObject({
    slug: z.string().max(64).describe('Last part of the problem’s `type`.'),
  }),
  replies: {
    200: {
      description: 'An HTML page.',
      contentType: 'text/html; charset=utf-8',
      example: page('not-found', PROBLEM_TYPES['not-found']),
    },
  },
  async handle({ params }) {
    if (!isProblemSlug(params.slug)) {
      throw new Problem('not-found', `there is no problem type "${params.slug}"`);
    }
    return {
      status: 200,
      body: page(params.slug, PROBLEM_TYPES[params.slug]),
      headers: { 'Content-Security-Policy': "default-src 'none'", 'Cache-Control': 'max-age=300' },
    };
  },
});

function isProblemSlug(slug: string): slug is ProblemSlug {
  return Object.hasOwn(PROBLEM_TYPES, slug);
}

function page(slug: string, { status, title, help }: ProblemType): string {
  const text = help.replace(/`([^`]+)`/g, '<code>$1</code>');
  return `<!doctype html>
<html lang="en"><meta charset="utf-8"><title>${title}</title>
<h1>${title}</h1>
<p>HTTP ${status}, <code>/problems/${slug}</code></p>
<p>${text}</p>
</html>
`;
}
