// Snippets of zones, and the rules that run them, as the API reads and changes them.  CF rules/snippets
//
// N1  A rule never names a snippet that is not there, and a snippet is named by one rule at most.

import { fail, ok, type Result } from '../base/index.ts'
import type { Script } from '../scripts/index.ts'
import type { DocumentsDraft } from './documents.ts'
import type { Publisher } from './publish.ts'
import type { NotRecorded } from './record-change.ts'
import {
  readSnippetRules,
  readSnippets,
  type SnippetDocument,
  type SnippetRuleDocument,
  type SnippetRules,
  snippetRulesPath,
  snippetsPrefix,
} from './script-documents.ts'
import { MAX_SNIPPETS } from './script-limits.ts'
import { forgetBlobs } from './script-versions.ts'
import type { SnippetCode, SnippetRuleRequest } from './snippet-contract.ts'
import {
  type BadRule,
  type BadSnippet,
  type ExpressionProblem,
  judgeExpressions,
  judgeRules,
  judgeSnippet,
  makeRule,
  makeSnippetDocument,
  type TooMany,
} from './snippet-judgements.ts'

export type SnippetProblem =
  | { readonly kind: 'unknown-snippet' }
  | BadSnippet
  | TooMany
  | BadRule
  /** A rule names it. */
  | { readonly kind: 'in-use'; readonly message: string }
  | NotRecorded

export type SnippetView = SnippetDocument & { readonly name: string }

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
      if (put.ok) forgetBlobs(documents)
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
      if (removed.ok) forgetBlobs(documents)
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
