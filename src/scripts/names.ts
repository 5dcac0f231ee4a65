// What Workers, Snippets and bindings may be called.

const MAX_WORKER_NAME_CHARACTERS = 63
const MAX_SNIPPET_NAME_CHARACTERS = 64
const MAX_BINDING_NAME_CHARACTERS = 128

/** Whether it is the name of a Worker: what wrangler takes, letters of lower case, digits, `-` and `_`. */
export function isWorkerName(text: string): boolean {
  return text.length <= MAX_WORKER_NAME_CHARACTERS && /^[a-z0-9_][a-z0-9_-]*$/.test(text)
}

/** Whether it is the name of a Snippet.  CF rules/snippets/create-api: letters of lower case, digits and `_`. */
export function isSnippetName(text: string): boolean {
  return text.length <= MAX_SNIPPET_NAME_CHARACTERS && /^[a-z0-9_]+$/.test(text)
}

/** Whether it can be the name of a binding: what JavaScript takes as an identifier, of ASCII. */
export function isBindingName(text: string): boolean {
  return text.length <= MAX_BINDING_NAME_CHARACTERS && /^[A-Za-z_$][\w$]*$/.test(text) && text !== '__proto__'
}
