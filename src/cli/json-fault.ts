// Where does a text stop being JSON?  RFC 8259.  Bun's parser does not say.
//
// Tokens are read one by one, with a stack of what is open.

export type JsonFault = {
  /** From 1. */
  readonly line: number
  readonly column: number
  /** What stands there, quoted; or the end. */
  readonly found: string
  /** What to do about it. */
  readonly remedy: string
}

const STRING = /"(?:[ !#-[\]-\u{10ffff}]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/u
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.])/
const WORD = /(?:true|false|null)(?!\w)/
const TOKEN = new RegExp(`[\\t\\n\\r ]+|[{}[\\],:]|${STRING.source}|${NUMBER.source}|${WORD.source}`, 'uy')

const MAX_SHOWN_CHARACTERS = 20

/** What may come next. */
type Expected = 'value' | 'value-or-end' | 'name' | 'name-or-end' | 'colon' | 'comma-or-end' | 'nothing'

/** The first place at which `text`, which is not JSON, is wrong. */
export function findJsonFault(text: string): JsonFault {
  const open: string[] = []
  let expected: Expected = 'value'
  TOKEN.lastIndex = 0
  for (let at = 0; at < text.length; at = TOKEN.lastIndex) {
    TOKEN.lastIndex = at
    const token = TOKEN.exec(text)?.[0]
    if (token !== undefined && /^\s/.test(token)) continue
    const next: Expected | undefined = token === undefined ? undefined : step(token, expected, open)
    if (next === undefined) return faultAt(text, at, remedyAt(text[at] ?? '', expected))
    expected = next
  }
  const closing = open.toReversed().map((bracket) => (bracket === '{' ? '}' : ']'))
  return faultAt(text, text.length, closing.length === 0 ? 'write { ... }' : `close it with ${closing.join(' ')}`)
}

/** The first name that an object of `text`, which is JSON, has twice: of the two, parsers silently drop the first. */
export function findNameTwice(text: string): JsonFault | undefined {
  /** The names of the objects that are open; an array has none. */
  const names: (Set<string> | undefined)[] = []
  const open: string[] = []
  let expected: Expected = 'value'
  for (const { 0: token, index } of text.matchAll(new RegExp(TOKEN.source, 'gu'))) {
    if (/^\s/.test(token)) continue
    const isName = token.startsWith('"') && (expected === 'name' || expected === 'name-or-end')
    if (isName) {
      const name: string = JSON.parse(token)
      if (names.at(-1)?.has(name)) return faultAt(text, index, `keep one ${token.slice(0, MAX_SHOWN_CHARACTERS)}`)
      names.at(-1)?.add(name)
    }
    if (token === '{') names.push(new Set())
    else if (token === '[') names.push(undefined)
    else if (token === '}' || token === ']') names.pop()
    expected = step(token, expected, open) ?? 'nothing'
  }
  return undefined
}

/** What the author of a text most likely meant by what cannot stand there. */
function remedyAt(found: string, expected: Expected): string {
  if (found === '/' || found === '#') return 'JSON has no comments, so remove it'
  if (found === "'") return 'put it in double quotes'
  if (found === '}' || found === ']') {
    return expected === 'name' || expected === 'value'
      ? 'remove the comma before it, or add what is missing'
      : 'correct it'
  }
  if (expected === 'comma-or-end') return 'put a comma before it'
  if (expected === 'colon') return 'put a colon before it'
  if (expected === 'name' || expected === 'name-or-end') return 'put the name in double quotes'
  return expected === 'nothing' ? 'remove what stands behind the end' : 'correct it'
}

/** What may follow the token, or undefined when it may not stand here; keeps `open`. */
function step(token: string, expected: Expected, open: string[]): Expected | undefined {
  const wantsValue = expected === 'value' || expected === 'value-or-end'
  switch (token) {
    case '{':
    case '[':
      if (!wantsValue) return undefined
      open.push(token)
      return token === '{' ? 'name-or-end' : 'value-or-end'
    case '}':
    case ']': {
      const empty = token === '}' ? 'name-or-end' : 'value-or-end'
      if (open.at(-1) !== (token === '}' ? '{' : '[')) return undefined
      if (expected !== 'comma-or-end' && expected !== empty) return undefined
      open.pop()
      return open.length === 0 ? 'nothing' : 'comma-or-end'
    }
    case ':':
      return expected === 'colon' ? 'value' : undefined
    case ',':
      if (expected !== 'comma-or-end') return undefined
      return open.at(-1) === '{' ? 'name' : 'value'
    default:
      if (token.startsWith('"') && (expected === 'name' || expected === 'name-or-end')) return 'colon'
      if (!wantsValue) return undefined
      return open.length === 0 ? 'nothing' : 'comma-or-end'
  }
}

function faultAt(text: string, at: number, remedy: string): JsonFault {
  const before = text.slice(0, at).split('\n')
  const rest = /^(?:[\w.+-]{1,20}|.)/s.exec(text.slice(at))?.[0] ?? ''
  const found = at >= text.length ? 'the end of the file' : JSON.stringify(rest.slice(0, MAX_SHOWN_CHARACTERS))
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1, found, remedy }
}
