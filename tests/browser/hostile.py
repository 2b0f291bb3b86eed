"""What browsers of kiosks and televisions lack or do otherwise, as scripts that run before the page's own."""

# What came to the web after Chrome 94, as far as a script could call it.
NEWER_THAN_CHROME_94 = """
const gone = (holder, ...names) => { for (const name of names) if (holder) delete holder[name]; };
gone(window, "structuredClone", "Iterator", "navigation", "Highlight", "ScrollTimeline",
  "ViewTimeline", "Temporal", "Float16Array", "CloseWatcher", "WebTransport", "ViewTransition",
  "SuppressedError", "DisposableStack", "AsyncDisposableStack", "URLPattern", "LaunchQueue",
  "documentPictureInPicture", "EditContext", "Sanitizer");
gone(Object, "groupBy", "hasOwn");
gone(Map, "groupBy");
gone(Map.prototype, "getOrInsert", "getOrInsertComputed");
gone(Promise, "withResolvers", "try");
gone(Array, "fromAsync");
const copies = ["toReversed", "toSorted", "with"];
gone(Array.prototype, "findLast", "findLastIndex", "toSpliced", "group", "groupToMap", ...copies);
gone(Object.getPrototypeOf(Uint8Array.prototype), "findLast", "findLastIndex", ...copies);
gone(Uint8Array, "fromBase64", "fromHex");
gone(Uint8Array.prototype, "toBase64", "toHex", "setFromBase64", "setFromHex");
gone(ArrayBuffer.prototype, "transfer", "transferToFixedLength", "resize", "resizable", "detached");
gone(Set.prototype, "union", "intersection", "difference", "symmetricDifference", "isSubsetOf",
  "isSupersetOf", "isDisjointFrom");
gone(String.prototype, "isWellFormed", "toWellFormed");
gone(RegExp, "escape");
gone(Error, "isError");
gone(Math, "sumPrecise", "f16round");
gone(JSON, "rawJSON", "isRawJSON");
gone(Atomics, "pause");
gone(Intl, "supportedValuesOf", "DurationFormat");
gone(Intl.NumberFormat.prototype, "formatRange", "formatRangeToParts");
gone(Intl.Locale.prototype, "getWeekInfo", "getTextInfo", "getTimeZones", "getCalendars");
gone(AbortSignal, "timeout", "any");
gone(AbortSignal.prototype, "throwIfAborted", "reason");
gone(URL, "canParse", "parse");
gone(URLSearchParams.prototype, "size");
gone(Response, "json");
gone(Response.prototype, "bytes");
gone(Request.prototype, "bytes", "duplex");
gone(Blob.prototype, "bytes");
gone(ReadableStream, "from");
gone(ReadableStream.prototype, "values", Symbol.asyncIterator);
gone(Document, "parseHTMLUnsafe");
gone(Document.prototype, "startViewTransition", "caretPositionFromPoint", "adoptedStyleSheets");
gone(Element.prototype, "checkVisibility", "setHTMLUnsafe", "getHTML", "moveBefore", "computedStyleMap",
  "currentCSSZoom");
gone(HTMLElement.prototype, "popover", "showPopover", "hidePopover", "togglePopover", "inert");
gone(HTMLScriptElement, "supports");
gone(CanvasRenderingContext2D.prototype, "roundRect", "reset", "createConicGradient", "letterSpacing",
  "wordSpacing", "fontKerning", "textRendering");
gone(window.Scheduler && Scheduler.prototype, "yield");
gone(Navigator.prototype, "userActivation", "userAgentData");
"""
# A plain http:// address in an office's network is no secure context.
INSECURE = """
delete Navigator.prototype.locks;
delete Navigator.prototype.serviceWorker;
delete Navigator.prototype.wakeLock;
delete Crypto.prototype.randomUUID;
delete Crypto.prototype.subtle;
delete window.caches;
delete window.CookieStore;
"""
WITHOUT_FONTS = 'Object.defineProperty(document, "fonts", { value: undefined });'
WITHOUT_SIZES = "delete window.ResizeObserver;"
# Some players of signage call themselves a browser of years ago.
OLDER_BY_NAME = """
Object.defineProperty(Navigator.prototype, "userAgent", { get: () => "Mozilla/5.0 Chrome/79.0 Safari/537" });
"""
THROWING_SIZES = """
const sizes = window.ResizeObserver;
window.withSizes = () => { window.ResizeObserver = sizes; };
window.ResizeObserver = class { constructor() { throw new Error("not here"); } };
"""
WITHOUT_WORKERS = "delete window.SharedWorker; delete window.Worker; delete window.BroadcastChannel;"
REFUSING_STORAGE = """
for (const name of ["localStorage", "sessionStorage", "indexedDB", "caches"])
  Object.defineProperty(window, name, { get() { throw new DOMException("refused", "SecurityError"); } });
Object.defineProperty(document, "cookie", { get() { throw new DOMException("refused", "SecurityError"); } });
"""
STRANGERS_FAULT = """
setTimeout(() => { throw new Error("of an extension"); }, 1500);
setTimeout(() => Promise.reject(new Error("of an extension")), 1500);
"""


def language(tag: str) -> str:
    """As a browser says it that was started with this language."""
    return f"""
    Object.defineProperty(Navigator.prototype, "language", {{ get: () => {tag!r}, configurable: true }});
    Object.defineProperty(Navigator.prototype, "languages", {{ get: () => [{tag!r}], configurable: true }});
    """
