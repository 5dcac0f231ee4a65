// The building blocks of schema.ts: zod's types with messages that quote the value and name the remedy, and turned into
// sentences with their place.

import { z } from 'zod'
import { type ConfigPath, listed, quote, sentence } from './problems.ts'
import type { TextParser } from './texts.ts'

/**
 * An object whose members are listed.  Those of `later` are known too, but refused or empty, so they are neither offered
 * as a remedy nor part of the result's type.
 */
export function object<Shape extends z.ZodRawShape>(
  shape: Shape,
  later: z.ZodRawShape = {},
): z.ZodObject<Shape, z.core.$strict> {
  const names = Object.keys(shape)
  return z.strictObject({ ...shape, ...later } as Shape, {
    error: ({ code, input }) => {
      if (code === 'unrecognized_keys') return `is not known here; use ${listed(names)}`
      return wrongKind(input, 'an object; write { ... }')
    },
  })
}

export function list<Item extends z.ZodType>(item: Item): z.ZodArray<Item> {
  return z.array(item, { error: ({ input }) => wrongKind(input, 'an array; write [ ... ]') })
}

/** An object whose names are free. */
export function dictionary<Item extends z.ZodType>(item: Item): z.ZodRecord<z.ZodString, Item> {
  return z.record(z.string(), item, { error: ({ input }) => wrongKind(input, 'an object; write { ... }') })
}

export function string(): z.ZodString {
  return z.string({ error: ({ input }) => wrongKind(input, 'a string; put it in quotes') })
}

/** A string that stands for something. */
export function text<Value>(parse: TextParser<Value>): z.ZodType<Value> {
  return z.string({ error: ({ input }) => wrongText(input, parse) }).transform((written, context) => {
    const parsed = parse(written)
    if (parsed.ok) return parsed.value
    context.addIssue(`${quote(written)} ${parsed.problem}`)
    return z.NEVER
  })
}

/** Of a number, say, the quotes are the lesser trouble when it would be wrong in them too. */
function wrongText(value: unknown, parse: TextParser<unknown>): string {
  const inQuotes = typeof value === 'number' ? parse(String(value)) : undefined
  if (inQuotes?.ok === false) return `${quote(value)} ${inQuotes.problem}`
  return wrongKind(value, 'a string; put it in quotes')
}

export function boolean(): z.ZodBoolean {
  return z.boolean({ error: ({ input }) => wrongKind(input, 'a boolean; write true or false') })
}

/** One of these strings; `later` says what to answer to a value that a later version will know. */
export function choice<const Choice extends string>(
  choices: readonly Choice[],
  later: Readonly<Record<string, string>> = {},
): z.ZodType<Choice> {
  const remedy = `use ${listed(choices.map((each) => JSON.stringify(each)))}`
  return z.enum(choices, {
    error: ({ input }) => {
      const promised = typeof input === 'string' && Object.hasOwn(later, input) ? later[input] : undefined
      return `${quote(input)} ${promised ?? 'is not known here'}; ${remedy}`
    },
  })
}

/** A whole number within bounds; `what` names it with its article and unit. */
export function wholeNumber(what: string, min: number, max: number): z.ZodType<number> {
  const error = ({ input }: { readonly input?: unknown }) =>
    `${quote(input)} is not ${what}; write a whole number from ${min} to ${max}`
  return z.int({ error }).min(min, { error }).max(max, { error })
}

/** Something that a later version has: refused unless it asks for nothing. */
export function notYet(what: string, remedy = 'remove it'): z.ZodType<unknown> {
  return z
    .unknown()
    .superRefine((value, context) => {
      if (!asksForNothing(value)) context.addIssue(`this version does not have ${what} yet; ${remedy}`)
    })
    .optional()
}

/** Empty lists and objects, and objects of nothing else. */
function asksForNothing(value: unknown): boolean {
  if (Array.isArray(value)) return value.length === 0
  return typeof value === 'object' && value !== null && Object.values(value).every(asksForNothing)
}

function wrongKind(value: unknown, wanted: string): string {
  return value === undefined ? 'this is missing; add it' : `${quote(value)} is not ${wanted}`
}

/** The sentences for what zod found. */
export function sentencesOf(error: z.ZodError): readonly string[] {
  return error.issues.flatMap((issue) => {
    const path = issue.path as ConfigPath
    if (path.length === 0 && issue.code !== 'unrecognized_keys') return [`the configuration: ${issue.message}`]
    if (issue.code !== 'unrecognized_keys') return [sentence(path, issue.message)]
    return issue.keys.map((key) => sentence([...path, key], `${quote(key)} ${issue.message}`))
  })
}
