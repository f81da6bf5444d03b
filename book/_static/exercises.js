/* A mark of one's own at each exercise of a built page: solved. It is kept in this browser only. */
(function () {
  "use strict";

  var KEY = "course-done:";

  function kept(id) {
    try {
      return window.localStorage.getItem(KEY + id) === "yes";
    } catch (error) {
      return false; // Storage may be switched off.
    }
  }

  function keep(id, done) {
    try {
      if (done) {
        window.localStorage.setItem(KEY + id, "yes");
      } else {
        window.localStorage.removeItem(KEY + id);
      }
    } catch (error) {
      return;
    }
  }

  function start() {
    document.querySelectorAll("div.admonition.exercise[id]").forEach(function (box) {
      var label = document.createElement("label");
      var input = document.createElement("input");
      label.className = "exercise-done";
      input.type = "checkbox";
      input.checked = kept(box.id);
      input.addEventListener("change", function () { keep(box.id, input.checked); });
      // Ticked on another page: the browser may tell of it only after this one was drawn.
      window.addEventListener("storage", function () { input.checked = kept(box.id); });
      label.appendChild(input);
      label.appendChild(document.createTextNode("I have solved it"));
      box.appendChild(label);
    });
  }

  document.addEventListener("DOMContentLoaded", start);
})();
