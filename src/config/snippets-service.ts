// Snippets of zones, and the rules that run them, as the API reads and changes them.  CF rules/snippets
//
// N1  A rule never names a snippet that is not there, and a snippet is named by one rule at most.

import { type Bytes, fail, ok, type Result } from '../base/index.ts'
import { validateRuleset } from '../rulesets/index.ts'
import { isSnippetName, type Script, type ScriptModule } from '../scripts/index.ts'
import type { DocumentsDraft } from './documents.ts'
import { quote } from './problems.ts'
import type { NotRecorded, Publisher } from './publish.ts'
import {
  readSnippetRules,
  readSnippets,
  type SnippetDocument,
  type SnippetRuleDocument,
  type SnippetRules,
  snippetRulesPath,
  snippetsPrefix,
} from './script-documents.ts'
import { MAX_SNIPPET_BYTES, MAX_SNIPPETS } from './script-limits.ts'
import { forgetBlobs } from './scripts-service.ts'

export type SnippetProblem =
  | { readonly kind: 'unknown-snippet' }
  | { readonly kind: 'bad-name'; readonly message: string }
  | { readonly kind: 'too-large'; readonly size: Bytes; readonly limit: Bytes }
  | { readonly kind: 'too-many'; readonly message: string }
  /** A rule of the list, by its index, and what is wrong with it. */
  | { readonly kind: 'bad-rule'; readonly index: number; readonly member: string; readonly message: string }
  /** A rule names it. */
  | { readonly kind: 'in-use'; readonly message: string }
  | NotRecorded

export type SnippetCode = { readonly mainModule: string; readonly modules: readonly ScriptModule[] }
export type SnippetView = SnippetDocument & { readonly name: string }

export type SnippetRuleRequest = {
  readonly snippet_name: string
  readonly expression: string
  readonly description: string
  readonly enabled: boolean
}

export type ExpressionProblem = { readonly index: number; readonly message: string }

export interface SnippetsService {
  list(zoneId: string): readonly SnippetView[]
  find(zoneId: string, name: string): SnippetView | undefined
  script(snippet: SnippetView): Script
  /** The script that the code is, for a check; or why it can be none. */
  draft(zoneId: string, name: string, code: SnippetCode): Result<Script, SnippetProblem>
  put(zoneId: string, name: string, code: SnippetCode): Result<SnippetView, SnippetProblem>
  remove(zoneId: string, name: string): Result<SnippetView, SnippetProblem>
  rules(zoneId: string): readonly SnippetRuleDocument[]
  /** What the rules language has to say about expressions: the index of a rule and why it cannot be run. */
  judgeExpressions(rules: readonly SnippetRuleRequest[]): readonly ExpressionProblem[]
  /** Replaces the whole list. */
  setRules(zoneId: string, rules: readonly SnippetRuleRequest[]): Result<readonly SnippetRuleDocument[], SnippetProblem>
}

/** The name that collides with the path of the rules. */
const RESERVED_NAME = 'snippet_rules'

export function makeSnippetsService(publisher: Publisher): SnippetsService {
  const { documents, clock, library } = publisher
  const find = (zoneId: string, name: string): SnippetView | undefined => {
    const snippet = documents.read(snippetsPrefix(zoneId) + name) as SnippetDocument | undefined
    return snippet && { ...snippet, name }
  }
  const rules = (zoneId: string): readonly SnippetRuleDocument[] => readSnippetRules(documents, zoneId).rules

  function record<Value>(
    work: (draft: DocumentsDraft) => Result<Value, SnippetProblem>,
  ): Result<Value, SnippetProblem | NotRecorded> {
    return publisher.record(work)
  }

  function write(
    draft: DocumentsDraft,
    zoneId: string,
    name: string,
    code: SnippetCode,
  ): Result<SnippetView, SnippetProblem> {
    const before = draft.read(snippetsPrefix(zoneId) + name) as SnippetDocument | undefined
    if (before === undefined && readSnippets(draft, zoneId).length >= MAX_SNIPPETS) {
      return fail({ kind: 'too-many', message: `the zone has ${MAX_SNIPPETS} snippets; remove one` })
    }
    const now = clock.now()
    const snippet = makeSnippetDocument(code, documents.blobs.keep, { now, createdOn: before?.created_on ?? now })
    draft.write(snippetsPrefix(zoneId) + name, snippet)
    return ok({ ...snippet, name })
  }

  return {
    list: (zoneId) => readSnippets(documents, zoneId).map(([name, snippet]) => ({ ...snippet, name })),
    find,
    rules,
    script: (snippet) => library.snippet(snippet.name, snippet),
    draft: (_, name, code) => {
      const problem = judgeSnippet(name, code)
      if (problem !== undefined) return fail(problem)
      const { mainModule, modules } = code
      return ok({ ...library.emptySnippet(name), id: 'candidate', mainModule, modules })
    },
    put: (zoneId, name, code) => {
      const problem = judgeSnippet(name, code)
      if (problem !== undefined) return fail(problem)
      const put = record((draft) => write(draft, zoneId, name, code))
      if (put.ok) forgetBlobs(publisher)
      return put
    },
    remove: (zoneId, name) => {
      const removed = record((draft): Result<SnippetView, SnippetProblem> => {
        const snippet = draft.read(snippetsPrefix(zoneId) + name) as SnippetDocument | undefined
        if (snippet === undefined) return fail({ kind: 'unknown-snippet' })
        if (readSnippetRules(draft, zoneId).rules.some(({ snippet_name }) => snippet_name === name)) {
          return fail({ kind: 'in-use', message: `a snippet rule names ${name}; remove the rule first` })
        }
        draft.remove(snippetsPrefix(zoneId) + name)
        return ok({ ...snippet, name })
      })
      if (removed.ok) forgetBlobs(publisher)
      return removed
    },
    judgeExpressions,
    setRules: (zoneId, requests) =>
      record((draft) => {
        const before = readSnippetRules(draft, zoneId).rules
        const names = readSnippets(draft, zoneId).map(([name]) => name)
        const problem = judgeRules(requests, names)
        if (problem !== undefined) return fail(problem)
        const made = requests.map((request) => makeRule(request, before, clock.now()))
        if (made.length === 0) draft.remove(snippetRulesPath(zoneId))
        else draft.write(snippetRulesPath(zoneId), { rules: made } satisfies SnippetRules)
        return ok(made)
      }),
  }
}

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
export function judgeSnippet(name: string, { modules }: SnippetCode): SnippetProblem | undefined {
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
): Extract<SnippetProblem, { readonly kind: 'bad-rule' | 'too-many' }> | undefined {
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

/** Snippet rules see what cache rules see, so they are judged as such. */
export function judgeExpressions(rules: readonly SnippetRuleRequest[]): readonly ExpressionProblem[] {
  const asCacheRules = rules.map(({ expression, enabled, description }) => {
    return { expression, description, enabled, action: 'set_cache_settings', action_parameters: { cache: true } }
  })
  return validateRuleset('http_request_cache_settings', asCacheRules).flatMap(({ pointer, message }) => {
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
