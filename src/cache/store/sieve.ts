// The order of eviction: SIEVE (Zhang and others, NSDI 2024).
//
//   newest ◄──────────── hand ◄──────────── oldest         the hand walks from the oldest to the newest and wraps
//
// New items enter at the newest end, unused.  The hand evicts the first item that was not used since it last came by,
// and takes the mark off those that were.  A use only sets a mark; nothing moves, so hits touch no list.  A scan of items
// used once leaves soon, because the hand finds them unmarked, while marked ones stay where they are.

/** The links that an item lends to its queue. */
export type Links<Item> = { newer: Item | undefined; older: Item | undefined }

/** Bounds one eviction when everything was used: then the item at the hand goes although it was used too. */
const MAX_LOOKS = 4096

export class Sieve<Item extends Links<Item>> {
  readonly #takeMark: (item: Item) => boolean
  #newest: Item | undefined
  #oldest: Item | undefined
  #hand: Item | undefined

  /** `takeMark` answers whether the item was used since it was last asked, and forgets it. */
  constructor(takeMark: (item: Item) => boolean) {
    this.#takeMark = takeMark
  }

  add(item: Item): void {
    item.older = this.#newest
    if (this.#newest !== undefined) this.#newest.newer = item
    this.#newest = item
    this.#oldest ??= item
  }

  remove(item: Item): void {
    if (this.#hand === item) this.#hand = item.newer
    if (item.newer === undefined) this.#newest = item.older
    else item.newer.older = item.older
    if (item.older === undefined) this.#oldest = item.newer
    else item.older.newer = item.newer
    item.newer = undefined
    item.older = undefined
  }

  /** The item that should go next, still in the queue; undefined when the queue is empty. */
  candidate(): Item | undefined {
    let item = this.#hand ?? this.#oldest
    for (let looks = 0; item !== undefined && looks < MAX_LOOKS; looks += 1) {
      if (!this.#takeMark(item)) break
      item = item.newer ?? this.#oldest
    }
    this.#hand = item
    return item
  }
}
