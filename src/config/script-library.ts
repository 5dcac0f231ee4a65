// From documents and blobs to scripts that can run.  The same version is the same object, so that whoever runs it can tell
// by identity that nothing changed.

import type { Script, ScriptBinding, ScriptModule } from '../scripts/index.ts'
import type { Blobs } from './blobs.ts'
import type { Documents } from './documents.ts'
import {
  type KeptBinding,
  type KeptModule,
  type KeptSecret,
  readDeployed,
  type SnippetDocument,
  type VersionDocument,
} from './script-documents.ts'
import type { Secrets } from './secrets.ts'

export interface ScriptLibrary {
  /** The version of a Worker that is deployed, or undefined. */
  deployed(name: string): Script | undefined
  version(name: string, version: VersionDocument): Script
  snippet(name: string, snippet: SnippetDocument): Script
  /** A snippet without code, for one that is to be checked. */
  emptySnippet(name: string): Script
}

/** Snippets cannot say for which date they were written; they run as this version's runtime has it. */
const SNIPPET_COMPATIBILITY_DATE = '2026-11-01'

/** How many scripts that nobody holds any more are made anew at most when they are asked for again. */
const MAX_REMEMBERED = 64

export function makeScriptLibrary(documents: Documents): ScriptLibrary {
  const held = new Map<string, WeakRef<Script>>()
  const { blobs, secrets } = documents

  function remember(id: string, make: () => Script): Script {
    const known = held.get(id)?.deref()
    if (known !== undefined) return known
    if (held.size > MAX_REMEMBERED) for (const [each, ref] of held) if (ref.deref() === undefined) held.delete(each)
    const script = make()
    held.set(id, new WeakRef(script))
    return script
  }

  const version = (name: string, { id, content }: VersionDocument): Script =>
    remember(id, () => {
      const bindings = content.bindings.map((each) =>
        each.type === 'secret_text' ? openSecret(each, name, secrets) : bindingOf(each, blobs),
      )
      const refusal = refusalOf(name, bindings, secrets)
      return {
        id,
        name,
        kind: 'worker',
        mainModule: content.main_module,
        modules: mainFirst(content.main_module, content.modules).map((each) => moduleOf(each, blobs)),
        bindings,
        compatibilityDate: content.compatibility_date,
        compatibilityFlags: content.compatibility_flags,
        ...(refusal !== undefined && { refusal }),
      }
    })

  return {
    version,
    deployed: (name) => {
      const deployed = readDeployed(documents, name)
      return deployed && version(name, deployed)
    },
    emptySnippet,
    snippet: (name, { id, main_module, modules }) =>
      remember(id, () => ({
        ...emptySnippet(name),
        id,
        mainModule: main_module,
        modules: mainFirst(main_module, modules).map((each) => moduleOf(each, blobs)),
      })),
  }
}

function emptySnippet(name: string): Script {
  return {
    id: '',
    name,
    kind: 'snippet',
    mainModule: '',
    modules: [],
    bindings: [],
    compatibilityDate: SNIPPET_COMPATIBILITY_DATE,
    compatibilityFlags: [],
  }
}

function mainFirst(main: string, modules: readonly KeptModule[]): readonly KeptModule[] {
  return [...modules.filter(({ name }) => name === main), ...modules.filter(({ name }) => name !== main)]
}

function moduleOf({ name, type, hash }: KeptModule, blobs: Blobs): ScriptModule {
  return { name, type, content: contentOf(hash, blobs) }
}

function openSecret(kept: KeptSecret, owner: string, secrets: Secrets): ScriptBinding {
  const text = 'text' in kept ? kept.text : secrets.open(kept.sealed, owner)
  return text === undefined ? kept : { type: kept.type, name: kept.name, text }
}

/** Why a Worker with these bindings is not to run: some of its secrets stay sealed.  undefined: it may. */
export function refusalOf(name: string, bindings: readonly ScriptBinding[], { place }: Secrets): string | undefined {
  const closed = bindings.flatMap((each) => ('sealed' in each ? [each.name] : []))
  if (closed.length === 0) return undefined
  const which = `${closed.length === 1 ? 'the secret' : 'the secrets'} ${closed.join(', ')} of the Worker ${name}`
  return `${which} cannot be opened with the key in ${place}; put the key back that sealed them and start again, or set them anew (wrangler secret put ${closed[0]} --name ${name})`
}

function bindingOf(binding: Exclude<KeptBinding, KeptSecret>, blobs: Blobs): ScriptBinding {
  if (!('hash' in binding)) return binding
  const { type, name, hash } = binding
  const data = contentOf(hash, blobs)
  return type === 'text_blob' ? { type, name, text: new TextDecoder().decode(data) } : { type, name, data }
}

/** Throws when the blob is gone: whoever removed it broke the store. */
function contentOf(hash: string, blobs: Blobs): Uint8Array {
  const content = blobs.read(hash)
  if (content === undefined) throw new Error(`the blob ${hash} is named by a script and is not there`)
  return content
}
