/* The landing page: verdicts appear after a guess, and the reader's own progress stands in the cards. */
(function () {
  "use strict";

  var course = window.COURSE;

  function kept(key) {
    try {
      return window.localStorage.getItem(key);
    } catch (error) {
      return null; // Storage may be switched off: then nothing is veiled, and nothing counted.
    }
  }

  /* Ticked on its page, or passed in JupyterLab and read in from there. */
  function solved(anchor) {
    var id = anchor.replace(/^ex-(ch\d\d\w*)-/, "$1.");
    var record;
    try {
      record = JSON.parse(kept("course-progress")).exercises[id];
    } catch (error) {
      record = null; // Nothing was read in yet.
    }
    return kept("course-done:" + anchor) === "yes" || Boolean(record && record.passed);
  }

  function counted(pages) {
    var sums = { right: 0, questions: 0, solved: 0, exercises: 0 };
    pages.forEach(function (name) {
      var page = course.pages[name];
      Object.keys(page.quiz).forEach(function (id) {
        sums.questions += 1;
        sums.right += kept("course-quiz:" + id) === page.quiz[id];
      });
      page.exercises.forEach(function (id) {
        sums.exercises += 1;
        sums.solved += solved(id);
      });
    });
    return sums;
  }

  function showProgress() {
    document.querySelectorAll(".own-progress").forEach(function (place) {
      var sums = counted(place.dataset.pages.split(" "));
      place.textContent = sums.solved + sums.right
        ? "You: " + sums.solved + " of " + sums.exercises + " exercises, " +
          sums.right + " of " + sums.questions + " questions"
        : sums.exercises + " exercises, " + sums.questions + " questions";
    });
  }

  /* What the mark under the pointer stands for. The page of verdicts has the same as a list. */
  function tellMarks(picture) {
    var said = document.createElement("p");
    said.className = "picture-said";
    said.setAttribute("aria-hidden", "true");
    picture.insertAdjacentElement("afterend", said);
    picture.addEventListener("mouseover", function (event) {
      var claim = course.claims.filter(function (row) { return row[0] === event.target.dataset.claim; })[0];
      said.textContent = claim ? claim[2] + ": " + claim[3] : "";
    });
    picture.addEventListener("click", function (event) {
      var claim = course.claims.filter(function (row) { return row[0] === event.target.dataset.claim; })[0];
      if (claim) {
        window.location.href = "../" + claim[5];
      }
    });
  }

  function veil(quiz) {
    var article = document.querySelector("article");
    var show = document.createElement("button");
    var asked = false;
    show.type = "button";
    show.className = "plain-button";
    show.textContent = "Show without a guess";
    quiz.appendChild(show);

    function draw() {
      var guessed = asked || quiz.querySelector("input:checked") !== null;
      article.classList.toggle("veiled", !guessed);
      show.hidden = guessed;
    }

    show.addEventListener("click", function () { asked = true; draw(); });
    quiz.addEventListener("change", draw);
    document.addEventListener("click", function (event) {
      if (event.target.classList.contains("quiz-clear")) {
        asked = false;
        draw();
      }
    });
    draw();
  }

  document.addEventListener("DOMContentLoaded", function () {
    showProgress();
    window.addEventListener("storage", showProgress); // another page may be open, or was left just now
    tellMarks(document.querySelector(".picture"));
    veil(document.getElementById("quiz-landing"));
  });
})();
