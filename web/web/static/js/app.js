// What makes pages nicer where JavaScript runs; every page works without it.
(function () {
  "use strict";

  // An error summary is read out and reached by keyboard at once.
  var summary = document.querySelector("[data-focus]");
  if (summary) {
    summary.focus();
    // an address with a fragment takes the focus away once the page is there
    window.addEventListener("load", function () {
      if (document.activeElement === document.body) summary.focus();
    });
  }

  // One click is enough: the button that was pressed shows that it is working, a second click does nothing.
  document.addEventListener("submit", function (event) {
    var form = event.target;
    if (form.method !== "post") return;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "yes";
    form.dataset.changed = "";
    if (event.submitter) event.submitter.setAttribute("aria-busy", "true");
  });
  // The button for more is gone once there is more: the focus goes on to the first that is new.
  document.addEventListener("htmx:afterSwap", function (event) {
    var first = event.target.tagName === "UL" && event.detail.target.id === "mehr" && event.target.querySelector("a");
    if (first) first.focus({ preventScroll: true });
  });
  // A form that is on its way is not saved by itself any more.
  document.addEventListener("htmx:beforeRequest", function (event) {
    if (event.target.dataset.sent) event.preventDefault();
  });
  window.addEventListener("pageshow", function (event) {
    if (!event.persisted) return;
    document.querySelectorAll("form[data-sent]").forEach(function (form) {
      delete form.dataset.sent;
      form.querySelectorAll("[aria-busy]").forEach(function (button) {
        button.removeAttribute("aria-busy");
      });
    });
  });

  // Long forms warn before typed text is lost.
  document.querySelectorAll("form[data-guard]").forEach(function (form) {
    form.addEventListener("input", function () {
      form.dataset.changed = "yes";
    });
  });
  window.addEventListener("beforeunload", function (event) {
    if (document.querySelector('form[data-guard][data-changed="yes"]')) event.preventDefault();
  });

  // A field that only some choices need is there only for those.
  document.querySelectorAll("[data-only-for]").forEach(function (part) {
    var choice = part.closest("form").elements[part.dataset.onlyFor];
    var needed = new RegExp(part.dataset.onlyWhen);
    function show() { part.hidden = !needed.test(choice.value); }
    choice.addEventListener("change", show);
    window.addEventListener("pageshow", show);
    show();
  });

  // A link into a folded part unfolds it.
  function unfold() {
    var target = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    for (var node = target; node; node = node.parentElement) {
      if (node.tagName === "DETAILS") node.open = true;
    }
  }
  window.addEventListener("hashchange", unfold);
  unfold();

  // Menus that lie over the page close when the focus or a click goes elsewhere, and with Escape.
  document.querySelectorAll("details[data-closes]").forEach(function (menu) {
    document.addEventListener("click", function (event) {
      if (!menu.contains(event.target)) menu.open = false;
    });
    menu.addEventListener("focusout", function (event) {
      if (event.relatedTarget && !menu.contains(event.relatedTarget)) menu.open = false;
    });
    menu.addEventListener("keydown", function (event) {
      if (event.key !== "Escape" || !menu.open) return;
      event.preventDefault();
      menu.open = false;
      menu.querySelector("summary").focus();
    });
  });

  // Which search led here is told on the server; the address that is kept and passed on does without it.
  var address = new URL(location.href);
  if (address.searchParams.has("suche")) {
    address.searchParams.delete("suche");
    history.replaceState(history.state, "", address);
  }

  // On paper nothing stays folded.
  var folded = [];
  window.addEventListener("beforeprint", function () {
    folded = Array.prototype.slice.call(document.querySelectorAll("main details:not([open]):not(.mp-rate)"));
    folded.forEach(function (each) { each.open = true; });
  });
  window.addEventListener("afterprint", function () {
    folded.forEach(function (each) { each.open = false; });
  });
})();
