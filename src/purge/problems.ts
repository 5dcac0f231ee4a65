// Everything that can be wrong with a purge.  The API gives each kind its number; the words are made here, where value,
// limit and remedy are known.

/** What is wrong, from a closed list. */
export type PurgeProblemKind =
  /** The body is no object, names no selector, or a `files` member has no `url`. */
  | 'purge-no-selector'
  /** More than one selector. */
  | 'purge-several-selectors'
  /** `purge_everything` is anything but `true`. */
  | 'purge-everything-not-true'
  /** A selector's value is not an array. */
  | 'purge-not-an-array'
  /** A selector's array has no member. */
  | 'purge-nothing-named'
  /** A selector's array has too many members. */
  | 'purge-too-many-items'
  /** A member of the body or of a `files` item that does not exist. */
  | 'purge-unknown-member'
  /** A `files` item that is no URL a visitor could request, or has fields that no request could have. */
  | 'purge-bad-file'
  /** A URL, host or prefix that another zone serves, or nobody. */
  | 'purge-foreign-host'
  | 'purge-bad-tag'
  | 'purge-bad-host'
  | 'purge-bad-prefix'
  /** The journal could not make the purge durable; nothing was purged. */
  | 'purge-not-recorded'

export type PurgeProblem = {
  readonly kind: PurgeProblemKind
  /** Lower case, no full stop: value, limit and remedy. */
  readonly message: string
  /** The place in the body, an RFC 6901 JSON pointer. */
  readonly pointer: string
}

/** A value as it appears in a message: quoted, and cut where it would drown the sentence. */
export function quote(value: string): string {
  const MAX_QUOTED_CHARACTERS = 100
  return value.length <= MAX_QUOTED_CHARACTERS
    ? JSON.stringify(value)
    : `${JSON.stringify(value.slice(0, MAX_QUOTED_CHARACTERS))}...`
}
