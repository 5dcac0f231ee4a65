// The flags of `varyant start`.

import { parseArgs } from 'node:util'
import { fail, ok, type Result } from '../base/index.ts'
import type { ConfigFlags } from '../config/index.ts'

export type StartCommand =
  | { readonly kind: 'help' }
  | { readonly kind: 'version' }
  | { readonly kind: 'start'; readonly config: string | undefined; readonly flags: ConfigFlags }

const OPTIONS = {
  origin: { type: 'string' },
  config: { type: 'string' },
  listen: { type: 'string' },
  api: { type: 'string' },
  data: { type: 'string' },
  'no-access-log': { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean', short: 'v' },
} as const

type FlagName = keyof typeof OPTIONS

/** What the words after `start` ask for, or one sentence about the first that is wrong. */
export function parseStartFlags(words: readonly string[]): Result<StartCommand, string> {
  const { tokens, values } = parseArgs({ args: [...words], options: OPTIONS, strict: false, tokens: true })
  const seen = new Set<string>()
  for (const token of tokens) {
    const problem = token.kind === 'option' ? judgeOption(token, seen) : judgeWord(token)
    if (problem !== undefined) return fail(problem)
  }
  if (values.help === true) return ok({ kind: 'help' })
  if (values.version === true) return ok({ kind: 'version' })
  const text = (name: FlagName) => (typeof values[name] === 'string' ? values[name] : undefined)
  const flags: ConfigFlags = {
    origin: text('origin'),
    listen: text('listen'),
    api: text('api'),
    data: text('data'),
    accessLog: values['no-access-log'] === true ? false : undefined,
  }
  return ok({ kind: 'start', config: text('config'), flags })
}

type Option = {
  readonly name: string
  readonly rawName: string
  readonly value?: string | undefined
  /** Whether the value is in the same word: `--data=DIR`. */
  readonly inlineValue?: boolean | undefined
}

function judgeOption({ name, rawName, value, inlineValue }: Option, seen: Set<string>): string | undefined {
  const option = Object.hasOwn(OPTIONS, name) ? OPTIONS[name as FlagName] : undefined
  if (option === undefined) return `${rawName} is not an option of start`
  if (seen.has(name)) return `${rawName} is given twice; give it once`
  seen.add(name)
  if (option.type === 'string') {
    const isMissing = value === undefined || value === '' || (inlineValue !== true && value.startsWith('-'))
    return isMissing ? `${rawName} needs a value` : undefined
  }
  return value === undefined ? undefined : `${rawName} takes no value`
}

function judgeWord(token: { readonly kind: string; readonly value?: string }): string | undefined {
  return token.kind === 'positional' ? `${JSON.stringify(token.value)} is not an option of start` : undefined
}
