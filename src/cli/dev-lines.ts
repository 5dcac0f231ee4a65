// What `varyant dev` prints: a line for each request with what the cache did, indented ones for what the Worker fetched,
// and what the Worker said and threw.
//
//     -> GET http://localhost:8080/a.css 200 HIT 1 ms
//   GET http://localhost:8080/a.css 200 4 ms
//     log hello 1
//     ! TypeError: boom

import type { AccessRecord } from '../base/index.ts'
import type { TailItem } from '../runtime/index.ts'

/** The line of one request; the trail's first sentence says whether a script made it. */
export function accessLine({ method, url, status, cacheStatus, durationMillis, why }: AccessRecord): string {
  const isScripts = why[0]?.startsWith('fetched by the ') === true
  const cache = cacheStatus === 'none' ? '' : ` ${cacheStatus.toUpperCase()}`
  return `${isScripts ? '    -> ' : '  '}${method} ${url} ${status}${cache} ${durationMillis} ms`
}

/** What one invocation said and threw, a line for each. */
export function invocationLines(item: TailItem): readonly string[] {
  const logs = listOf(item.logs).map(
    (log) => `    ${text(at(log, 'level'))} ${listOf(at(log, 'message')).map(text).join(' ')}`,
  )
  const exceptions = listOf(item.exceptions).map((exception) => {
    const stack = at(exception, 'stack')
    const place = typeof stack === 'string' && stack !== '' ? `\n${indented(stack)}` : ''
    return `    ! ${text(at(exception, 'name'))}: ${text(at(exception, 'message'))}${place}`
  })
  return [...logs, ...exceptions]
}

function indented(stack: string): string {
  return stack
    .split('\n')
    .map((line) => `      ${line.trim()}`)
    .join('\n')
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : value === undefined ? [] : [value]
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value))
}

function at(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>)[name] : undefined
}
