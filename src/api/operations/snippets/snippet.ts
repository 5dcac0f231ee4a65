// What the operations on snippets share: their paths, how they are shown, what can go wrong.

import { z } from '@hono/zod-openapi'
import type { Result } from '../../../base/index.ts'
import type { Administration } from '../../../config/index.ts'
import { refuse } from '../../envelope.ts'
import type { ApiProblem } from '../../errors.ts'

type SnippetsService = Administration['snippets']
type SnippetView = NonNullable<ReturnType<SnippetsService['find']>>
type SnippetRule = ReturnType<SnippetsService['rules']>[number]
type SnippetProblem = Extract<
  ReturnType<SnippetsService['put'] | SnippetsService['remove'] | SnippetsService['setRules']>,
  { readonly ok: false }
>['problem']

export const SNIPPETS_PATH = '/zones/{zone_id}/snippets'
export const SNIPPET_PATH = `${SNIPPETS_PATH}/{snippet_name}`
/** Wins over a snippet of this name, which there is none of. */
export const RULES_PATH = `${SNIPPETS_PATH}/snippet_rules`

export const SNIPPET_RESULT = z.object({ snippet_name: z.string(), created_on: z.string(), modified_on: z.string() })
export const RULES_RESULT = z.array(
  z.object({
    id: z.string(),
    snippet_name: z.string(),
    expression: z.string(),
    description: z.string(),
    enabled: z.boolean(),
    last_updated: z.string(),
  }),
)

export function showSnippet({ name, created_on, modified_on }: SnippetView): object {
  return { snippet_name: name, created_on: instant(created_on), modified_on: instant(modified_on) }
}

export function showRules(rules: readonly SnippetRule[]): readonly object[] {
  return rules.map(({ set_by: _, ...rule }) => ({ ...rule, last_updated: instant(rule.last_updated) }))
}

export function refuseSnippet(problem: SnippetProblem): Result<never, readonly ApiProblem[]> {
  switch (problem.kind) {
    case 'unknown-snippet':
    case 'not-recorded':
      return refuse(problem.kind)
    case 'bad-name':
      return refuse('bad-script-name', { message: problem.message })
    case 'too-large': {
      const message = `the snippet has ${problem.size} bytes, more than ${problem.limit}; shorten it, or write a Worker`
      return refuse('script-too-large', { message })
    }
    case 'too-many':
      return refuse('too-many-scripts', { message: problem.message })
    case 'bad-rule': {
      const pointer = `/rules/${problem.index}/${problem.member}`
      return refuse('invalid-body', { message: problem.message, pointer })
    }
    case 'in-use':
      return refuse('snippet-in-use', { message: problem.message })
  }
}

function instant(millis: number): string {
  return new Date(millis).toISOString()
}
