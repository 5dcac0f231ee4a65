// The token: what field names, methods and most parameter names are made of.  RFC 9110 §5.6.2.

const TCHAR = tableOf("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")

/** Whether the text is one or more tchar. */
export function isToken(text: string): boolean {
  for (let i = 0; i < text.length; i += 1) {
    if (TCHAR[text.charCodeAt(i)] !== 1) return false
  }
  return text !== ''
}

function tableOf(characters: string): Uint8Array {
  const table = new Uint8Array(128)
  for (const character of characters) table[character.charCodeAt(0)] = 1
  return table
}
