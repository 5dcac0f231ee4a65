// What a body's schema found, as a sentence for its sender: what stands there, and what to send instead.
//
// Schemas of ours may have sentences of their own, which win.  These here are for all that have none, in place of the
// library's, which say what was expected in its words and nothing of a remedy.

import type { z } from '@hono/zod-openapi'

const MAX_SHOWN_CHARACTERS = 60

/** A value as it can stand in a sentence: JSON, cut short. */
export function quoted(value: unknown): string {
  if (Array.isArray(value)) return 'an array'
  if (typeof value === 'object' && value !== null) return 'an object'
  const isLong = typeof value === 'string' && value.length > MAX_SHOWN_CHARACTERS
  return JSON.stringify(isLong ? `${value.slice(0, MAX_SHOWN_CHARACTERS)}…` : value) ?? 'nothing'
}

/** Begins with a space where the place is to stand in front of it. */
export function sentenceFor(issue: z.core.$ZodRawIssue): string {
  const { input } = issue
  switch (issue.code) {
    case 'invalid_type':
      return input === undefined
        ? ` is missing; send ${wordFor(issue.expected)}`
        : ` is ${quoted(input)}; send ${wordFor(issue.expected)}`
    case 'invalid_value':
      return ` is ${input === undefined ? 'missing' : quoted(input)}; use ${listed(issue.values.map(quoted))}`
    case 'too_small':
      return ` ${sizeOf(input)}; ${atLeast(issue)}`
    case 'too_big':
      return ` ${sizeOf(input)}, more than ${issue.maximum}; ${issue.origin === 'int' || issue.origin === 'number' ? 'lower' : 'shorten'} it`
    case 'invalid_format':
      return ` is ${quoted(input)}; ${FORMATS[issue.format] ?? 'write it in its format'}`
    case 'unrecognized_keys':
      return ` has no member ${listed(issue.keys.map(quoted))}; leave it out`
    case 'invalid_key':
      return ` is not a name that can stand here; ${innerSentence(issue) ?? 'leave it out'}`
    default:
      return ` is ${quoted(input)}, which cannot stand here; see the schema in /openapi.json`
  }
}

const FORMATS: Readonly<Record<string, string>> = {
  datetime: 'write an instant such as "2027-01-31T00:00:00Z"',
}

const WORDS: Readonly<Record<string, string>> = {
  string: 'a string',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'an array, [ ... ]',
  object: 'an object, { ... }',
  record: 'an object, { ... }',
  nonoptional: 'it',
}

function wordFor(expected: string): string {
  return WORDS[expected] ?? expected
}

function sizeOf(input: unknown): string {
  if (typeof input === 'string') return input === '' ? 'is empty' : `has ${input.length} characters`
  if (Array.isArray(input)) return input.length === 0 ? 'is empty' : `has ${input.length} items`
  return `is ${quoted(input)}`
}

function atLeast({ origin, minimum }: z.core.$ZodRawIssue<z.core.$ZodIssueTooSmall>): string {
  if (origin === 'string') return minimum === 1 ? 'write something' : `write at least ${minimum} characters`
  if (origin === 'array') return minimum === 1 ? 'name at least one' : `name at least ${minimum}`
  return `use ${minimum} or more`
}

function innerSentence({ issues }: z.core.$ZodRawIssue<z.core.$ZodIssueInvalidKey>): string | undefined {
  return issues[0]?.message
}

function listed(names: readonly string[]): string {
  return names.length < 2 ? (names[0] ?? '') : `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`
}
