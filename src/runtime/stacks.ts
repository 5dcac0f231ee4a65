// Where scripts threw, by ray: workerd tells it to a tail worker, a moment after it has answered with a bare 500.  Kept only
// while somebody develops.

import type { TailItem } from './contract.ts'
import { RAY_FIELD } from './guard-source.ts'

const MAX_KEPT = 200
const PATIENCE_MILLIS = 500

export class Stacks {
  readonly #byRay = new Map<string, string>()
  readonly #waiting = new Map<string, (stack: string) => void>()

  take(items: readonly TailItem[]): void {
    for (const item of items) {
      const { ray, stack } = readTailItem(item)
      if (ray === undefined || stack === undefined) continue
      this.#waiting.get(ray)?.(stack)
      if (this.#byRay.size >= MAX_KEPT) this.#byRay.clear()
      this.#byRay.set(ray, stack)
    }
  }

  /** The stack of a visit's exception; undefined when nobody tells it in time. */
  async of(ray: string): Promise<string | undefined> {
    const known = this.#byRay.get(ray)
    if (known !== undefined) return known
    const { promise, resolve } = Promise.withResolvers<string | undefined>()
    const timer = setTimeout(() => resolve(undefined), PATIENCE_MILLIS)
    this.#waiting.set(ray, resolve)
    try {
      return await promise
    } finally {
      clearTimeout(timer)
      this.#waiting.delete(ray)
    }
  }
}

/** The ray of an invocation and the last exception in it. */
export function readTailItem(item: TailItem): { readonly ray: string | undefined; readonly stack: string | undefined } {
  const headers = at(at(at(item, 'event'), 'request'), 'headers')
  const ray = at(headers, RAY_FIELD)
  const exceptions = item.exceptions
  const last: unknown = Array.isArray(exceptions) ? exceptions.at(-1) : undefined
  const [name, message, stack] = [at(last, 'name'), at(last, 'message'), at(last, 'stack')]
  return {
    ray: typeof ray === 'string' ? ray : undefined,
    stack:
      last === undefined
        ? undefined
        : `${String(name)}: ${String(message)}${typeof stack === 'string' ? `\n${stack}` : ''}`,
  }
}

function at(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>)[name] : undefined
}
