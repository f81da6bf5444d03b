/* Marks the quizzes of a built page and keeps the choices in this browser.
   Without this script the options and the hidden reasons stand there as plain lists. */
(function () {
  "use strict";

  var KEY = "course-quiz:";

  function stored(id) {
    try {
      return window.localStorage.getItem(KEY + id);
    } catch (error) {
      return null; // Storage may be switched off; the marking works without it.
    }
  }

  function store(id, value) {
    try {
      if (value === null) {
        window.localStorage.removeItem(KEY + id);
      } else {
        window.localStorage.setItem(KEY + id, value);
      }
    } catch (error) {
      return;
    }
  }

  function element(tag, className) {
    var made = document.createElement(tag);
    made.className = className;
    return made;
  }

  /* Move what stands in a list item, paragraphs opened, into another element. */
  function moveContent(item, target) {
    Array.prototype.slice.call(item.childNodes).forEach(function (node) {
      if (node.nodeName === "P") {
        moveContent(node, target);
      } else {
        target.appendChild(node);
      }
    });
  }

  function question(box) {
    var marker = box.querySelector("[data-answer]");
    var list = box.querySelector("ol");
    var reasons = box.querySelectorAll(".dropdown ol > li");
    var made = { id: marker.dataset.quiz, key: marker.dataset.answer, inputs: [] };
    var fieldset = element("fieldset", "quiz-options");
    var legend = element("legend", "quiz-question");
    moveContent(marker.parentNode, legend);
    fieldset.appendChild(legend);
    made.status = element("p", "quiz-status");
    made.status.setAttribute("role", "status");

    Array.prototype.forEach.call(list.children, function (item, index) {
      var label = element("label", "quiz-option");
      var input = document.createElement("input");
      var text = document.createElement("span");
      input.type = "radio";
      input.name = made.id;
      input.value = String(index + 1);
      moveContent(item, text);
      label.appendChild(input);
      label.appendChild(text);
      fieldset.appendChild(label);
      made.inputs.push(input);
    });

    made.mark = function () {
      var chosen = made.inputs.filter(function (input) { return input.checked; })[0];
      made.status.textContent = "";
      made.status.dataset.state = "";
      if (!chosen) {
        return;
      }
      made.status.dataset.state = chosen.value === made.key ? "right" : "wrong";
      moveContent(reasons[Number(chosen.value) - 1].cloneNode(true), made.status);
    };

    fieldset.addEventListener("change", function (event) {
      store(made.id, event.target.value);
      made.mark();
      made.changed();
    });
    list.parentNode.replaceChild(fieldset, list);
    fieldset.parentNode.insertBefore(made.status, fieldset.nextSibling);
    return made;
  }

  function start() {
    var boxes = document.querySelectorAll("div.admonition.quiz");
    if (!boxes.length) {
      return;
    }
    var all = Array.prototype.map.call(boxes, question);
    var score = element("p", "quiz-score");
    score.setAttribute("role", "status");
    var clear = element("button", "quiz-clear");
    clear.type = "button";
    clear.textContent = "Clear my answers";

    function count() {
      var right = all.filter(function (q) { return q.status.dataset.state === "right"; }).length;
      var done = all.filter(function (q) { return q.status.dataset.state; }).length;
      score.textContent = done ? right + " of " + all.length + " right, " + done + " answered." : "";
      clear.hidden = !done;
    }

    all.forEach(function (q) {
      q.inputs.forEach(function (input) { input.checked = input.value === stored(q.id); });
      q.changed = count;
      q.mark();
    });
    clear.addEventListener("click", function () {
      all.forEach(function (q) {
        q.inputs.forEach(function (input) { input.checked = false; });
        store(q.id, null);
        q.mark();
      });
      count();
      all[0].inputs[0].focus();
    });
    var last = boxes[boxes.length - 1];
    last.parentNode.insertBefore(score, last.nextSibling);
    last.parentNode.insertBefore(clear, score.nextSibling);
    count();
  }

  if (document.readyState === "loading") {
    document.addEventListener("DOMContentLoaded", start);
  } else {
    start();
  }
})();
