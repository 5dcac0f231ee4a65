// What one source file imports, and which of the system's globals it uses.
//
// Bun's own parser reads it, so that comments and strings cannot fool it.  The parser drops types; `import type` is
// therefore turned into `import` first, and what only that reading sees is a type.

export type ImportKind =
  /** Loaded with the file that imports it. */
  | 'value'
  /** Loaded when the code comes to it: `import()`, `require`, a worker. */
  | 'deferred'
  /** Never loaded. */
  | 'type'

export type Import = {
  readonly specifier: string
  readonly kind: ImportKind
  /** From 1. */
  readonly line: number
}

export type Source = {
  /** Path from the repository's root, with `/`. */
  readonly path: string
  readonly imports: readonly Import[]
  /** The globals of impure code that it uses, as GLOBALS names them. */
  readonly globals: readonly string[]
  /** The names that it exports from other files, and whether it does so without naming them. */
  readonly exports: { readonly names: number; readonly star: boolean }
}

const transpiler = new Bun.Transpiler({ loader: 'ts', deadCodeElimination: false })

/** Globals that reach the system, the clock, chance or the console, as they look in the parser's own output. */
const GLOBALS: readonly (readonly [name: string, pattern: RegExp])[] = [
  ['Bun', bare('Bun')],
  ['process', bare('process')],
  ['Date.now()', bare('Date\\.now')],
  ['new Date()', /\bnew Date(?!\()/],
  ['performance', bare('performance')],
  ['Math.random()', bare('Math\\.random')],
  ['crypto', bare('crypto')],
  ['fetch', bare('fetch')],
  ['console', bare('console')],
  ['a timer', bare('(?:setTimeout|setInterval|setImmediate|queueMicrotask)')],
]

/** Reads one file's text. */
export function readSource(path: string, text: string): Source {
  const kinds = new Map<string, ImportKind>()
  for (const { path: specifier, kind } of transpiler.scanImports(text)) {
    if (kind === 'import-statement') kinds.set(specifier, 'value')
    else if (!kinds.has(specifier)) kinds.set(specifier, 'deferred')
  }
  const all = new Set(transpiler.scanImports(withoutTypeWords(text)).map(({ path: specifier }) => specifier))
  // A worker is started from a URL, not imported; it is a dependency all the same.
  for (const [, specifier] of text.matchAll(/new URL\('(\.[^']+\.ts)', import\.meta\.url\)/g)) {
    if (specifier === undefined) continue
    kinds.set(specifier, 'deferred')
    all.add(specifier)
  }
  const imports = [...all].map((specifier) => {
    return { specifier, kind: kinds.get(specifier) ?? 'type', line: lineOf(text, specifier) }
  })
  const code = withoutTexts(transpiler.transformSync(text))
  const globals = GLOBALS.filter(([, pattern]) => pattern.test(code)).map(([name]) => name)
  return { path, imports, globals, exports: readExports(text) }
}

/** Turns `import type {`, `export type {` and `type` inside the braces into their forms for values. */
function withoutTypeWords(text: string): string {
  return text
    .replace(/^(import|export) type (?=[{*]|\w+ from\b)/gm, '$1 ')
    .replace(/^(?:import|export) \{[^}]*\} from/gm, (statement) => statement.replace(/\btype (?=\w)/g, ''))
}

function readExports(text: string): Source['exports'] {
  const lists = [...text.matchAll(/^export (?:type )?\{([^}]*)\} from/gm)].map(([, list]) => list ?? '')
  const names = lists.flatMap((list) => list.split(',')).filter((name) => name.trim() !== '')
  return { names: names.length, star: /^export (?:type )?\*/m.test(text) }
}

/** A name that is not a member of something, nor a key of an object. */
function bare(name: string): RegExp {
  return new RegExp(`(?<![.\\w$#])${name}\\b(?!\\s*:)`)
}

/** The parser's output with the words inside string literals left out: a sentence about a global uses none. */
function withoutTexts(code: string): string {
  return code.replace(/"(?:[^"\\\n]|\\.)*"/g, '""')
}

function lineOf(text: string, specifier: string): number {
  const at = text.indexOf(`'${specifier}'`)
  return text.slice(0, Math.max(0, at)).split('\n').length
}
