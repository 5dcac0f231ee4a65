// Methods that the runtime's HTTP/1.1 listener hands on.  A request with any other one, `patch` in lower case among them,
// has its connection closed without an answer: nothing in this edge sees it.

const HANDED_ON: ReadonlySet<string> = new Set(
  (
    'ACL BIND CHECKOUT CONNECT COPY DELETE GET HEAD LINK LOCK M-SEARCH MERGE MKACTIVITY MKCALENDAR MKCOL MOVE NOTIFY ' +
    'OPTIONS PATCH POST PROPFIND PROPPATCH PURGE PUT QUERY REBIND REPORT SEARCH SOURCE SUBSCRIBE TRACE UNBIND UNLINK ' +
    'UNLOCK UNSUBSCRIBE'
  ).split(' '),
)

/** Whether a request with this method is answered at all. */
export function isHandedOn(method: string): boolean {
  return HANDED_ON.has(method)
}
