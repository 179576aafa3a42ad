// Saves a draft while it is typed; without JavaScript the button does.
(function () {
  "use strict";
  var form = document.querySelector("form[data-autosave]");
  if (!form) return;
  var status = form.querySelector("[data-autosave-status]");
  var QUIET = 2500, AGAIN = 10000;
  var timer = null, running = false, stopped = false, edits = 0;

  function later(milliseconds) {
    clearTimeout(timer);
    timer = setTimeout(save, milliseconds);
  }

  function done(answer, body, saved) {
    status.textContent = body.text || "";
    if (answer.ok) {
      form.elements.version.value = body.version;
      if (saved === edits) form.dataset.changed = "";
      else later(QUIET);
    } else if (answer.status >= 500) {
      later(AGAIN);
    } else if (answer.status !== 422) {
      stopped = true; // a conflict, or no right to write: the button shows both texts, or says why
    }
  }

  function save() {
    if (running || stopped || form.dataset.sent) return;
    running = true;
    var saved = edits;
    fetch(form.dataset.autosave, { method: "POST", body: new URLSearchParams(new FormData(form)), redirect: "error" })
      .then(function (answer) {
        return answer.json().then(function (body) { done(answer, body, saved); });
      })
      .catch(function () {
        status.textContent = form.dataset.autosaveLost;
        later(AGAIN);
      })
      .then(function () { running = false; });
  }

  form.addEventListener("input", function () {
    edits += 1;
    later(QUIET);
  });
  form.addEventListener("submit", function () {
    clearTimeout(timer);
    stopped = true;
  });
})();
