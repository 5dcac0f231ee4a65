// Snippet rules: which snippets run over a request.  CF rules/snippets/how-it-works
//
// All rules are evaluated before any snippet runs, so that no snippet can make another match.

import { makeMatcher } from './matching.ts'
import type { RulesPhase } from './outcomes.ts'
import { compileEnabled, type PhaseTable, type StoredRule } from './rule.ts'

/** A rule as the endpoint of snippet rules keeps it. */
export type SnippetRule = {
  readonly id: string
  readonly expression: string
  readonly snippet_name: string
  readonly description?: string | undefined
  readonly enabled?: boolean | undefined
}

type SnippetEffect = { readonly snippet: string }

const NAME = /^[a-z0-9_]+$/

export const SNIPPETS_TABLE: PhaseTable<SnippetEffect> = {
  phase: 'http_request_snippets',
  actions: {
    run_snippet: (parameters) => {
      const members = parameters.members(['snippet_name'])
      const name = members?.get('snippet_name')
      if (members === undefined) return undefined
      if (name === undefined) return parameters.refuse('snippet_name is missing; name the snippet to run')
      const snippet = name.string()
      if (snippet === undefined || NAME.test(snippet)) return snippet === undefined ? undefined : { snippet }
      return name.refuse('this is no name of a snippet; use small letters, digits and "_"')
    },
  },
}

/** The rules of the endpoint as rules of the phase. */
export function toStoredRules(rules: readonly SnippetRule[]): readonly StoredRule[] {
  return rules.map(({ id, expression, snippet_name, description = '', enabled = true }) => ({
    ...{ id, ref: id, expression, description, enabled },
    action: 'run_snippet',
    action_parameters: { snippet_name },
  }))
}

/** The names of the snippets to run, in the order of their rules; undefined when no rule is on. */
export function compileSnippetRules(
  stored: readonly StoredRule[],
  problems: string[],
): RulesPhase<readonly string[]> | undefined {
  const rules = compileEnabled(SNIPPETS_TABLE, stored, problems).map((rule) => ({
    ...rule,
    sentence: `${rule.name}: run snippet ${rule.effect.snippet}`,
  }))
  if (rules.length === 0) return undefined
  const match = makeMatcher(rules.map(({ filter }) => filter))
  return {
    run: (context, trail) => {
      context.beginPhase()
      const names = new Set<string>()
      match(context, (place) => {
        const rule = rules[place]
        if (rule === undefined) return 'go on'
        names.add(rule.effect.snippet)
        trail.push(rule.sentence)
        return 'go on'
      })
      return [...names]
    },
  }
}
