/* Marks the quizzes of a built page and keeps the choices in this browser.
   Without this script the options and the hidden reasons stand there as plain lists. */
(function () {
  "use strict";

  var KEY = "course-quiz:";
  var element = course.element;

  function stored(id) {
    return course.get(KEY + id);
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
    var reasons = box.querySelectorAll(":scope .dropdown ol > li");
    var made = { id: marker.dataset.quiz, key: marker.dataset.answer, inputs: [], box: box };
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

    made.chosen = function () {
      return made.inputs.filter(function (input) { return input.checked; })[0];
    };

    made.right = function () {
      return Boolean(made.chosen()) && made.chosen().value === made.key;
    };

    /* Say what the choice is worth and why; silently where the answers stay closed. */
    made.mark = function (closed) {
      var chosen = made.chosen();
      var fold = box.querySelector(".dropdown");
      made.status.textContent = "";
      made.status.dataset.state = "";
      fold.hidden = closed;
      if (!chosen || closed) {
        return;
      }
      made.status.dataset.state = chosen.value === made.key ? "right" : "wrong";
      moveContent(reasons[Number(chosen.value) - 1].cloneNode(true), made.status);
    };

    fieldset.addEventListener("change", function (event) {
      course.set(KEY + made.id, event.target.value);
      if (!made.test) {
        course.note(made.id, event.target.value === made.key);
      }
      made.changed();
    });
    list.parentNode.replaceChild(fieldset, list);
    fieldset.parentNode.insertBefore(made.status, fieldset.nextSibling);
    return made;
  }

  function count(questions) {
    return questions.filter(function (q) { return q.right(); }).length;
  }

  function answered(questions) {
    return questions.filter(function (q) { return q.chosen(); }).length;
  }

  /* Put a score and a button below the last box of a group; both follow each change. */
  function together(all, words, closed) {
    var score = element("p", "quiz-score");
    var lastBox = all[all.length - 1].box;
    var last = lastBox.closest(".admonition.test") || lastBox;
    var clear = course.button("quiz-clear", "Clear my answers", function () {
      all.forEach(function (q) {
        q.inputs.forEach(function (input) { input.checked = false; });
        course.set(KEY + q.id, null);
      });
      changed();
      all[0].inputs[0].focus();
    });
    score.setAttribute("role", "status");

    function changed() {
      all.forEach(function (q) { q.mark(closed(all)); });
      score.textContent = answered(all) ? words(all) : "";
      clear.hidden = !answered(all);
    }

    all.forEach(function (q) {
      q.inputs.forEach(function (input) { input.checked = input.value === stored(q.id); });
      q.changed = changed;
    });
    last.parentNode.insertBefore(score, last.nextSibling);
    last.parentNode.insertBefore(clear, score.nextSibling);
    changed();
  }

  function form(all, name) {
    return all.filter(function (q) { return q.test === name; });
  }

  /* The answers to a test stay closed until its second form has been answered. */
  function untried(all) {
    return answered(form(all, "after")) < form(all, "after").length;
  }

  function gain(all) {
    var before = form(all, "before");
    var after = form(all, "after");
    var left = after.length - answered(after);
    if (left) {
      return answered(all) + " of " + all.length + " answered. Both counts and the answers open with " +
        "the last of the " + after.length + " questions under “After”.";
    }
    var known = answered(before) ? "Before: " + count(before) + " of " + before.length + " right. " : "";
    var text = known + "After: " + count(after) + " of " + after.length + " right.";
    return answered(before) < before.length
      ? text
      : text + " Gain: " + (count(after) - count(before)) + ".";
  }

  function marks(all) {
    return count(all) + " of " + all.length + " right, " + answered(all) + " answered.";
  }

  function start() {
    var boxes = document.querySelectorAll("div.admonition.quiz");
    var groups = {};
    Array.prototype.forEach.call(boxes, function (box) {
      var made = question(box);
      var test = made.id.match(/^(ch\d\d)-(before|after)-/);
      var group = test ? test[1] : "";
      made.test = test ? test[2] : "";
      groups[group] = (groups[group] || []).concat([made]);
    });
    Object.keys(groups).forEach(function (group) {
      if (group) {
        together(groups[group], gain, untried);
      } else {
        together(groups[group], marks, function () { return false; });
      }
    });
  }

  if (document.readyState === "loading") {
    document.addEventListener("DOMContentLoaded", start);
  } else {
    start();
  }
})();
