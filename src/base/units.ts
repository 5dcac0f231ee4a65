// The four units of this system.  Durations are `Seconds` at the HTTP and API border and `Millis` inside; instants are
// `EpochMillis`; sizes are `Bytes`.  Only this file converts between them.

declare const unit: unique symbol

/** A duration in seconds, as HTTP and the API write it (RFC 9111 §1.2.2 delta-seconds). */
export type Seconds = number & { readonly [unit]: 'Seconds' }
/** A duration in milliseconds, as the edge counts it. */
export type Millis = number & { readonly [unit]: 'Millis' }
/** An instant: milliseconds since 1970-01-01T00:00:00Z. */
export type EpochMillis = number & { readonly [unit]: 'EpochMillis' }
/** A size in bytes. */
export type Bytes = number & { readonly [unit]: 'Bytes' }

export function seconds(n: number): Seconds {
  return n as Seconds
}

export function millis(n: number): Millis {
  return n as Millis
}

export function epochMillis(n: number): EpochMillis {
  return n as EpochMillis
}

export function bytes(n: number): Bytes {
  return n as Bytes
}

export function toMillis(duration: Seconds): Millis {
  return (duration * 1000) as Millis
}

/** Whole seconds, rounded down: a delta-seconds never claims more time than has passed. */
export function toSeconds(duration: Millis): Seconds {
  return Math.floor(duration / 1000) as Seconds
}

export function after(instant: EpochMillis, duration: Millis): EpochMillis {
  return (instant + duration) as EpochMillis
}

export function between(earlier: EpochMillis, later: EpochMillis): Millis {
  return (later - earlier) as Millis
}

const SIZE_FACTORS: Readonly<Record<string, number>> = {
  B: 1,
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
  KIB: 2 ** 10,
  MIB: 2 ** 20,
  GIB: 2 ** 30,
  TIB: 2 ** 40,
}

/** The size that a text such as `256MB`, `10 GiB` or `4096` names, or undefined when it names none. */
export function parseBytes(text: string): Bytes | undefined {
  const match = /^(\d{1,15}(?:\.\d{1,3})?) ?([KMGT]?I?B)?$/i.exec(text.trim())
  if (match === null) return undefined
  const factor = SIZE_FACTORS[(match[2] ?? 'B').toUpperCase()]
  return factor === undefined ? undefined : (Math.floor(Number(match[1]) * factor) as Bytes)
}
