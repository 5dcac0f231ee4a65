// A script as an upload made it: modules, bindings, and the date whose behaviour it was written for.
// CF workers/configuration/multipart-upload-metadata
//
// Pure data, immutable: a change of anything is another version with another id.

/** What a module is to those that import it. */
export type ModuleType =
  /** An ES module. */
  | 'esm'
  /** A CommonJS module. */
  | 'commonjs'
  /** The one body of a script in the older service-worker syntax, which has no exports. */
  | 'script'
  /** Its default export is a string. */
  | 'text'
  /** Its default export is an ArrayBuffer. */
  | 'data'
  /** Its default export is a WebAssembly.Module. */
  | 'wasm'
  /** Its default export is what the JSON says. */
  | 'json'

export type ScriptModule = {
  /** As other modules import it: `index.js`, `./<sha1>-logo.png`. */
  readonly name: string
  readonly type: ModuleType
  readonly content: Uint8Array
}

/** A name in a script's `env`, or a global of a service-worker script, and what it stands for. */
export type ScriptBinding =
  | { readonly type: 'plain_text'; readonly name: string; readonly text: string }
  | { readonly type: 'json'; readonly name: string; readonly json: unknown }
  /** As `plain_text`, but never shown again. */
  | { readonly type: 'secret_text'; readonly name: string; readonly text: string }
  /** A secret that no key at hand opens, as it is kept. */
  | { readonly type: 'secret_text'; readonly name: string; readonly sealed: string }
  /** A part of a service-worker upload as a string. */
  | { readonly type: 'text_blob'; readonly name: string; readonly text: string }
  /** A part of a service-worker upload as an ArrayBuffer. */
  | { readonly type: 'data_blob'; readonly name: string; readonly data: Uint8Array }
  /** A part of a service-worker upload as a WebAssembly.Module. */
  | { readonly type: 'wasm_module'; readonly name: string; readonly data: Uint8Array }

export type BindingType = ScriptBinding['type']

/** One version of a Worker or a Snippet, with all that it needs to run. */
export type Script = {
  /** The version's id, a UUID: the same id is the same script to the byte. */
  readonly id: string
  readonly name: string
  readonly kind: 'worker' | 'snippet'
  /** The name of the module that runs; of a service-worker script, its one module. */
  readonly mainModule: string
  /** The main module first. */
  readonly modules: readonly ScriptModule[]
  /** A snippet has none. */
  readonly bindings: readonly ScriptBinding[]
  /** `YYYY-MM-DD`. */
  readonly compatibilityDate: string
  readonly compatibilityFlags: readonly string[]
  /** The sentence that says why it is not to run; absent for one that may. */
  readonly refusal?: string
}

/** What a check of a script found out. */
export type ScriptFindings = {
  readonly startupMillis: number
  /** The events it handles, such as `fetch`. */
  readonly handlers: readonly string[]
}
