// The door of `sqlite`: files of SQLite that must survive.

export { DamagedFile, type DurableFileOptions, openDurableFile } from './durable-file.ts'
