// PUT /zones/{zone_id}/snippets/snippet_rules: replaces the whole list.

import { z } from '@hono/zod-openapi'
import { fail } from '../../../base/index.ts'
import { succeed } from '../../envelope.ts'
import { zoneOperation } from '../../operation.ts'
import { schemaBody } from '../../schema-body.ts'
import { RULES_PATH, RULES_RESULT, refuseSnippet, showRules } from './snippet.ts'

const MAX_EXPRESSION_CHARACTERS = 4096
const MAX_DESCRIPTION_CHARACTERS = 1024
const MAX_RULES = 300

const RULE = z.looseObject({
  snippet_name: z.string(),
  expression: z.string().trim().min(1).max(MAX_EXPRESSION_CHARACTERS),
  description: z.string().max(MAX_DESCRIPTION_CHARACTERS).nullish(),
  enabled: z.boolean().nullish(),
})

export const putSnippetRules = zoneOperation({
  method: 'put',
  path: RULES_PATH,
  summary: 'Replace all snippet rules',
  permission: 'snippets:edit',
  body: schemaBody(z.object({ rules: z.array(RULE).max(MAX_RULES) })),
  result: RULES_RESULT,
  handle: ({ zone, services, body }) => {
    const rules = body.rules.map(({ snippet_name, expression, description, enabled }) => {
      return { snippet_name, expression, description: description ?? '', enabled: enabled ?? true }
    })
    const problems = services.administration.snippets.judgeExpressions(rules)
    if (problems.length > 0) {
      return fail(
        problems.map(({ index, message }) => {
          return { kind: 'invalid-ruleset', message, pointer: `/rules/${index}/expression` } as const
        }),
      )
    }
    const set = services.administration.snippets.setRules(zone.id, rules)
    return set.ok ? succeed(showRules(set.value)) : refuseSnippet(set.problem)
  },
})
