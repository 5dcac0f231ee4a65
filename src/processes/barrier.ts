// Who has done what: members do numbered steps in their order, and somebody waits until all have done one.
//
// B1  `passed(n)` resolves when every member that is behind n has done it or has left; members that join later do not count.
// B2  A step is passed at once where there is nobody to wait for.

export class Barrier<Member> {
  readonly #done = new Map<Member, number>()
  #waiting: Waiting<Member>[] = []
  #last = 0

  /** The number of the newest step. */
  get last(): number {
    return this.#last
  }

  /** The number of a new step. */
  next(): number {
    this.#last += 1
    return this.#last
  }

  /** From now on the member counts; it has done everything up to a step. */
  join(member: Member, done: number): void {
    this.#done.set(member, done)
  }

  /** It does nothing any more. */
  leave(member: Member): void {
    this.#done.delete(member)
    this.#look()
  }

  done(member: Member, step: number): void {
    if (!this.#done.has(member)) return
    this.#done.set(member, step)
    this.#look()
  }

  /** The members that have yet to do a step; `but` does not count. */
  behind(step: number, but?: Member): readonly Member[] {
    return [...this.#done].flatMap(([member, done]) => (done < step && member !== but ? [member] : []))
  }

  passed(step: number, but?: Member): Promise<void> {
    if (this.behind(step, but).length === 0) return Promise.resolve()
    return new Promise((resolve) => this.#waiting.push({ step, but, resolve }))
  }

  #look(): void {
    const waiting = this.#waiting
    if (waiting.length === 0) return
    this.#waiting = waiting.filter(({ step, but }) => this.behind(step, but).length > 0)
    for (const each of waiting) if (!this.#waiting.includes(each)) each.resolve()
  }
}

type Waiting<Member> = { readonly step: number; readonly but: Member | undefined; readonly resolve: () => void }
