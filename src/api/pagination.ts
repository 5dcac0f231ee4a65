// Pages of a list, as clients ask for them: `page` from 1, `per_page`, and what `result_info` tells of both.
//
// A page past the end is empty and no error: the official SDK goes on until it meets one.

import { ok, type Result } from '../base/index.ts'
import { type Outcome, refuse, succeed } from './envelope.ts'
import type { ApiProblem } from './errors.ts'

export type PageLimits = { readonly perPage: number; readonly maxPerPage: number }
export type Page = { readonly page: number; readonly perPage: number }

/** What the query asks for; a number that is none is refused, one beyond the limit is the limit. */
export function readPage(query: URLSearchParams, limits: PageLimits): Result<Page, readonly ApiProblem[]> {
  const page = readNumber(query, 'page', 1)
  if (!page.ok) return page
  const perPage = readNumber(query, 'per_page', limits.perPage)
  if (!perPage.ok) return perPage
  return ok({ page: page.value, perPage: Math.min(perPage.value, limits.maxPerPage) })
}

/** The items of a page, in the shape in which an operation shows each. */
export function answerPage<Item>(
  items: readonly Item[],
  { page, perPage }: Page,
  show: (item: Item) => unknown,
): Outcome {
  const shown = items.slice((page - 1) * perPage, page * perPage).map(show)
  return succeed(shown, {
    resultInfo: {
      page,
      per_page: perPage,
      count: shown.length,
      total_count: items.length,
      total_pages: Math.ceil(items.length / perPage),
    },
  })
}

/** A page of a list that goes on behind a cursor; without `next` it ends here. */
export function answerCursorPage(
  shown: readonly unknown[],
  { perPage, next }: { readonly perPage: number; readonly next: string | undefined },
): Outcome {
  return succeed(shown, {
    resultInfo: {
      count: shown.length,
      per_page: perPage,
      // Clients look at either.
      ...(next !== undefined && { cursor: next, cursors: { after: next } }),
    },
  })
}

const MAX_DIGITS = 9

function readNumber(query: URLSearchParams, name: string, otherwise: number): Result<number, readonly ApiProblem[]> {
  const text = query.get(name)
  if (text === null || text === '') return ok(otherwise)
  const value = Number(text)
  if (/^[0-9]+$/.test(text) && text.length <= MAX_DIGITS && value >= 1) return ok(value)
  const shown = JSON.stringify(text.slice(0, 20))
  return refuse('invalid-query', { message: `${name} ${shown} is not a number from 1; write for example ${name}=1` })
}

/** One of the choices, or the first when the query names none. */
export function readChoice<const Choice extends string>(
  query: URLSearchParams,
  name: string,
  choices: readonly [Choice, ...Choice[]],
): Result<Choice, readonly ApiProblem[]> {
  const text = query.get(name)?.toLowerCase()
  if (text === undefined || text === '') return ok(choices[0])
  const found = choices.find((choice) => choice === text)
  if (found !== undefined) return ok(found)
  const shown = JSON.stringify(text.slice(0, 40))
  return refuse('invalid-query', {
    message: `${name} ${shown} is not known here; use ${choices.filter(Boolean).join(', ')}`,
  })
}
