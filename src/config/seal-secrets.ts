// Brings the secrets of versions to today's form, once at each start: those that an older version kept in the clear are sealed,
// and those that another key sealed are sealed by today's.  docs/decisions/0155

import type { EventSink } from '../base/index.ts'
import { NotKept } from './blobs.ts'
import type { Documents } from './documents.ts'
import { type KeptBinding, type KeptContent, listScripts, listVersions, scriptVersionPath } from './script-documents.ts'
import { etagOf } from './script-versions.ts'
import type { Secrets } from './secrets.ts'

/** Seals what can be sealed; nothing of what was in the clear is left in the file. */
export function sealSecrets(documents: Documents, events: EventSink): void {
  try {
    const sealed = documents.change((draft) => {
      let count = 0
      for (const [name] of listScripts(draft)) {
        for (const version of listVersions(draft, name)) {
          const content = sealContent(version.content, name, documents.secrets)
          if (content === undefined) continue
          count += 1
          // The etag of older versions was made of the secrets too, and is shown to whoever asks.
          draft.write(scriptVersionPath(name, version.number), { ...version, content, etag: etagOf(content) })
        }
      }
      return count
    })
    if (sealed > 0) documents.scrub()
  } catch (cause) {
    if (!(cause instanceof NotKept)) throw cause
    // Fail open: they stay as they are, which is how they were until now, and the Workers run.
    events({ kind: 'notice', message: `secrets of Workers are not sealed: ${cause.message}` })
  }
}

/** The content with its secrets sealed by today's key; undefined when nothing about it changes. */
function sealContent(content: KeptContent, owner: string, secrets: Secrets): KeptContent | undefined {
  const bindings = content.bindings.map((each) => sealBinding(each, owner, secrets))
  return bindings.every((each, index) => each === content.bindings[index]) ? undefined : { ...content, bindings }
}

function sealBinding(binding: KeptBinding, owner: string, secrets: Secrets): KeptBinding {
  if (binding.type !== 'secret_text') return binding
  if ('sealed' in binding && secrets.isCurrent(binding.sealed, owner)) return binding
  const text = 'text' in binding ? binding.text : secrets.open(binding.sealed, owner)
  if (text === undefined) return binding
  return { type: binding.type, name: binding.name, sealed: secrets.seal(text, owner) }
}
