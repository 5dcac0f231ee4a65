// biome-ignore-all lint/suspicious/noTemplateCurlyInString: ${1} is the language's own sign for a group.

// Functions that rewrite a text.  The first two may be called once in an expression, together.

import { compileRegex } from '../regex/regex.ts'
import { STRING, type Value } from '../types.ts'
import { compileWildcard } from '../wildcard.ts'
import { flags, TEXT_FIELD, text } from './parameters.ts'
import { fillIn, parseReplacement, refuseReplacement } from './replacement.ts'
import { type FunctionRow, type Implementation, plain } from './row.ts'

const REPLACEMENT = { name: 'replacement', kind: 'literal', types: [STRING], refuse: refuseReplacement } as const

const QUERY_FIELDS = ['http.request.uri.query', 'raw.http.request.uri.query']

export const REPLACE_FUNCTIONS: readonly FunctionRow[] = [
  {
    kind: 'function',
    name: 'regex_replace',
    required: [TEXT_FIELD, { name: 'pattern', kind: 'literal', types: [STRING], refuse: refuseRegex }, REPLACEMENT],
    returns: STRING,
    use: 'values',
    once: 'replace',
    missing: 'in-out',
    make: makeRegexReplace,
    doc: 'The source with the first match of the regular expression replaced; unchanged when there is none.  ${1} is a group, $$ a dollar.',
    example: 'regex_replace(http.request.uri.path, "^/old/(.*)$", "/new/${1}")',
  },
  {
    kind: 'function',
    name: 'wildcard_replace',
    required: [TEXT_FIELD, { name: 'pattern', kind: 'literal', types: [STRING], refuse: refuseWildcard }, REPLACEMENT],
    optional: [flags('s')],
    returns: STRING,
    use: 'values',
    once: 'replace',
    missing: 'in-out',
    make: makeWildcardReplace,
    doc: 'The replacement, when the whole source matches the wildcard, else the source.  ${1} is what the first star stands for; flag "s" makes case count.',
    example: 'wildcard_replace(http.request.full_uri, "http://*.example.com/*", "https://${1}.example.net/${2}")',
  },
  {
    kind: 'function',
    name: 'remove_query_args',
    required: [{ name: 'query', kind: 'field', types: [STRING], fields: QUERY_FIELDS }, text('name')],
    rest: text('name'),
    returns: STRING,
    use: 'values',
    missing: 'in-out',
    make: plain((query, ...names) => removeQueryArgs(query as string, names)),
    doc: 'The query string without any argument of these names; the others keep their order.',
    example: 'remove_query_args(http.request.uri.query, "utm_source", "gclid")',
  },
]

function refuseRegex(pattern: Value): string | undefined {
  const compiled = compileRegex(String(pattern))
  return compiled.ok ? undefined : compiled.problem
}

function refuseWildcard(pattern: Value): string | undefined {
  const compiled = compileWildcard(String(pattern), 'exact')
  return compiled.ok ? undefined : compiled.problem
}

function makeRegexReplace([, pattern, given]: readonly (Value | undefined)[]): Implementation {
  const regex = compileRegex(String(pattern))
  const replacement = parseReplacement(String(given))
  return (source) => {
    const text = source as string
    const match = regex.ok ? regex.value.find(text) : undefined
    if (match === undefined) return text
    return text.slice(0, match.start) + fillIn(replacement, match.groups) + text.slice(match.end)
  }
}

function makeWildcardReplace([, pattern, given, letters]: readonly (Value | undefined)[]): Implementation {
  const wildcard = compileWildcard(String(pattern), letters === 's' ? 'exact' : 'any-case')
  const replacement = parseReplacement(String(given))
  return (source) => {
    const text = source as string
    const stars = wildcard.ok ? wildcard.value.captures(text) : undefined
    return stars === undefined ? text : fillIn(replacement, [text, ...stars])
  }
}

function removeQueryArgs(query: string, names: readonly (Value | undefined)[]): string {
  return query
    .split('&')
    .filter((argument) => !names.includes(argument.split('=', 1)[0]))
    .join('&')
}
