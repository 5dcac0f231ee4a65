// What comes of an SDK's call: all the items of a list, or what a call was refused with.

/** Every item, page by page as the SDK asks for them. */
export async function all<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const found: Item[] = []
  for await (const item of items) found.push(item)
  return found
}

export type RefusedWith = [status: unknown, code: unknown]

/** Status and code of the refusal; ['answered', result] when there was none. */
export async function refusal(call: PromiseLike<unknown>): Promise<RefusedWith> {
  try {
    return ['answered', await call]
  } catch (cause) {
    const { status, errors } = cause as { readonly status?: number; readonly errors?: readonly { code: number }[] }
    return [status, errors?.[0]?.code]
  }
}
