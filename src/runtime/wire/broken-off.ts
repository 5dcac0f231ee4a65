// Why a request to a script has no answer.

/** What became of it. */
export type Loss =
  /** The other end had closed the connection before anything of an answer came: perhaps before it saw the request. */
  | 'unseen'
  /** The connection ended in the middle, or what came was no answer. */
  | 'broken'
  /** Nothing came for too long. */
  | 'overdue'
  /** Nobody wants it any more. */
  | 'left'

export class BrokenOff extends Error {
  /** What a connection that ends without a word is called everywhere else. */
  readonly code = 'ECONNRESET'
  readonly loss: Loss

  constructor(loss: Loss, message: string) {
    super(message)
    this.loss = loss
  }
}
