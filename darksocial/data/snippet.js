// The script that `darksocial snippet` writes (darksocial/tracking/snippet.py). Left out there are
// these comments, blanks beside signs, and each block from `//: PART` to `//:` whose part was not
// asked for; names that begin with $ become letters. No text and no pattern here holds a blank.
(() => {
  // What changes an address, as it is before a tag for analytics puts its own in its place: the
  // tag counts no page view where the address gets its id.
  let $history = history, $put = $history.replaceState, $place = location, $own, $page, $from;
  if (navigator.globalPrivacyControl || navigator.doNotTrack == 1 || self != top) return;

  // An address without id and anchor.
  let $bare = $url => $url.replace(/([?&])NAME=[^&#]*&?/, "$1").replace(/[?&]?(#.*)?$/, "");

  // The address that is shared by a method: the id is the last parameter, and an anchor stays.
  let $link = ($method, $url = $place.href) =>
    $bare($url) + (/[?]/.test($bare($url)) ? "&NAME=" : "?NAME=") + $own + $method + $url.replace(/^[^#]*/, "");

  //: beacon
  let $send = $method => fetch("BEACON?NAME=" + $own + $method + $from, { keepalive: 1 }).catch(() => 0);

  //:
  // Give the page an id, unless it is to have none. A page that a router has shown in the meantime
  // gets one of its own, and what comes back with back or reload has its own in its state.
  let $ready = () => {
    let $here = $bare($place.href), $state = $history.state;
    if ($page != $here) {
      $page = $here;
      $own = null;
      let [$fits, $root, $generation, $parent] = ($place.search.match(/[?&]NAME=([^&]*)/) || [, "a"])[1].match(/^(?:([a-z\d]{5})\.([1-9]\d?)\.([a-z\d]{5})\.)?[LETTERS]$/) || [];
      if (!$fits || Object($state).constructor != Object || LEFT.test($place.pathname + $place.search)PATHS) return;
      $own = $from = "";
      //: full
      $own = $state?.sh?.[$here];
      if (!$own) {
        let $id = Math.random().toString(36).slice(2, 7);
        $own = ($root || $id) + "." + Math.min(-~$generation, 99) + "." + $id + ".";
        if ($parent) $from = "&from=" + $parent;
        //: beacon
        $send("a");
        //:
      }
      //:
    }
    if ($own == null) return;
    if ($place.href != $link("a")) $put.call($history, STATE, "", $link("a"));
    let $canonical = document.querySelector("link[rel=canonical]");
    if ($canonical) $canonical.href = $link("m", $canonical.href);
    return 1;
  };
  ["pointerover", "keydown"].map($event => addEventListener($event, $ready, 1));

  // A link follows what is copied; with a quotation of a few words it would only be in the way.
  addEventListener("copy", $event => {
    let $chosen = getSelection(), $text = "" + $chosen, $box = document.createElement("p"), $clipboard = $event.clipboardData;
    if ($event.defaultPrevented || $text.trim().split(/\s+/).length < WORDS || $event.target.closest("input,textarea,[contenteditable]") || !$ready()) return;
    $box.append($chosen.getRangeAt(0).cloneContents(), "\n" + $link("c"));
    $clipboard.setData("text/plain", $text + "\n" + $link("c"));
    $clipboard.setData("text/html", $box.innerHTML);
    $event.preventDefault();
    //: beacon
    $send("c");
    //:
  });
  //: share

  // The site's own calls of a phone's share menu: what they share is this page.
  let $share = navigator.share;
  if ($share) navigator.share = ($what = {}) => {
    let $url = new URL($what.url || "", $place).href;
    if ($bare($url) == $bare($place.href) && $ready()) {
      $what = { ...$what, url: $link("n", $url) };
      //: beacon
      $send("n");
      //:
    }
    return $share.call(navigator, $what);
  };
  //:
  //: buttons

  // Elements with data-share: a link that opens an app gets the address to share, any other copies.
  addEventListener("click", $event => {
    let $button = $event.target.closest("[data-share]");
    if (!$button) return;
    let $url = $ready() ? $link("b") : $place.href, $to = $button.dataset.share;
    //: beacon
    if ($own != null) $send("b");
    //:
    if ($to) $button.href = $to.replace("{url}", encodeURIComponent($url)).replace("{title}", encodeURIComponent(document.title));
    else navigator.clipboard.writeText($url);
  }, 1);
  //:
})();
