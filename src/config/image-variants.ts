// The setting `variants` as the cache rules that it amounts to: images of an extension vary by the types that it lists.
// CF cache/advanced-configuration/vary-for-images
//
// Like any `vary`, they act only where the origin server answers with Vary, and the origin server receives the types that
// the visitor takes, and no others.  They stand before the zone's own rules, so that what those say of `vary` holds.
//
// DEVIATION CF cache/advanced-configuration/vary-for-images: an answer of a type that was not asked for is stored for those
// who ask alike, where Cloudflare does not store it.

import type { RuleDocument } from '../rulesets/index.ts'

/** Beyond it a `vary` has too many; the types of images that browsers know are fewer. */
const MAX_MEDIA_TYPES = 10

/** A rule for each list of types; none when nobody set the setting. */
export function rulesOfVariants(variants: unknown): readonly RuleDocument[] {
  // The setting's own rule has judged it.
  const entries = Object.entries((variants ?? {}) as Readonly<Record<string, readonly string[]>>)
  const byTypes = Map.groupBy(
    entries.filter(([, types]) => types.length > 0),
    ([, types]) => types.slice(0, MAX_MEDIA_TYPES).join(),
  )
  return [...byTypes].map(([types, group]) =>
    ruleFor(
      group.map(([extension]) => extension),
      types.split(','),
    ),
  )
}

function ruleFor(extensions: readonly string[], media_types: readonly string[]): RuleDocument {
  const list = extensions.map((extension) => JSON.stringify(extension)).join(' ')
  const name = `variants:${extensions.join('-')}`
  return {
    id: name,
    ref: name,
    version: '1',
    last_updated: '',
    description: `variants of ${extensions.join(', ')}`,
    enabled: true,
    expression: `lower(http.request.uri.path.extension) in {${list}}`,
    action: 'set_cache_settings',
    action_parameters: {
      vary: {
        // What it does not know it must not mix up.
        default: { action: 'bypass' },
        headers: {
          accept: { action: 'normalize', media_types },
          'accept-encoding': { action: 'normalize' },
          // Each Origin has copies of its own anyway: the key has it.
          origin: { action: 'passthrough' },
        },
      },
    },
  }
}
