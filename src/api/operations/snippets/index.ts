// The operations on snippets.

import type { Operation } from '../../operation.ts'
import { deleteSnippet } from './delete.ts'
import { deleteSnippetRules } from './delete-rules.ts'
import { getSnippet } from './get.ts'
import { getSnippetContent } from './get-content.ts'
import { getSnippetRules } from './get-rules.ts'
import { listSnippets } from './list.ts'
import { putSnippet } from './put.ts'
import { putSnippetRules } from './put-rules.ts'

export const SNIPPET_OPERATIONS: readonly Operation[] = [
  deleteSnippetRules,
  deleteSnippet,
  getSnippetContent,
  getSnippetRules,
  getSnippet,
  listSnippets,
  putSnippetRules,
  putSnippet,
]
