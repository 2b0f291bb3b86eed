/* The first script of every page, in ES5 for any browser: when the page does not start, dies or goes blank, it says so and
   tries again. The page's own program takes #mulai away once it shows something (shared/start.ts). */
(function () {
  "use strict";

  var SLOW = 20; // seconds until a page that shows nothing is told of
  var BLANK = 5; // seconds that a page may be without any text
  var STEADY = 60; // seconds after which a start counts as good
  var MEMORY = "pantau-mulai"; // over reloads: since when, and how often it was tried
  var WIB = 7 * 3600000;
  var STOPPED = "berhenti"; // class of the document while its program is not to be believed
  var SEALED =
    "Bingkai (iframe) yang memuat halaman ini terlalu tertutup. Pengelola papan tayang: " +
    "tambahkan allow-same-origin pada atribut sandbox-nya, di samping allow-scripts.";
  var OLD = "Peramban ini terlalu lama untuk Pantau: perlu Chrome 94 atau lebih baru, atau yang setara. ";

  var age = 0; // seconds since the page was opened, counted: the device's clock may be set meanwhile
  var trouble = null; // {words, style, early, lasting}
  var wait = 0; // seconds until the next try
  var asking = false;
  var answer = ""; // what the server said to the last try
  var place = null;
  var blank = 0;
  var kept = recall();

  function recall() {
    try {
      var read = JSON.parse(window.sessionStorage.getItem(MEMORY));
      return read && read.since > 0 && read.tries >= 0 ? read : { since: 0, tries: 0 };
    } catch (refused) {
      return { since: 0, tries: 2 }; // no memory: rather slow than a storm
    }
  }

  function remember() {
    try {
      if (kept.since) window.sessionStorage.setItem(MEMORY, JSON.stringify(kept));
      else window.sessionStorage.removeItem(MEMORY);
    } catch (refused) {
      return; // then every try is like the first
    }
  }

  function started() {
    return document.readyState !== "loading" && !document.getElementById("mulai") && !!document.body;
  }

  function chrome() {
    var found = /Chrom(?:e|ium)\/(\d+)/.exec(navigator.userAgent);
    return found ? Number(found[1]) : null;
  }

  function withoutModules() {
    return !("noModule" in document.createElement("script"));
  }

  function old() {
    var version = chrome();
    return withoutModules() || !Array.prototype.at || (version !== null && version < 94);
  }

  /* A frame without an origin of its own: no module and no answer of the server reaches it, however often it is asked. */
  function sealed() {
    return window.origin === "null";
  }

  /* What the page claims of itself, such as LANGSUNG, gives way to what is said here. */
  function mark(stopped) {
    document.documentElement.className = stopped ? STOPPED : "";
  }

  function fail(words, style) {
    if (sealed() || (trouble && !trouble.lasting)) return;
    if (old()) words = OLD + words;
    trouble = { words: words, style: !!style, early: !started() };
    if (!kept.since) kept.since = new Date().getTime();
    wait = Math.min(trouble.early ? 60 : 600, (trouble.early ? 5 : 30) * Math.pow(2, kept.tries));
    remember();
    mark(!style);
    show();
  }

  function recovered() {
    trouble = null;
    mark(false);
    answer = "";
    if (place && place.parentNode) place.parentNode.removeChild(place);
    place = null;
  }

  function time(at) {
    var there = new Date(at + WIB);
    return two(there.getUTCHours()) + "." + two(there.getUTCMinutes()) + " WIB";
  }

  function two(number) {
    return (number < 10 ? "0" : "") + number;
  }

  function line(text, kind) {
    var made = document.createElement(kind || "p");
    made.appendChild(document.createTextNode(text));
    return made;
  }

  function show() {
    if (!document.body) return; // the next second will
    var first = document.getElementById("mulai");
    if (first) place = first;
    else if (!place || place.id === "mulai") {
      place = document.createElement("div");
      place.className = "kabar";
    }
    if (!place.parentNode) document.body.appendChild(place);
    while (place.firstChild) place.removeChild(place.firstChild);
    place.setAttribute("role", "alert");
    place.appendChild(line("Halaman ini bermasalah", "h1"));
    place.appendChild(line(trouble.words));
    if (trouble.lasting) return;
    if (answer) place.appendChild(line(answer));
    var next = asking ? "Mencoba lagi…" : "Dicoba lagi dalam " + Math.max(0, Math.ceil(wait)) + " detik";
    if (!asking && kept.tries > 0) next += ", percobaan ke-" + (kept.tries + 1);
    place.appendChild(line("Sejak pukul " + time(kept.since) + " menurut jam perangkat ini. " + next + (asking ? "" : ".")));
  }

  /* A style sheet that never comes holds back everything that is drawn. */
  function dropStyles() {
    var links = document.getElementsByTagName("link");
    for (var i = links.length - 1; i >= 0; i--) {
      if (links[i].rel === "stylesheet" && !links[i].sheet) links[i].parentNode.removeChild(links[i]);
    }
  }

  /* Reloads only what can be had: the browser's own error page would try nothing. */
  function again() {
    asking = true;
    show();
    kept.tries += 1;
    remember();
    var request = new XMLHttpRequest();
    request.open("GET", window.location.pathname + window.location.search, true);
    request.setRequestHeader("Accept", "text/html");
    request.timeout = 10000;
    request.onload = function () {
      if (request.status === 200) window.location.reload();
      else refused("Server menjawab dengan kode " + request.status + ".");
    };
    request.onerror = request.ontimeout = function () {
      refused("Server tidak menjawab.");
    };
    request.send();
  }

  function refused(words) {
    asking = false;
    answer = words;
    wait = Math.min(60, 5 * Math.pow(2, kept.tries));
    if (trouble) show();
  }

  function harmless(message, from) {
    if (/ResizeObserver/.test(message)) return true;
    return started() && String(from || "").indexOf(window.location.host) < 0; // of an extension, or of nobody
  }

  window.addEventListener(
    "error",
    function (event) {
      var target = event.target;
      if (target && target !== window && target.tagName) {
        var style = target.tagName === "LINK" && target.rel === "stylesheet";
        if (target.tagName !== "SCRIPT" && !style) return;
        var file = String(target.src || target.href).split("/").pop();
        fail("Satu berkas halaman ini tidak dapat dimuat dari server: " + file + ".", style);
        return;
      }
      if (!harmless(event.message, event.filename)) fail("Program halaman ini berhenti: " + event.message + ".");
    },
    true
  );

  window.addEventListener("unhandledrejection", function (event) {
    var reason = event.reason || {};
    var network = reason.name === "AbortError" || (reason.name === "TypeError" && /fetch|network|load/i.test(reason.message));
    if (started() && network) return; // the page tells of its server itself
    if (!harmless(String(reason.message), reason.stack)) fail("Program halaman ini berhenti: " + (reason.message || reason) + ".");
  });

  function look() {
    if (sealed()) {
      trouble = { words: SEALED, lasting: true };
      show();
      return;
    }
    if (!started()) {
      if (age >= SLOW && !trouble) {
        dropStyles();
        fail("Halaman ini belum selesai dimuat setelah " + SLOW + " detik.");
        wait = 60; // it may still come
        show();
      }
      return;
    }
    if (trouble && trouble.early && !trouble.style && !asking) recovered();
    // A page that works is not doubted for a name alone: some players call themselves older. hasOwn came with Chrome 93.
    if (!trouble && old() && !Object.hasOwn) {
      trouble = { words: OLD + "Yang tampak di sini mungkin tidak lengkap.", lasting: true };
      show();
    }
    if (trouble && !trouble.lasting) return;
    blank = (document.body.textContent || "").replace(/\s/g, "") ? 0 : blank + 1;
    if (blank >= BLANK) fail("Halaman ini tidak menampilkan apa pun.");
    if (age >= STEADY && kept.since) {
      kept = { since: 0, tries: 0 };
      remember();
    }
  }

  if (withoutModules()) fail("");
  window.setInterval(function () {
    age += 1;
    look();
    if (!trouble || trouble.lasting || asking) return;
    wait -= 1;
    if (wait <= 0) again();
    else show();
  }, 1000);
})();
