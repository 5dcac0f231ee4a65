// The action `redirect` of http_request_dynamic_redirect: a Single Redirect.  CF rules/url-forwarding/single-redirects/settings
//
// The first rule that matches ends the phase.  One whose target has no value redirects nobody, and the next is looked at:
// there is no address to send the visitor to, and no page that says so.

import { STRING, toByteString, type ValueExpression } from '../../rules/index.ts'
import type { RuleContext } from '../context.ts'
import type { JsonReader } from '../json-reader.ts'
import { makeMatcher } from '../matching.ts'
import type { Redirect, RulesPhase } from '../outcomes.ts'
import { compileEnabled, type PhaseTable, readValueExpression, type StoredRule } from '../rule.ts'
import { toUriText } from '../uri-text.ts'

const PHASE = 'http_request_dynamic_redirect'
const STATUSES = [301, 302, 303, 307, 308] as const
const DEFAULT_STATUS = 302
const MAX_URL_CHARACTERS = 4_096

type RedirectEffect = {
  readonly status: Redirect['status']
  readonly target: { readonly value: string } | { readonly expression: ValueExpression }
  readonly preservesQuery: boolean
}

export const REDIRECT_TABLE: PhaseTable<RedirectEffect> = { phase: PHASE, actions: { redirect: readRedirect } }

export function compileRedirects(
  stored: readonly StoredRule[],
  problems: string[],
): RulesPhase<Redirect | undefined> | undefined {
  const rules = compileEnabled(REDIRECT_TABLE, stored, problems)
  if (rules.length === 0) return undefined
  const match = makeMatcher(rules.map(({ filter }) => filter))
  return {
    run: (context, trail) => {
      context.beginPhase()
      let redirect: Redirect | undefined
      match(context, (place) => {
        const rule = rules[place]
        if (rule === undefined) return 'go on'
        const location = locationFor(rule.effect, context)
        if (location === undefined) {
          trail.push(`${rule.name}: matched, but its target has no value`)
          return 'go on'
        }
        redirect = { status: rule.effect.status, location }
        trail.push(`${rule.name}: redirect ${rule.effect.status} to ${location}`)
        return 'stop'
      })
      return redirect
    },
  }
}

function locationFor({ target, preservesQuery }: RedirectEffect, context: RuleContext): string | undefined {
  const url = 'value' in target ? target.value : target.expression.get(context)
  if (typeof url !== 'string' || url === '') return undefined
  const text = toUriText(url)
  return preservesQuery ? withQuery(text, context.facts.query) : text
}

/** The visitor's query behind the target's own, before its fragment. */
function withQuery(url: string, query: string): string {
  if (query.length < 2) return url
  const hash = url.indexOf('#')
  const [before, fragment] = hash < 0 ? [url, ''] : [url.slice(0, hash), url.slice(hash)]
  const mark = before.includes('?') ? '&' : '?'
  return before + mark + toUriText(query.slice(1)) + fragment
}

function readRedirect(parameters: JsonReader): RedirectEffect | undefined {
  const members = parameters.members(['from_value', 'from_list'])
  members?.get('from_list')?.refuse('bulk redirects are not in this version; use from_value')
  const from = members?.get('from_value')
  if (from === undefined) {
    if (members !== undefined && !members.has('from_list')) {
      parameters.refuse('from_value is missing; say where to redirect')
    }
    return undefined
  }
  const parts = from.members(['target_url', 'status_code', 'preserve_query_string'])
  if (parts === undefined) return undefined
  const target = readTarget(from, parts.get('target_url'))
  const given = parts.get('status_code')
  const status = given === undefined ? DEFAULT_STATUS : STATUSES.find((each) => each === given.value)
  if (status === undefined) given?.refuse(`this is no status of a redirect; use ${STATUSES.join(', ')}`)
  const preservesQuery = parts.get('preserve_query_string')?.boolean() ?? false
  return target === undefined || status === undefined ? undefined : { status, target, preservesQuery }
}

function readTarget(from: JsonReader, reader: JsonReader | undefined): RedirectEffect['target'] | undefined {
  if (reader === undefined)
    return from.refuse('target_url is missing; add {"value": "https://..."} or {"expression": "..."}')
  const members = reader.members(['value', 'expression'])
  if (members === undefined) return undefined
  const [value, expression] = [members.get('value'), members.get('expression')]
  if ((value === undefined) === (expression === undefined))
    return reader.refuse('use exactly one of value and expression')
  if (expression !== undefined) {
    const compiled = readValueExpression(expression, PHASE, STRING)
    return compiled && { expression: compiled }
  }
  const url = value?.string()
  if (url === undefined) return undefined
  if (url.length > MAX_URL_CHARACTERS)
    return value?.refuse(`${url.length} characters exceed ${MAX_URL_CHARACTERS}; shorten it`)
  if (!/^(?:https?:\/\/[^/?#]|\/)/i.test(url)) {
    return value?.refuse('this is no target; write a URL with http or https, or a path that begins with "/"')
  }
  return { value: toByteString(url) }
}
