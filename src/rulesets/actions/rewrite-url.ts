// The action `rewrite` of http_request_transform: a URL rewrite.  CF rules/transform/url-rewrite
//
// All rules that match are applied; of two that rewrite one part, the later wins.  Each sees the target as it was before the
// phase.  A path that nobody could request, or a part without a value, ends the request (1035, 1036, 1037).

import { STRING, toByteString, type ValueExpression } from '../../rules/index.ts'
import type { RuleContext } from '../context.ts'
import type { JsonReader } from '../json-reader.ts'
import { makeMatcher } from '../matching.ts'
import type { RuleFault, RulesPhase, UrlRewrite } from '../outcomes.ts'
import { compileEnabled, type PhaseTable, readValueExpression, type StoredRule } from '../rule.ts'
import { toPathText, toQueryText } from '../uri-text.ts'

const PHASE = 'http_request_transform'
/** Paths of the edge itself. */
const RESERVED = /^\/cdn-cgi(?:\/|$)/i
/** What a request head may have in all; docs/decisions/0061. */
const MAX_URL_CHARACTERS = 16_384
/** Of all parameters of a rule together.  CF rules/transform/url-rewrite/reference/parameters */
const MAX_PARAMETER_CHARACTERS = 4_096

type Part = { readonly value: string } | { readonly expression: ValueExpression }
type RewriteEffect = { readonly path: Part | undefined; readonly query: Part | undefined }
type RewriteFault = RuleFault<1035 | 1036 | 1037>

export const REWRITE_URL_TABLE: PhaseTable<RewriteEffect> = { phase: PHASE, actions: { rewrite: readRewrite } }

export function compileRewriteUrl(
  stored: readonly StoredRule[],
  problems: string[],
): RulesPhase<UrlRewrite | RewriteFault | undefined> | undefined {
  const rules = compileEnabled(REWRITE_URL_TABLE, stored, problems)
  if (rules.length === 0) return undefined
  const match = makeMatcher(rules.map(({ filter }) => filter))
  return {
    run: (context, trail) => {
      context.beginPhase()
      let path: string | undefined
      let query: string | undefined
      let fault: RewriteFault | undefined
      match(context, (place) => {
        const rule = rules[place]
        if (rule === undefined) return 'go on'
        const { effect, name } = rule
        const wants = { path: valueIn(effect.path, context), query: valueIn(effect.query, context) }
        fault = judge(effect, wants, name)
        if (fault !== undefined) return 'stop'
        path = wants.path === undefined ? path : toPathText(wants.path)
        query = wants.query === undefined ? query : toQueryText(wants.query)
        trail.push(`${name}: ${describe(wants)}`)
        return 'go on'
      })
      fault ??= tooLong(path ?? context.facts.path, query ?? context.facts.query)
      if (fault !== undefined) {
        trail.push(fault.detail)
        return fault
      }
      if (path === undefined && query === undefined) return undefined
      return { kind: 'rewritten', path, query: query === undefined || query === '' ? query : `?${query}` }
    },
  }
}

function valueIn(part: Part | undefined, context: RuleContext): string | undefined {
  if (part === undefined) return undefined
  const value = 'value' in part ? part.value : part.expression.get(context)
  return typeof value === 'string' ? value : undefined
}

type Wanted = { readonly path: string | undefined; readonly query: string | undefined }

function judge(effect: RewriteEffect, { path, query }: Wanted, name: string): RewriteFault | undefined {
  if ((effect.path !== undefined && path === undefined) || (effect.query !== undefined && query === undefined)) {
    return { kind: 'fault', code: 1037, detail: `${name}: an expression has no value` }
  }
  const why = path === undefined ? undefined : pathProblem(path)
  return why === undefined ? undefined : { kind: 'fault', code: 1035, detail: `${name}: the path ${why}` }
}

/** What is wrong with a rewritten path, or undefined. */
function pathProblem(path: string): string | undefined {
  if (path === '') return 'is empty'
  if (!path.startsWith('/')) return 'does not begin with "/"'
  return RESERVED.test(path) ? 'is below /cdn-cgi/' : undefined
}

function tooLong(path: string, query: string): RewriteFault | undefined {
  const length = path.length + query.length
  if (length <= MAX_URL_CHARACTERS) return undefined
  const detail = `the rewritten URL has ${length} characters, more than ${MAX_URL_CHARACTERS}`
  return { kind: 'fault', code: 1036, detail }
}

function describe({ path, query }: Wanted): string {
  const parts = [
    ...(path === undefined ? [] : [`path to ${toPathText(path)}`]),
    ...(query === undefined ? [] : [`query to ${toQueryText(query)}`]),
  ]
  return `rewrite ${parts.join(' and ')}`
}

function readRewrite(parameters: JsonReader): RewriteEffect | undefined {
  const members = parameters.members(['uri'])
  const uri = members?.get('uri')
  if (uri === undefined) {
    return members === undefined ? undefined : parameters.refuse('uri is missing; say what of the URL is rewritten')
  }
  const parts = uri.members(['path', 'query', 'origin'])
  if (parts === undefined) return undefined
  // "Whether to propagate the rewritten URI to origin": it always is.
  parts.get('origin')?.boolean()
  if (!parts.has('path') && !parts.has('query')) return uri.refuse('this rewrites nothing; add path, query or both')
  const path = readPart(parts.get('path'))
  const query = readPart(parts.get('query'))
  const length = [path, query].reduce((sum, part) => sum + (part?.length ?? 0), 0)
  if (length > MAX_PARAMETER_CHARACTERS) {
    return uri.refuse(`${length} characters in all parts exceed ${MAX_PARAMETER_CHARACTERS}; shorten them`)
  }
  if (path !== undefined && 'value' in path.part) {
    const problem = pathProblem(path.part.value)
    if (problem !== undefined) parts.get('path')?.refuse(`the path ${problem}; write one such as "/new"`)
  }
  return { path: path?.part, query: query?.part }
}

function readPart(reader: JsonReader | undefined): { readonly part: Part; readonly length: number } | undefined {
  const members = reader?.members(['value', 'expression'])
  if (members === undefined) return undefined
  const [value, expression] = [members.get('value'), members.get('expression')]
  if ((value === undefined) === (expression === undefined))
    return reader?.refuse('use exactly one of value and expression')
  if (expression === undefined) {
    const text = value?.string()
    return text === undefined ? undefined : { part: { value: toByteString(text) }, length: text.length }
  }
  const compiled = readValueExpression(expression, PHASE, STRING)
  return compiled && { part: { expression: compiled }, length: String(expression.value).length }
}
