/* What this browser remembers of a reader's study: guesses, and which questions were right when.
   Nothing leaves the machine. Without this script the pages read as plain text. */
var course = (function () {
  "use strict";

  /* The records are those of companion/exercises/state.py: same fields, same days, same file. */
  var INTERVALS = [1, 3, 7, 21, 60];
  var FIELDS = { passed: "boolean", tries: "number", last: "string", reviews: "number" };
  var RECORDS = "course-progress";

  function get(key) {
    try {
      return window.localStorage.getItem(key);
    } catch (error) {
      return null; // Storage may be switched off; the page works without it.
    }
  }

  function set(key, value) {
    try {
      if (value === null) {
        window.localStorage.removeItem(key);
      } else {
        window.localStorage.setItem(key, value);
      }
    } catch (error) {
      return;
    }
  }

  function element(tag, className, text) {
    var made = document.createElement(tag);
    made.className = className;
    made.textContent = text || "";
    return made;
  }

  function button(className, text, act) {
    var made = element("button", className, text);
    made.type = "button";
    made.addEventListener("click", act);
    return made;
  }

  function day(moment, more) {
    var when = new Date(moment.getFullYear(), moment.getMonth(), moment.getDate() + (more || 0), 12);
    var two = function (number) { return ("0" + number).slice(-2); };
    return when.getFullYear() + "-" + two(when.getMonth() + 1) + "-" + two(when.getDate());
  }

  function due(record) {
    var pause = INTERVALS[Math.min(record.reviews, INTERVALS.length - 1)];
    return record.passed ? day(new Date(record.last + "T12:00:00"), pause) : null;
  }

  function after(record, passed, today) {
    var old = record || { passed: false, tries: 0, last: "", reviews: 0 };
    var onTime = old.passed && today >= due(old);
    var kept = !passed || (old.passed && !onTime);
    return {
      passed: old.passed || passed,
      tries: old.tries + 1,
      last: kept ? old.last : today,
      reviews: old.reviews + (passed && onTime ? 1 : 0),
    };
  }

  function fits(record) {
    return Boolean(record) && typeof record === "object" &&
      Object.keys(record).length === 4 &&
      Object.keys(FIELDS).every(function (f) { return typeof record[f] === FIELDS[f]; }) &&
      [record.tries, record.reviews].every(function (n) { return n >= 0 && n % 1 === 0; }) &&
      (record.passed ? /^\d{4}-\d\d-\d\d$/.test(record.last) : record.last === "");
  }

  /* Return the records in a file's text; null where it is not one of this course. */
  function parsed(text) {
    try {
      var held = JSON.parse(text);
      var records = held.exercises;
      var good = held.version === 1 && Object.keys(records).every(function (id) {
        return fits(records[id]);
      });
      return good ? records : null;
    } catch (error) {
      return null;
    }
  }

  function written(records) {
    var sorted = {};
    Object.keys(records).sort().forEach(function (id) { sorted[id] = records[id]; });
    return JSON.stringify({ version: 1, exercises: sorted }, null, 1) + "\n";
  }

  function records() {
    return parsed(get(RECORDS) || "") || {};
  }

  function note(id, passed) {
    var all = records();
    all[id] = after(all[id], passed, day(new Date()));
    set(RECORDS, written(all));
  }

  /* Of two records of one question keep the one with more behind it. */
  function merged(ours, theirs) {
    var all = {};
    [ours, theirs].forEach(function (side) {
      Object.keys(side).forEach(function (id) {
        var old = all[id];
        var more = !old || Object.keys(FIELDS).reduce(function (found, field) {
          return found || Math.sign((side[id][field] > old[field]) - (side[id][field] < old[field]));
        }, 0) > 0;
        all[id] = more ? side[id] : old;
      });
    });
    return all;
  }

  /* ---- The boxes "Before you run it" ---- */

  function page() {
    return location.pathname.split("/").pop().replace(/\.html$/, "");
  }

  function predict(box, number, waiting) {
    var words = box.textContent.replace(/\s+/g, " ").trim();
    var key = "course-predict:" + page() + ":" + words.slice(0, 80);
    var kept = get(key);
    var form = element("form", "predict-form");
    var label = element("label", "", "Your guess");
    var field = document.createElement("input");
    var status = element("p", "predict-status");
    var look = button("predict-quiet", "Look without a guess", function () { open(""); });
    var all = button("predict-quiet", "Never fold outputs", function () {
      set("course-predict-open", "1");
      document.dispatchEvent(new Event("course-open"));
    });
    var keep = element("button", "", "Keep it and look");
    keep.type = "submit";
    field.type = "text";
    field.id = "predict-" + number;
    field.autocomplete = "off";
    field.maxLength = 500;
    field.value = kept || "";
    label.htmlFor = field.id;
    status.setAttribute("role", "status");
    [label, field, keep, look, all, status].forEach(function (part) { form.appendChild(part); });
    box.appendChild(form);
    if (waiting) {
      waiting.closed += 1;
    }

    function show() {
      look.remove();
      all.remove();
      keep.textContent = "Keep it";
      status.textContent = kept ? "Kept in this browser. Compare it with what the page says." : "";
      if (waiting) {
        waiting.closed -= 1;
        waiting.show();
        waiting = null;
      }
    }

    function open(text) {
      var first = waiting;
      kept = text;
      set(key, text);
      show();
      if (first && first.closed <= 0) {
        first.output.focus();
      }
    }

    form.addEventListener("submit", function (event) {
      event.preventDefault();
      if (field.value.trim()) {
        open(field.value.trim());
      } else {
        status.textContent = "Write a guess first, however rough; or look without one.";
        field.focus();
      }
    });
    document.addEventListener("course-open", show);
    if (kept !== null || get("course-predict-open")) {
      show();
    }
  }

  /* Return an output and the paragraphs right after its cell, which read it and so tell the answer. */
  function told(output) {
    var parts = [output];
    var next = output.closest(".cell").nextElementSibling;
    while (next && next.nodeName === "P") {
      parts.push(next);
      next = next.nextElementSibling;
    }
    return parts;
  }

  /* Fold an output until all boxes before it have been answered. A search or a link opens it. */
  function waitingFor(output) {
    var parts = told(output);
    var made = { output: output, closed: 0, line: element("p", "predict-wait") };
    made.line.textContent = "The output, and what the page says of it, waits for your guess in the box above.";
    made.show = function () {
      var open = made.closed <= 0;
      parts.forEach(function (part) {
        if (open) {
          part.removeAttribute("hidden");
        } else {
          part.setAttribute("hidden", "until-found");
        }
      });
      if (open) {
        made.line.remove();
      } else {
        output.parentNode.insertBefore(made.line, output);
      }
    };
    output.tabIndex = -1;
    parts.forEach(function (part) {
      part.addEventListener("beforematch", function () {
        made.closed = 0;
        made.show();
      });
    });
    return made;
  }

  function predictions() {
    var found = document.querySelectorAll("article .admonition.predict, article .cell_output");
    var boxes = [];
    Array.prototype.forEach.call(found, function (node) {
      if (node.classList.contains("predict")) {
        boxes.push(node);
        return;
      }
      var waiting = boxes.length ? waitingFor(node) : null;
      boxes.forEach(function (box) { predict(box, box.dataset.number, waiting); });
      if (waiting) {
        waiting.show();
      }
      boxes = [];
    });
    boxes.forEach(function (box) { predict(box, box.dataset.number, null); });
  }

  /* ---- The page "Your progress" ---- */

  function state(record) {
    if (!record || !record.passed) {
      return record && record.tries ? "begun" : "open";
    }
    return day(new Date()) >= due(record) ? "try again" : "done";
  }

  /* Each exercise has a row, and each quiz one with a link to its first question. */
  function entries() {
    var found = [];
    document.querySelectorAll("article table td:first-child a").forEach(function (link) {
      var row = link.closest("tr");
      var id = row.querySelector("code").textContent;
      var quiz = id.indexOf(".") < 0;
      var count = quiz ? Number(row.lastElementChild.textContent) : 1;
      for (var n = 1; n <= count; n += 1) {
        var copy = link.cloneNode(true);
        if (quiz) {
          copy.textContent += ", question " + n;
          copy.href = link.href.replace(/q1$/, "q" + n);
        }
        found.push({ link: copy, at: link, quiz: quiz, id: quiz ? id + "-q" + n : id });
      }
    });
    return found;
  }

  function mark(link, word) {
    var said = link.parentNode.querySelector(".course-state");
    if (!said) {
      said = link.parentNode.appendChild(element("span", "course-state"));
    }
    said.textContent = word === "open" ? "" : word;
    said.dataset.state = word;
  }

  function shown(place, said) {
    var all = records();
    var exercises = entries().filter(function (entry) { return !entry.quiz; });
    var list = place.querySelector("ul");
    var done = exercises.filter(function (entry) {
      mark(entry.at, state(all[entry.id]));
      return (all[entry.id] || {}).passed;
    });
    list.textContent = "";
    entries().forEach(function (entry) {
      if (state(all[entry.id]) === "try again") {
        list.appendChild(document.createElement("li")).appendChild(entry.link);
      }
    });
    place.querySelector(".review-count").textContent =
      done.length + " of " + exercises.length + " exercises done. " + said;
    place.querySelector(".review-head").textContent = list.children.length
      ? "Worth another try today:"
      : "Nothing is due for another try today.";
  }

  function save() {
    var link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([written(records())], { type: "application/json" }));
    link.download = "progress.json";
    link.click();
    URL.revokeObjectURL(link.href);
  }

  function progress(place) {
    var file = document.createElement("input");
    var label = element("label", "", "Add a saved file: ");
    var fold = document.createElement("input");
    var folding = element("label", "", " Fold outputs until I have guessed");
    file.type = "file";
    file.accept = ".json,application/json";
    fold.type = "checkbox";
    fold.checked = !get("course-predict-open");
    fold.addEventListener("change", function () {
      set("course-predict-open", fold.checked ? null : "1");
    });
    label.appendChild(file);
    folding.insertBefore(fold, folding.firstChild);
    file.addEventListener("change", function () {
      var reader = new FileReader();
      reader.onload = function () {
        var theirs = parsed(String(reader.result));
        if (theirs) {
          set(RECORDS, written(merged(records(), theirs)));
        }
        shown(place, theirs ? "The file was added." : "That is no progress file of this course.");
        file.value = "";
      };
      reader.readAsText(file.files[0]);
    });
    var count = element("p", "review-count");
    count.setAttribute("role", "status");
    var tools = element("p", "review-tools");
    [button("", "Save as a file", save), label, folding].forEach(function (part) {
      tools.appendChild(part);
    });
    [count, element("p", "review-head"), element("ul", ""), tools].forEach(function (part) {
      place.appendChild(part);
    });
    shown(place, "");
  }

  function start() {
    var boxes = document.querySelectorAll("article .admonition.predict");
    Array.prototype.forEach.call(boxes, function (box, index) { box.dataset.number = index + 1; });
    predictions();
    var place = document.getElementById("course-progress");
    if (place) {
      progress(place);
    }
  }

  if (document.readyState === "loading") {
    document.addEventListener("DOMContentLoaded", start);
  } else {
    start();
  }
  return {
    after: after, button: button, due: due, element: element, get: get, merged: merged, note: note,
    parsed: parsed, set: set, written: written,
  };
})();
