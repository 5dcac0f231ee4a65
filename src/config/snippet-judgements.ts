// What a snippet and its rules may be, and what they are as documents.  Pure, but for ids.

import type { Bytes } from '../base/index.ts'
import { toStoredRules, validateRuleset } from '../rulesets/index.ts'
import { isSnippetName } from '../scripts/index.ts'
import { quote } from './problems.ts'
import type { SnippetDocument, SnippetRuleDocument } from './script-documents.ts'
import { MAX_SNIPPET_BYTES, MAX_SNIPPETS } from './script-limits.ts'
import type { SnippetCode, SnippetRuleRequest } from './snippet-contract.ts'

export type BadSnippet =
  | { readonly kind: 'bad-name'; readonly message: string }
  | { readonly kind: 'too-large'; readonly size: Bytes; readonly limit: Bytes }

export type TooMany = { readonly kind: 'too-many'; readonly message: string }

/** A rule of the list, by its index, and what is wrong with it. */
export type BadRule = {
  readonly kind: 'bad-rule'
  readonly index: number
  readonly member: string
  readonly message: string
}

export type ExpressionProblem = { readonly index: number; readonly message: string }

/** The name that collides with the path of the rules. */
const RESERVED_NAME = 'snippet_rules'

/** The document of a snippet's code, with its modules kept. */
export function makeSnippetDocument(
  { mainModule, modules }: SnippetCode,
  keep: (content: Uint8Array) => string,
  { now, createdOn }: { readonly now: number; readonly createdOn: number },
): SnippetDocument {
  return {
    id: crypto.randomUUID(),
    created_on: createdOn,
    modified_on: now,
    main_module: mainModule,
    modules: modules.map(({ name, type, content }) => ({ name, type, hash: keep(content), size: content.length })),
  }
}

/** What is wrong with a snippet's name or code, or undefined. */
export function judgeSnippet(name: string, { modules }: SnippetCode): BadSnippet | undefined {
  if (!isSnippetName(name) || name === RESERVED_NAME) {
    const message = `${quote(name)} is not the name of a snippet; use lower-case letters, digits and _, such as "add_cors"`
    return { kind: 'bad-name', message }
  }
  const size = modules.reduce((sum, { content }) => sum + content.length, 0) as Bytes
  return size > MAX_SNIPPET_BYTES ? { kind: 'too-large', size, limit: MAX_SNIPPET_BYTES } : undefined
}

/** What is wrong with the first rule that is wrong, or undefined; expressions are for the rules language to judge. */
export function judgeRules(
  rules: readonly SnippetRuleRequest[],
  names: readonly string[],
): BadRule | TooMany | undefined {
  if (rules.length > MAX_SNIPPETS) {
    return { kind: 'too-many', message: `${rules.length} rules are more than ${MAX_SNIPPETS}; leave some out` }
  }
  const seen = new Set<string>()
  for (const [index, { snippet_name }] of rules.entries()) {
    const bad = (message: string) => ({ kind: 'bad-rule', index, member: 'snippet_name', message }) as const
    if (!names.includes(snippet_name)) return bad(`there is no snippet ${quote(snippet_name)}; upload it first`)
    if (seen.has(snippet_name))
      return bad(`the snippet ${quote(snippet_name)} has another rule; join the two with "or"`)
    seen.add(snippet_name)
  }
  return undefined
}

export function judgeExpressions(rules: readonly SnippetRuleRequest[]): readonly ExpressionProblem[] {
  const asRules = toStoredRules(rules.map((rule, index) => ({ ...rule, id: String(index) })))
  return validateRuleset('http_request_snippets', asRules).flatMap(({ pointer, message }) => {
    const [, index = '', member] = pointer.split('/')
    return member === 'expression' ? [{ index: Number(index), message }] : []
  })
}

/** A rule that says the same as before stays the same. */
export function makeRule(
  request: SnippetRuleRequest,
  before: readonly SnippetRuleDocument[],
  now: number,
): SnippetRuleDocument {
  const known = before.find(({ snippet_name }) => snippet_name === request.snippet_name)
  const id = known?.id ?? crypto.randomUUID().replaceAll('-', '')
  const isSame =
    known?.expression === request.expression &&
    known.description === request.description &&
    known.enabled === request.enabled
  return { id, ...request, last_updated: isSame ? known.last_updated : now }
}
