// A snippet and its rule as they are asked for, by the API or by the file.

import type { ScriptModule } from '../scripts/index.ts'

export type SnippetCode = { readonly mainModule: string; readonly modules: readonly ScriptModule[] }

export type SnippetRuleRequest = {
  readonly snippet_name: string
  readonly expression: string
  readonly description: string
  readonly enabled: boolean
}
