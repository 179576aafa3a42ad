// Suggestions while typing, as an ARIA combobox with a listbox; without this script the search forms work as they are.
(function () {
  "use strict";
  var REST = 80; // milliseconds without a key before it asks
  var MOST = 8;
  var LONGEST = 100; // characters; longer texts are told, not begun
  var REMEMBERED = 50;
  var answers = new Map();

  // A fragment from the service: escaped text with `mark` around what matched. It is never read as HTML.
  var ENTITIES = { "&lt;": "<", "&gt;": ">", "&quot;": '"', "&#x27;": "'", "&#39;": "'", "&amp;": "&" };

  function plain(escaped) {
    return escaped.replace(/&(?:lt|gt|quot|#x27|#39|amp);/g, function (entity) {
      return ENTITIES[entity];
    });
  }

  function marked(suggestion) {
    var text = document.createElement("span");
    text.lang = "de";
    (suggestion.html || "").split(/<mark>(.*?)<\/mark>/).forEach(function (piece, place) {
      var part = document.createElement(place % 2 ? "mark" : "span");
      part.textContent = plain(piece);
      text.append(part);
    });
    if (text.textContent !== suggestion.text) text.textContent = suggestion.text;
    return text;
  }

  function enhance(input, number) {
    var words = JSON.parse(input.dataset.suggest);
    var form = input.form;
    var list = document.createElement("ul");
    var status = document.createElement("div");
    var shown = [];
    var active = -1;
    var timer = 0;
    var pending = null;

    list.id = "vorschlaege-" + number;
    list.className = "mp-suggest__list";
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", words.label);
    list.hidden = true;
    status.className = "kern-sr-only";
    status.setAttribute("role", "status");
    input.setAttribute("role", "combobox");
    input.setAttribute("aria-autocomplete", "list");
    input.setAttribute("aria-expanded", "false");
    input.setAttribute("aria-controls", list.id);
    input.setAttribute("aria-haspopup", "listbox");
    input.after(list, status);

    function say(one, many, n) {
      return (n === 1 ? one : many).replace("{n}", n.toLocaleString(document.documentElement.lang));
    }

    function forget() {
      clearTimeout(timer);
      if (pending) pending.abort();
      pending = null;
    }

    function close() {
      list.hidden = true;
      shown = [];
      mark(-1);
      input.setAttribute("aria-expanded", "false");
      status.textContent = "";
    }

    function mark(index) {
      active = index;
      Array.prototype.forEach.call(list.children, function (option, place) {
        option.setAttribute("aria-selected", place === index ? "true" : "false");
      });
      if (index < 0) {
        input.removeAttribute("aria-activedescendant");
      } else {
        input.setAttribute("aria-activedescendant", list.children[index].id);
        list.children[index].scrollIntoView({ block: "nearest" });
      }
    }

    function option(suggestion, index) {
      var item = document.createElement("li");
      var kind = document.createElement("span");
      item.id = list.id + "-" + index;
      item.className = "mp-suggest__option";
      item.setAttribute("role", "option");
      item.setAttribute("aria-selected", "false");
      item.append(marked(suggestion));
      kind.className = "mp-suggest__kind";
      kind.textContent = words.kinds[suggestion.kind];
      if (suggestion.count && suggestion.kind !== "solution") {
        kind.textContent += ", " + say(words.solution_one, words.solution_many, suggestion.count);
      }
      item.append(" ", kind);
      item.addEventListener("click", function () {
        choose(suggestion);
      });
      return item;
    }

    function show(suggestions) {
      shown = suggestions.filter(function (each) {
        return each.text && words.kinds[each.kind];
      });
      list.replaceChildren.apply(list, shown.map(option));
      list.hidden = !shown.length;
      mark(-1);
      input.setAttribute("aria-expanded", shown.length ? "true" : "false");
      status.textContent = shown.length ? say(words.one, words.many, shown.length) : words.none;
    }

    // Without words it asks only on demand: what to begin with.
    function ask(onDemand) {
      var q = input.value.trim();
      if ((!q && !onDemand) || q.length > LONGEST) return close();
      if (answers.has(q)) return show(answers.get(q));
      var mine = (pending = new AbortController());
      var address = "/api/search/suggest?" + new URLSearchParams({ q: q, size: MOST });
      fetch(address, { signal: mine.signal, credentials: "omit", headers: { Accept: "application/json" } })
        .then(function (answer) {
          if (!answer.ok) throw new Error(String(answer.status));
          return answer.json();
        })
        .then(function (body) {
          if (answers.size >= REMEMBERED) answers.delete(answers.keys().next().value);
          answers.set(q, body.suggestions || []);
          if (mine === pending && document.activeElement === input) show(body.suggestions || []);
        })
        .catch(function () {
          if (mine === pending) close(); // typing and sending still work
        });
    }

    function choose(suggestion) {
      forget();
      close();
      if (suggestion.kind === "solution" && suggestion.slug) {
        location.assign("/loesungen/" + encodeURIComponent(suggestion.slug));
      } else if (suggestion.kind === "query" || suggestion.kind === "solution" || !suggestion.value) {
        input.value = suggestion.text;
        form.requestSubmit();
      } else {
        // What was typed stood for the filter: the filter takes its place, the other filters stay.
        var asked = new URLSearchParams(new FormData(form));
        ["q", "bisher", "as_words", "spelling", "suche"].forEach(function (name) {
          asked.delete(name);
        });
        if (asked.getAll(suggestion.kind).indexOf(suggestion.value) < 0) asked.append(suggestion.kind, suggestion.value);
        location.assign(form.getAttribute("action") + "?" + asked);
      }
    }

    input.addEventListener("input", function (event) {
      forget();
      if (!event.isComposing) timer = setTimeout(ask, REST);
    });
    input.addEventListener("compositionend", function () {
      forget();
      timer = setTimeout(ask, REST);
    });
    input.addEventListener("keydown", function (event) {
      var open = !list.hidden;
      if (event.isComposing) return;
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        event.preventDefault();
        var step = event.key === "ArrowDown" ? 1 : -1;
        if (!open) {
          forget();
          ask(true);
        } else if (active < 0) {
          mark(step > 0 ? 0 : shown.length - 1);
        } else {
          var next = active + step;
          mark(next >= shown.length ? -1 : next); // past either end: back in the field, nothing chosen
        }
      } else if (event.key === "Escape" && open) {
        event.preventDefault(); // a second Escape empties the field, as search fields do
        forget();
        close();
      } else if (event.key === "Enter" && open && active >= 0) {
        event.preventDefault();
        choose(shown[active]);
      }
    });
    input.addEventListener("blur", function () {
      forget();
      close();
    });
    list.addEventListener("pointerdown", function (event) {
      event.preventDefault(); // the field keeps the focus, so that the click arrives
    });
    list.addEventListener("mousedown", function (event) {
      event.preventDefault();
    });
    form.addEventListener("submit", function () {
      forget();
      close();
    });
  }

  document.querySelectorAll("input[data-suggest]").forEach(enhance);
})();
