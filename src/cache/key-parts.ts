// A cache key taken apart again, for people: `ZONE [custom:SHAPE] [no-query] [NAME=VALUE ...] URL` (key.ts makes it).

import type { CacheKey } from './stored-response.ts'

export type KeyPart = {
  /** `zone`, `shape`, `query`, `url`, or the name of what the key tells apart. */
  readonly name: string
  /** Readable: the escapes of key-text.ts undone. */
  readonly value: string
}

/** The parts of a key in their order.  Total: a text that no key maker made gives parts too. */
export function keyParts(key: CacheKey): readonly KeyPart[] {
  const words = key.split(' ')
  return words.map((word, index) => {
    if (index === words.length - 1) return { name: 'url', value: readUrl(word) }
    if (index === 0) return { name: 'zone', value: readText(word) }
    return readWord(word)
  })
}

function readWord(word: string): KeyPart {
  if (word === 'no-query') return { name: 'query', value: 'left out' }
  if (word.startsWith('custom:')) return { name: 'shape', value: word }
  const equals = word.indexOf('=')
  if (equals < 0) return { name: readText(word), value: '' }
  return { name: readText(word.slice(0, equals)), value: readText(word.slice(equals + 1)) }
}

/** A URL that was escaped as a whole begins with "~". */
function readUrl(word: string): string {
  return word.startsWith('~') ? readText(word.slice(1)) : word
}

function readText(text: string): string {
  return text.replace(/%u([0-9A-F]{4})|%([0-9A-F]{2})/g, (_, wide?: string, narrow?: string) =>
    String.fromCharCode(Number.parseInt(wide ?? narrow ?? '0', 16)),
  )
}
