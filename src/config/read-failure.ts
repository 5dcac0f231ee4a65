// Why a file could not be read, in an operator's words.

export function reasonOf(cause: unknown): string {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : ''
  if (code === 'ENOENT') return 'there is no file'
  return code === 'EACCES' ? 'reading is not permitted' : code || String(cause)
}
