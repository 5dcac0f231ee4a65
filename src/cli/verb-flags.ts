// The flags of the verbs that speak with the API: all of them, checked; the first that is wrong as one sentence.

import { type ParseArgsConfig, parseArgs } from 'node:util'
import { fail, ok, type Result } from '../base/index.ts'

/** Flags that every such verb has. */
export const API_OPTIONS = {
  api: { type: 'string' },
  data: { type: 'string' },
  json: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const

type Options = NonNullable<ParseArgsConfig['options']>

export type VerbFlags = {
  readonly words: readonly string[]
  text(name: string): string | undefined
  texts(name: string): readonly string[]
  isSet(name: string): boolean
}

/** What the words after the verb say. */
export function parseVerbFlags(verb: string, words: readonly string[], options: Options): Result<VerbFlags, string> {
  try {
    const { values, positionals } = parseArgs({ args: [...words], options, allowPositionals: true, strict: true })
    const texts = (name: string): readonly string[] => {
      const value = values[name]
      if (Array.isArray(value)) return value.map(String)
      return typeof value === 'string' ? [value] : []
    }
    const empty = Object.keys(values).find((name) => texts(name).includes(''))
    if (empty !== undefined) return fail(`--${empty} needs a value`)
    return ok({ words: positionals, texts, text: (name) => texts(name)[0], isSet: (name) => values[name] === true })
  } catch (cause) {
    // The parser's own sentence, cut to its first.
    const reason = cause instanceof Error ? (cause.message.split('. ')[0] ?? '') : String(cause)
    return fail(`${verb}: ${reason}`)
  }
}

/** What `--header 'Name: value'` was given, or one sentence about the first that is none. */
export function readHeaders(texts: readonly string[]): Result<Readonly<Record<string, string>>, string> {
  const headers = new Map<string, string>()
  for (const text of texts) {
    const [, name, value] = /^([^:\s]+):\s*(.*)$/.exec(text) ?? []
    if (name === undefined || value === undefined) return fail(`--header ${JSON.stringify(text)} is not "Name: value"`)
    headers.set(name, value)
  }
  return ok(Object.fromEntries(headers))
}
