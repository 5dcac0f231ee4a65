// What is wrong with a configuration, one sentence each: the place, the value, the remedy.
//
//   zones[0].origins["*.example.com"]: "ftp://x" is not an http or https URL; write "http://HOST:PORT"

/** Where in the document: names and indexes from its root. */
export type ConfigPath = readonly (string | number)[]

/** A configuration that cannot be used; `message` has every problem on a line of its own, and nothing was applied. */
export class ConfigError extends Error {
  readonly problems: readonly string[]

  constructor(problems: readonly string[]) {
    super(problems.join('\n'))
    this.name = 'ConfigError'
    this.problems = problems
  }
}

/** The sentence for a problem at a place; a problem of the whole document has no place. */
export function sentence(path: ConfigPath, message: string): string {
  return path.length === 0 ? message : `${printPath(path)}: ${message}`
}

/** The path as one would write it in a program: `zones[0].origins["*.example.com"]`. */
export function printPath(path: ConfigPath): string {
  let text = ''
  for (const segment of path) {
    if (typeof segment === 'number') text += `[${segment}]`
    else if (/^[A-Za-z_$][\w$]*$/.test(segment)) text += text === '' ? segment : `.${segment}`
    else text += `[${JSON.stringify(segment)}]`
  }
  return text
}

/** The place that a JSON Pointer (RFC 6901) names below `path`. */
export function pathOfPointer(path: ConfigPath, pointer: string): ConfigPath {
  const segments = pointer.split('/').slice(1)
  return [...path, ...segments.map((segment) => toSegment(segment.replaceAll('~1', '/').replaceAll('~0', '~')))]
}

function toSegment(text: string): string | number {
  return /^(?:0|[1-9][0-9]*)$/.test(text) ? Number(text) : text
}

const MAX_QUOTED_CHARACTERS = 60

/** A value as it can stand in a sentence: JSON, cut short, without the credentials of a URL. */
export function quote(value: unknown): string {
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? 'an array' : 'an object'
  return JSON.stringify(typeof value === 'string' ? cut(withoutSecret(value)) : value) ?? 'nothing'
}

/** A value as JSON, cut short: for what has no secrets in it. */
export function quoteJson(value: unknown): string {
  return typeof value === 'object' && value !== null ? cut(JSON.stringify(value)) : quote(value)
}

function cut(text: string): string {
  return text.length > MAX_QUOTED_CHARACTERS ? `${text.slice(0, MAX_QUOTED_CHARACTERS)}...` : text
}

function withoutSecret(text: string): string {
  return text.replace(/\/\/[^/?#]*@/, '//***@')
}

/** `a`, `a or b`, `a, b or c`. */
export function listed(names: readonly string[]): string {
  const last = names.at(-1) ?? ''
  return names.length < 2 ? last : `${names.slice(0, -1).join(', ')} or ${last}`
}
