// A checkup under way is followed live; without this script the page is reloaded by its link.
(function () {
  "use strict";

  var box = document.querySelector("[data-live]");
  if (!box || !window.EventSource) return;
  var text = box.querySelector("[data-text]");
  var detail = box.querySelector("[data-detail]");
  var bar = box.querySelector("progress");
  var source = new EventSource(box.dataset.live);

  function show(event) {
    var now = JSON.parse(event.data);
    if (text.textContent !== now.text) text.textContent = now.text;
    detail.textContent = now.detail;
    bar.value = now.progress;
  }

  source.addEventListener("progress", show);
  source.addEventListener("end", function (event) {
    source.close();
    show(event);
    box.querySelector("[data-over]").hidden = false;
    box.querySelectorAll("[data-under-way]").forEach(function (each) { each.hidden = true; });
    // What somebody is typing on this page is worth more than the newest result.
    if (!document.querySelector('form[data-changed="yes"]')) location.reload();
  });
})();
