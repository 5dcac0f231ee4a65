// Which keys the disk may have: a table of 32-bit key hashes, so that a look-up for a key that nobody stored costs no
// read.  It never denies a key that is there; it grants one in a few hundred that is not, at ten million keys.
//
// The hashes are a multiset: each row on disk has added its own and takes one away when it goes.  They lie in shards by
// their upper bits; a shard is an open-addressed table that doubles when it is half full, so growing never takes long.
// A slot is found from the hash alone, which lets a shard grow without asking the disk.

const SHARD_BITS = 8
const FIRST_CAPACITY = 64
/** Beyond this many hashes, about 128 MiB of table, the filter gives up and grants every key. */
const MAX_HASHES = 16 * 1024 * 1024

export class KeyFilter {
  readonly #shards = Array.from({ length: 2 ** SHARD_BITS }, () => new Shard())
  #size = 0

  get size(): number {
    return this.#size
  }

  add(hash: number): void {
    this.#size += 1
    if (this.#size <= MAX_HASHES) this.#shardOf(hash).add(hash)
  }

  /** Takes away one of the equal hashes. */
  remove(hash: number): void {
    if (this.#size <= MAX_HASHES && this.#shardOf(hash).remove(hash)) this.#size -= 1
  }

  mayHave(hash: number): boolean {
    return this.#size > MAX_HASHES || this.#shardOf(hash).has(hash)
  }

  #shardOf(hash: number): Shard {
    return this.#shards[hash >>> (32 - SHARD_BITS)] as Shard
  }
}

/** Zero marks an empty slot; the hash 0 is kept as 1, which costs one more false grant in four billion. */
class Shard {
  #slots = new Uint32Array(FIRST_CAPACITY)
  #count = 0

  has(hash: number): boolean {
    const slots = this.#slots
    const wanted = hash === 0 ? 1 : hash
    for (let at = this.#home(wanted); ; at = (at + 1) & (slots.length - 1)) {
      const there = slots[at]
      if (there === wanted) return true
      if (there === 0) return false
    }
  }

  add(hash: number): void {
    if ((this.#count + 1) * 2 > this.#slots.length) this.#grow()
    this.#place(hash === 0 ? 1 : hash)
    this.#count += 1
  }

  #place(hash: number): void {
    const slots = this.#slots
    let at = this.#home(hash)
    while (slots[at] !== 0) at = (at + 1) & (slots.length - 1)
    slots[at] = hash
  }

  #grow(): void {
    const old = this.#slots
    this.#slots = new Uint32Array(old.length * 2)
    for (const hash of old) if (hash !== 0) this.#place(hash)
  }

  remove(hash: number): boolean {
    const slots = this.#slots
    const wanted = hash === 0 ? 1 : hash
    let at = this.#home(wanted)
    while (slots[at] !== wanted) {
      if (slots[at] === 0) return false
      at = (at + 1) & (slots.length - 1)
    }
    this.#closeGap(at)
    this.#count -= 1
    return true
  }

  /** Moves what follows a freed slot forward, where it may stand there, so that no search ends too early. */
  #closeGap(freed: number): void {
    const slots = this.#slots
    const mask = slots.length - 1
    let gap = freed
    for (let at = (gap + 1) & mask; slots[at] !== 0; at = (at + 1) & mask) {
      const distance = (at - this.#home(slots[at] as number)) & mask
      if (distance < ((at - gap) & mask)) continue
      slots[gap] = slots[at] as number
      gap = at
    }
    slots[gap] = 0
  }

  #home(hash: number): number {
    return hash & (this.#slots.length - 1)
  }
}
